"""What WTForms says by itself, in our words: its own catalogues have holes, and Arabic readers would see English."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext, ngettext

from examhall.errors import N_

#: WTForms' text to ours; ours may keep its places.
TEXTS: Mapping[str, str] = {
    "This field is required.": N_("This is needed. Fill it in."),
    "Not a valid choice.": N_("Choose from the list."),
    "Invalid Choice: could not coerce.": N_("Choose from the list."),
    "Invalid choice(s): one or more data inputs could not be coerced.": N_("Choose from the list."),
    "Not a valid integer value.": N_("Give a whole number."),
    "Not a valid datetime value.": N_("Give date and time, such as 2026-05-01 09:00."),
    "Field must be between %(min)d and %(max)d characters long.": N_("Give %(min)d to %(max)d characters."),
}
#: The singular of WTForms' text to ours for a number.
COUNTED: Mapping[str, Callable[[int], str]] = {
    "'%(value)s' is not a valid choice for this field.": lambda number: gettext("Choose from the list."),
    "Field must be at least %(min)d character long.": lambda number: ngettext(
        "Give at least one character.", "Give at least %(num)s characters.", number
    ),
    "Field cannot be longer than %(max)d character.": lambda number: ngettext(
        "Give at most one character.", "Give at most %(num)s characters.", number
    ),
    "Field must be exactly %(max)d character long.": lambda number: ngettext(
        "Give exactly one character.", "Give exactly %(num)s characters.", number
    ),
}


class FormTexts:
    """Stands where WTForms asks for its translations. What it doesn't know stays as it is: labels come translated."""

    def gettext(self, text: str) -> str:
        """Our text in the reader's language."""
        return str(gettext(TEXTS[text])) if text in TEXTS else text

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Our text for this number, in the reader's language."""
        return COUNTED[singular](number) if singular in COUNTED else plural


class Worded:
    """The `Meta` of every form, or a base of it."""

    def get_translations(self, form: object) -> FormTexts:
        """WTForms' hook."""
        return FormTexts()

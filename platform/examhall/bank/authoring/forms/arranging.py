"""Forms of questions that are answered by putting things in their places: pairs and orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _

from examhall.bank.authoring.forms.fields import FlagField, KeyField, OneOfField, RichField, Row, Rows
from examhall.bank.authoring.forms.question import QuestionForm


class PairRow(Row):
    """A stem and what belongs to it; without a stem, a choice that belongs to none."""

    needed = ("stem", "choice")
    lead_name = "stem"

    key = KeyField()
    stem = RichField(_("To be matched"))
    choice_key = KeyField()
    choice = RichField(_("What belongs to it"))


class MatchingForm(QuestionForm):
    """Pairs. Stems may share a choice; a row without a stem adds a choice that is wrong everywhere."""

    lead_name = "pairs"

    pairs = Rows(PairRow, _("Pair"), least=3)
    shuffle = FlagField(_("Shuffle both sides"), default=True)

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """A row for each stem, and one for each choice that no stem names."""
        texts = {choice["key"]: choice["text"] for choice in body["choices"]}
        used = {stem["choice"] for stem in body["stems"]}
        rows = [
            {"key": stem["key"], "stem": stem["text"], "choice_key": stem["choice"], "choice": texts[stem["choice"]]}
            for stem in body["stems"]
        ]
        rows += [{"choice_key": key, "choice": text} for key, text in texts.items() if key not in used]
        return body | {"pairs": rows}

    def said(self) -> dict[str, Any]:
        """Stems and choices. A choice that is written twice is one; those that were there keep their order."""
        said = super().said()
        pairs = said.pop("pairs")
        keys: dict[str, str] = {}
        for pair in pairs:
            if pair["choice"] and pair["choice"] not in keys:
                keys[pair["choice"]] = _free(pair["choice_key"], keys.values())
        stems = [_stem(pair, keys.get(pair["choice"], "")) for pair in pairs if pair["stem"]]
        before = [choice["key"] for choice in self.kept.get("choices", ())]
        places = {key: place for place, key in enumerate(before)}
        choices = [{"key": key, "text": text} for text, key in keys.items()]
        choices.sort(key=lambda choice: places.get(choice["key"], len(places)))
        return said | {"stems": stems, "choices": choices}

    def field_at(self, steps: Sequence[str]) -> wtforms.Field | None:
        """A fault of a stem or a choice at the row that says it."""
        if steps[0] not in ("stems", "choices"):
            return super().field_at(steps)
        number = int(steps[1]) if len(steps) > 1 and steps[1].isdigit() else -1
        rows = self.pairs.written
        if steps[0] == "stems":
            fields = [row.choice if steps[2:] == ["choice"] else row.stem for row in rows if row.stem.html]
        else:
            texts = [choice["text"] for choice in self.said()["choices"]]
            fields = [next(row.choice for row in rows if row.choice.html == text) for text in texts]
        found: wtforms.Field = fields[number] if 0 <= number < len(fields) else self.pairs
        return found


def _stem(pair: dict[str, Any], choice: str) -> dict[str, Any]:
    return {"text": pair["stem"], "choice": choice} | ({"key": pair["key"]} if "key" in pair else {})


def _free(wanted: str, taken: Any) -> str:
    """The key that a choice had, or a new one where that is gone to another text."""
    taken = set(taken)
    numbers = (f"n{number}" for number in range(1, len(taken) + 2))
    return wanted if wanted and wanted not in taken else next(key for key in numbers if key not in taken)


class ItemRow(Row):
    """One thing of an order."""

    needed = ("text",)

    key = KeyField()
    text = RichField(_("Text"))


class OrderingForm(QuestionForm):
    """Things in their right order."""

    lead_name = "items"

    items = Rows(ItemRow, _("Item"), least=3, most=20)
    scheme = OneOfField(
        _("How an order becomes marks"),
        [
            ("exact", _("All or nothing")),
            ("adjacent", _("For each right neighbour")),
            ("position", _("For each right place")),
        ],
    )

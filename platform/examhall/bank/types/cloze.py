"""A text with gaps: words, numbers, options to choose or to tick.

Rules: reference semantics §2.2. Each gap is graded as a question of its kind; the whole is worth the mean of the gaps'
fractions by their weights. `{#1}` in the prompt is the place of the gap with the key "1".
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, cast

from pydantic import Discriminator, Field, StrictBool, StringConstraints, Tag

from examhall.bank.types.choice import OPTIONS_LIMIT, ChoiceBody, MultipleBody, MultipleChoice, Option, SingleChoice
from examhall.bank.types.choice import summed as summed_fractions
from examhall.bank.types.contract import (
    ONE,
    ZERO,
    Arrangement,
    Body,
    InvalidResponse,
    QuestionType,
    Revelation,
    at_least,
    only,
)
from examhall.bank.types.numeric import Numeric, NumericAnswer, NumericBody
from examhall.bank.types.parts import Keyed, keyed, repeated, whole
from examhall.bank.types.placeholders import pieces
from examhall.bank.types.short_text import ANSWERS_LIMIT, ShortText, ShortTextBody, TextAnswer
from examhall.errors import N_, FieldError, Invalid

GAPS_LIMIT = 100
WEIGHT_LIMIT = 1000
_MARKER = re.compile(r"\{#([0-9]{1,9})\}")
_MARKER_IN_TAG = re.compile(r"<[^<>]*\{#[0-9]{1,9}\}[^<>]*>")
_KIND_IN_FIELD = re.compile(r"^(gaps\.[0-9]+)\.(?:short_text|numeric|choice|multiple)\b")
_KEY = re.compile(r"[1-9][0-9]{0,2}")
# The same for all gaps of a kind: a field as wide as its answer would tell of it.
_SIZES: Mapping[str, int | None] = {"short_text": 20, "numeric": 10, "choice": None, "multiple": None}

Inner = dict[str, dict[str, Any]]
"""Gap key -> the one member of its response -> inner response of its kind; blank gaps are left out."""


class _Ticks(MultipleChoice):
    """Moodle's MULTIRESPONSE: fractions above 0 are rescaled so that they add up to 1."""

    def check(self, body: MultipleBody) -> Iterator[FieldError]:
        yield from repeated("options", (option.text for option in body.options))
        if not self.full(body):
            yield FieldError("options", N_("No option is right. Give the right ones a fraction above 0."))

    def read(self, arrangement: Arrangement, response: object) -> list[str] | None:
        return super().read(arrangement, response) or None

    def grade(self, body: MultipleBody, response: list[str] | None) -> Decimal:
        total = sum((option.fraction for option in body.options if option.fraction > 0), ZERO)
        fractions = {
            option.key: option.fraction / total if option.fraction > 0 else option.fraction for option in body.options
        }
        return summed_fractions(fractions, response or ())


_TEXT, _NUMBER, _CHOICE, _TICKS = ShortText(), Numeric(), SingleChoice(), _Ticks()
_READERS: Mapping[str, QuestionType] = {"text": _TEXT, "number": _NUMBER, "choice": _CHOICE, "choices": _TICKS}


class Asked(NamedTuple):
    """A gap as a question of its own: its type, its body, and the member that its responses have."""

    kind: QuestionType
    body: Body
    member: str


class Gap(Keyed):
    """What all gaps have: a number as key and a weight. `case_sensitive` counts for words, `shuffle` for options."""

    key: Annotated[str, StringConstraints(pattern=r"^([1-9][0-9]{0,2})?$")] = ""
    weight: Annotated[int, whole(0, WEIGHT_LIMIT)] = 1
    case_sensitive: StrictBool = False
    shuffle: StrictBool = False


class TextGap(Gap):
    """A word or a phrase, as in `short_text`."""

    kind: Literal["short_text"]
    display: Literal["text"] = "text"
    answers: Annotated[tuple[TextAnswer, ...], Field(max_length=ANSWERS_LIMIT), at_least(1)]

    def asked(self) -> Asked:
        """The question that it is."""
        body = ShortTextBody.model_construct(prompt="", answers=self.answers, case_sensitive=self.case_sensitive)
        return Asked(_TEXT, body, "text")


class NumericGap(Gap):
    """A number without unit, as in `numeric`."""

    kind: Literal["numeric"]
    display: Literal["text"] = "text"
    answers: Annotated[tuple[NumericAnswer, ...], Field(max_length=ANSWERS_LIMIT), at_least(1)]

    def asked(self) -> Asked:
        """The question that it is."""
        return Asked(_NUMBER, NumericBody.model_construct(prompt="", answers=self.answers), "number")


class ChoiceGap(Gap):
    """One option to choose, as in `single_choice`."""

    kind: Literal["choice"]
    display: Literal["dropdown", "radio", "radio_row"] = "dropdown"
    options: Annotated[tuple[Option, ...], Field(max_length=OPTIONS_LIMIT), at_least(2), keyed("o")]

    def asked(self) -> Asked:
        """The question that it is."""
        return Asked(
            _CHOICE, ChoiceBody.model_construct(prompt="", options=self.options, shuffle=self.shuffle), "choice"
        )


class MultipleGap(Gap):
    """Options to tick; the fractions above 0 are rescaled so that they add up to 1, the sum is clamped to 0..1."""

    kind: Literal["multiple"]
    display: Literal["checkbox", "checkbox_row"] = "checkbox"
    options: Annotated[tuple[Option, ...], Field(max_length=OPTIONS_LIMIT), at_least(2), keyed("o")]

    def asked(self) -> Asked:
        """The question that it is."""
        body = MultipleBody.model_construct(prompt="", options=self.options, shuffle=self.shuffle)
        return Asked(_TICKS, body, "choices")


def _kind(gap: Any) -> Any:
    return gap.get("kind") if isinstance(gap, dict) else getattr(gap, "kind", None)


AnyGap = Annotated[
    Annotated[TextGap, Tag("short_text")]
    | Annotated[NumericGap, Tag("numeric")]
    | Annotated[ChoiceGap, Tag("choice")]
    | Annotated[MultipleGap, Tag("multiple")],
    Discriminator(
        _kind,
        custom_error_type="kind_of_gap",
        custom_error_message="{message}",
        custom_error_context={"message": N_("Give the gap a kind: short_text, numeric, choice or multiple.")},
    ),
]


class ClozeBody(Body):
    """A prompt with a place for each gap, and the gaps."""

    gaps: Annotated[tuple[AnyGap, ...], Field(max_length=GAPS_LIMIT), at_least(1), keyed("")]

    def in_order(self) -> list[TextGap | NumericGap | ChoiceGap | MultipleGap]:
        """The gaps in the order of their places."""
        places = {key: place for place, key in enumerate(_MARKER.findall(self.prompt))}
        return sorted(self.gaps, key=lambda gap: places.get(gap.key, GAPS_LIMIT))


class Cloze(QuestionType[ClozeBody]):
    """The response is worth the mean of what its gaps earn, by their weights; a gap left empty earns 0."""

    name = "cloze"
    label = N_("Text with gaps")
    Body = ClozeBody

    def validate(self, data: object) -> ClozeBody:
        """As every type; the fields of a gap are named without its kind, such as `gaps.0.answers.1.text`."""
        try:
            return super().validate(data)
        except Invalid as refused:
            errors = [replace(error, field=_KIND_IN_FIELD.sub(r"\1", error.field)) for error in refused.errors]
            raise Invalid(errors=errors) from None

    def check(self, body: ClozeBody) -> Iterator[FieldError]:
        yield from _faulty_markers(body)
        if not sum(gap.weight for gap in body.gaps):
            yield FieldError("gaps", N_("No gap has a weight. Give at least one of them a weight above 0."))
        for place, gap in enumerate(body.gaps):
            kind, question, _ = gap.asked()
            for error in kind.check(question):
                yield replace(error, field=f"gaps.{place}.{error.field}")

    def arrange(self, body: ClozeBody, rng: random.Random, shuffle: bool) -> list[str]:
        keys = []
        for gap in body.in_order():
            kind, question, _ = gap.asked()
            keys += [f"{gap.key}.{key}" for key in kind.arrange(question, rng, shuffle)]
        return keys

    def present(self, body: ClozeBody, arrangement: Arrangement) -> dict[str, Any]:
        gaps = []
        for gap in body.in_order():
            kind, question, _ = gap.asked()
            shown = kind.present(question, _part(arrangement, gap.key))
            options = {"options": shown["options"]} if "options" in shown else {}
            size = _SIZES[gap.kind]
            gaps.append({"gap": gap.key, "kind": gap.kind, "display": gap.display, "size": size} | options)
        return {"prompt": body.prompt, "gaps": gaps}

    def read(self, arrangement: Arrangement, response: object) -> Inner | None:
        if response is None:
            return None
        gaps = only(response, "gaps")
        if not isinstance(gaps, dict) or len(gaps) > GAPS_LIMIT or not all(map(_is_key, gaps)):
            raise InvalidResponse(N_("Send the gaps as an object: the number of each gap, and what is in it."))
        read = {key: _read(_part(arrangement, key), given) for key, given in gaps.items() if given is not None}
        return {key: inner for key, inner in read.items() if inner} or None

    def grade(self, body: ClozeBody, response: Inner | None) -> Decimal:
        return _mean(body, [_fraction(gap.asked(), _given(response, gap)) for gap in body.gaps])

    def reveal(self, body: ClozeBody, arrangement: Arrangement, response: Inner | None) -> Revelation:
        correct, feedback = {}, []
        for gap in body.in_order():
            kind, question, member = gap.asked()
            given = _given(response, gap).get(member)
            revealed = kind.reveal(question, _part(arrangement, gap.key), given)
            feedback += revealed["feedback"]
            if revealed["correct"] is not None:
                correct[gap.key] = revealed["correct"]
        return {
            "correct": {"gaps": correct} if correct else None,
            "feedback": feedback,
            "general_feedback": body.feedback,
        }

    def bounds(self, body: ClozeBody) -> tuple[Decimal, Decimal]:
        return _mean(body, [asked.kind.bounds(asked.body)[0] for gap in body.gaps if (asked := gap.asked())]), ONE

    def guess(self, body: ClozeBody) -> Decimal | None:
        guesses = [asked.kind.guess(asked.body) for gap in body.gaps if (asked := gap.asked())]
        known = [guess for guess in guesses if guess is not None]
        return _mean(body, known) if len(known) == len(guesses) else None

    def full(self, body: ClozeBody) -> Inner | None:
        gaps = {gap.key: {asked.member: asked.kind.full(asked.body)} for gap in body.gaps if (asked := gap.asked())}
        return None if any(inner is None for gap in gaps.values() for inner in gap.values()) else gaps


def _mean(body: ClozeBody, fractions: list[Decimal]) -> Decimal:
    """The mean of fractions, one for each gap, by the gaps' weights."""
    weighted = sum((gap.weight * fraction for gap, fraction in zip(body.gaps, fractions, strict=True)), ZERO)
    return weighted / sum(gap.weight for gap in body.gaps)


def _fraction(asked: Asked, given: Mapping[str, Any]) -> Decimal:
    """What a gap earns; a response of another kind, as after a change of the question, earns nothing."""
    return cast("Decimal", asked.kind.grade(asked.body, given.get(asked.member)))


def _given(response: Inner | None, gap: Gap) -> Mapping[str, Any]:
    return (response or {}).get(gap.key, {})


def _part(arrangement: Arrangement, gap: str) -> Arrangement:
    """The options of one gap: option key -> opaque id."""
    prefix = f"{gap}."
    return {key.removeprefix(prefix): shown for key, shown in arrangement.items() if key.startswith(prefix)}


def _is_key(key: object) -> bool:
    return isinstance(key, str) and _KEY.fullmatch(key) is not None


def _read(options: Arrangement, given: object) -> dict[str, Any] | None:
    """The inner response of one gap, None when it is blank."""
    member = str(next(iter(given))) if isinstance(given, dict) and len(given) == 1 else ""
    if member not in _READERS or bool(options) is not (member in ("choice", "choices")):
        raise InvalidResponse(N_("The answer does not have the form that this question asks for."))
    inner = _READERS[member].read(options, given)
    return None if inner is None else {member: inner}


def _faulty_markers(body: ClozeBody) -> Iterator[FieldError]:
    counts = Counter(_MARKER.findall(body.prompt))
    keys = {gap.key for gap in body.gaps}
    for key, count in counts.items():
        if key not in keys:
            message = N_("There is no gap %(gap)s. Remove {#%(gap)s} from the text or describe the gap.")
            yield FieldError("prompt", message, {"gap": key})
        elif count > 1:
            message = N_("{#%(gap)s} stands in the text more than once. Each gap has one place.")
            yield FieldError("prompt", message, {"gap": key})
    for place, gap in enumerate(body.gaps):
        if gap.key not in counts:
            message = N_("This gap has no place in the text. Write {#%(gap)s} where it belongs.")
            yield FieldError(f"gaps.{place}.key", message, {"gap": gap.key})
    in_maths = any(maths and _MARKER.search(piece) for piece, maths in pieces(body.prompt))
    if in_maths or _MARKER_IN_TAG.search(body.prompt):
        yield FieldError("prompt", N_("A gap cannot stand inside a formula or a tag. Move it into the text."))

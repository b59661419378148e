"""The contract of question types: what the bank, the attempt engine, the portal and the API may ask of every type.

A type checks a body, shows it without its key, reads a response and grades it. It keeps no state, knows no request and
no clock, and stores nothing. A new type is one class that joins `examhall.bank.types.TYPES`.
"""

from __future__ import annotations

import json
import random
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Generic, TypedDict, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypeVar

from examhall.bank.content.richtext import media_of, plain_text, sanitise, unlabelled_media
from examhall.bank.types.nesting import DEPTH_LIMIT, too_deep
from examhall.errors import N_, FieldError, Invalid

Arrangement = Mapping[str, str]
"""Option key -> opaque id as one candidate sees it, in the order shown; empty for a type without options."""

PROMPT_LIMIT = 50_000
TEXT_LIMIT = 10_000
TAGS_LIMIT = 4_000
ANSWER_LIMIT = 500
HINTS_LIMIT = 10
ZERO, ONE = Decimal(0), Decimal(1)
_STORED = {"stored": True}
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_NUMBER_LIMIT = 64
_FRACTION_PLACES = 12  # fifty such fractions add up exactly in Python's ordinary 28 digits
_UNWRITABLE = re.compile(r"[\0\ud800-\udfff]")


class Revelation(TypedDict):
    """What a candidate may see after release."""

    correct: dict[str, Any] | None  # a response that earns the whole mark, as it would be sent
    feedback: list[str]  # HTML that this response earned
    general_feedback: str  # HTML for everybody


class InvalidResponse(ValueError):
    """A response that its type cannot read. The message is a msgid."""


def refusal(message: str, **params: Any) -> PydanticCustomError:
    """What a validator of a body raises: `message` is a msgid, `params` fill its places."""
    return PydanticCustomError("refused", "{message}", {"message": message, **params})


def writable(text: str) -> bool:
    """Whether a text can be stored everywhere: no NUL, no half of a surrogate pair."""
    return _UNWRITABLE.search(text) is None


def exact(text: str) -> Decimal | None:
    """The number that a text is, exactly, or None.

    ASCII digits, "." before decimals, an exponent of at most two digits, 64 characters in all, below 1e100; no spaces,
    no "1_0". The limits keep every sum and product of two numbers exact in a few hundred digits.
    """
    if len(text) > _NUMBER_LIMIT or not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return number if abs(number.adjusted()) < 100 else None


def as_text(number: Decimal) -> str:
    """A decimal as it travels: plain digits without needless zeros, or scientific where that would be too long."""
    digits = format(number, "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    if len(digits) > _NUMBER_LIMIT:
        return str(number)
    return "0" if number.is_zero() else digits


def _decimal(value: object) -> Decimal:
    number = None
    if isinstance(value, Decimal):
        number = exact(as_text(value)) if value.is_finite() else None
    elif isinstance(value, str):
        number = exact(value)
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        number = Decimal(value)
    if number is None and isinstance(value, str) and value.strip():
        raise refusal(N_('"%(text)s" is not a number. Write digits and a point, such as 3.14.'), text=value[:40])
    if number is None:
        raise refusal(N_('Write a number as text, with digits and a point, such as "0.5".'))
    return number


def _fraction(number: Decimal) -> Decimal:
    if not -1 <= number <= 1:
        raise refusal(N_("Write a fraction between -1 and 1: 1 is the whole mark, 0.5 half of it."))
    if int(number.as_tuple().exponent) < -_FRACTION_PLACES:
        raise refusal(N_("Write a fraction with at most %(places)s decimals."), places=_FRACTION_PLACES)
    return number


def storable(text: str) -> str:
    """The text, unless it cannot be stored everywhere."""
    if not writable(text):
        raise refusal(N_("This text holds a character that cannot be stored. Type it again without it."))
    return text


def _within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise refusal(N_("Shorten this to at most %(limit)s characters."), limit=limit)
    return text


def _rich(limit: int) -> AfterValidator:
    """Sanitise on the way in; what comes from the store was sanitised when it went there."""

    def check(text: str, info: ValidationInfo) -> str:
        if info.context is _STORED:
            return text
        if text.count("<") > TAGS_LIMIT:
            raise refusal(
                N_("This text has more than %(limit)s tags. Paste it without its formatting."), limit=TAGS_LIMIT
            )
        if too_deep(_within(text, limit)):
            message = N_("This text has tags within tags, more than %(limit)s deep. Paste it without its formatting.")
            raise refusal(message, limit=DEPTH_LIMIT)
        html = _within(sanitise(storable(text)), limit)
        if unlabelled_media(html):
            raise refusal(N_('Say what each picture shows (alt="…") and what each sound or film is (title="…").'))
        return html

    return AfterValidator(check)


_ONE_AT_LEAST = N_("Give at least one entry here.")


def at_least(count: int) -> AfterValidator:
    """A list must have this many entries. (pydantic's own bound would count a faulty entry as missing, too.)"""

    def check(entries: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(entries) < count:
            raise refusal(_ONE_AT_LEAST if count == 1 else N_("Give at least %(least)s entries here."), least=count)
        return entries

    return AfterValidator(check)


def _visible(html: str) -> str:
    if not plain_text(html):
        raise refusal(N_("Write a text here. Links and scripts are left out."))
    return html


Number = Annotated[Decimal, BeforeValidator(_decimal), PlainSerializer(as_text, return_type=str)]
Fraction = Annotated[Number, AfterValidator(_fraction)]
RichText = Annotated[str, _rich(TEXT_LIMIT)]
ShownText = Annotated[str, _rich(TEXT_LIMIT), AfterValidator(_visible)]
Prompt = Annotated[str, _rich(PROMPT_LIMIT), AfterValidator(_visible)]
AnswerText = Annotated[str, StringConstraints(max_length=ANSWER_LIMIT, min_length=1), AfterValidator(storable)]


class Part(BaseModel):
    """Something inside a body. Frozen: a version never changes, so its body may be shared and kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Body(Part):
    """What every question says: the prompt and the general feedback, both HTML."""

    prompt: Prompt
    feedback: RichText = ""
    #: Feedback by outcome: for a fraction of 1, for one between 0 and 1, for 0 or less.
    right_feedback: RichText = ""
    partial_feedback: RichText = ""
    wrong_feedback: RichText = ""
    #: Kept for those who brought them along; nothing shows hints yet.
    hints: Annotated[tuple[RichText, ...], Field(max_length=HINTS_LIMIT)] = ()

    def to_json(self) -> dict[str, Any]:
        """The body as JSON holds it, with decimals as strings; `QuestionType.load` reads it again."""
        return self.model_dump(mode="json")


B = TypeVar("B", bound=Body, default=Any)


class QuestionType(ABC, Generic[B]):
    """One kind of question. Stateless: one instance serves every tenant and thread."""

    name: ClassVar[str]
    label: ClassVar[str]
    Body: ClassVar[type[Body]]
    #: A person grades the responses: `grade` of one that is not blank is None.
    needs_marker: ClassVar[bool] = False
    #: False for a text between questions: no response, no points.
    answerable: ClassVar[bool] = True

    def validate(self, data: object) -> B:
        """The body that `data` (from JSON) describes, with its rich text sanitised and missing option keys made.

        Raises Invalid with a FieldError for each fault, whose field is a path such as `options.2.text`.
        """
        try:
            body = cast("B", self.Body.model_validate(data))
        except ValidationError as error:
            raise Invalid(errors=field_errors(error)) from None
        if errors := tuple(self.check(body)):
            raise Invalid(errors=errors)
        return body

    def load(self, data: object) -> B:
        """The body that `Body.to_json` wrote, from our own store only: nothing is sanitised again.

        Raises pydantic's ValidationError when the store holds something else.
        """
        return cast("B", self.Body.model_validate(data, context=_STORED))

    def check(self, body: B) -> Iterable[FieldError]:
        """Faults of a body that no single field shows."""
        return ()

    def arrange(self, body: B, rng: random.Random, shuffle: bool) -> list[str]:
        """What an attempt freezes: option keys in the order to show, shuffled around the pinned ones.

        Without `shuffle` the order is the authored one, wherever that tells nothing of the key.
        """
        return []

    def present(self, body: B, arrangement: Arrangement) -> dict[str, Any]:
        """What a candidate may see before release: nothing that tells right from wrong."""
        return {"prompt": body.prompt}

    def preview(self, body: B) -> dict[str, Any]:
        """What `present` gives for the authored order, its keys as ids: what authors look at."""
        keys = self.arrange(body, random.Random(0), False)  # noqa: S311  # the same at each look, and no secret
        return self.present(body, {key: key for key in keys})

    @abstractmethod
    def read(self, arrangement: Arrangement, response: object) -> Any:
        """The inner response (JSON-ready, keys instead of opaque ids) of one from outside; None when it is blank.

        Raises InvalidResponse when the shape is not the type's. Needs no body.
        """

    @abstractmethod
    def grade(self, body: B, response: Any) -> Decimal | None:
        """The fraction that an inner response earns, exactly; unanswered (None) is 0, never a penalty.

        None while a person has to mark it (`needs_marker`).
        """

    @abstractmethod
    def reveal(self, body: B, arrangement: Arrangement, response: Any) -> Revelation:
        """What may be shown after release, for an inner response (or None)."""

    @abstractmethod
    def bounds(self, body: B) -> tuple[Decimal, Decimal]:
        """The least and the greatest fraction that a response can earn."""

    def files(self, response: Any) -> tuple[str, ...]:
        """Ids of the files that an inner response hands in: whoever stores it makes sure that they are there."""
        return ()

    def guess(self, body: B) -> Decimal | None:
        """The fraction that blind guessing earns on average, None where that can't be told."""
        return ZERO

    def full(self, body: B) -> Any:
        """An inner response that earns the whole mark; None where there is none to give."""
        return None

    def media(self, body: B) -> frozenset[str]:
        """Digests of the media that the body shows."""
        return media_of(json.dumps(body.to_json()))

    def outcome_feedback(self, body: B, arrangement: Arrangement, fraction: Decimal) -> str:
        """The HTML that a body says about an outcome: right, partly right, wrong."""
        if fraction >= 1:
            return body.right_feedback
        return body.partial_feedback if fraction > 0 else body.wrong_feedback


def only(response: object, name: str) -> object:
    """The value of a response that must be an object with this one member.

    Raises InvalidResponse for anything else.
    """
    if not isinstance(response, dict) or set(response) != {name}:
        raise InvalidResponse(N_("The answer does not have the form that this question asks for."))
    return response[name]


def field_errors(error: ValidationError) -> list[FieldError]:
    """pydantic's findings in our words: what to do, at which field."""
    return [_field_error(detail) for detail in error.errors(include_url=False, include_input=False)]


_WORDS = {
    "missing": N_("This is needed. Fill it in."),
    "extra_forbidden": N_("There is no such field here. Remove it or check its spelling."),
    "string_type": N_("Write a text here."),
    "string_unicode": N_("This text holds a character that cannot be stored. Type it again without it."),
    "string_too_long": N_("Shorten this to at most %(max_length)s characters."),
    "string_too_short": N_("Write a text here."),
    "string_pattern_mismatch": N_("Use only small letters and digits here, at most 16, or leave it out."),
    "bool_type": N_("Say true or false here."),
    "literal_error": N_("Choose one of: %(expected)s."),
    "too_long": N_("Give at most %(max_length)s entries here."),
    "tuple_type": N_("Give a list here."),
    "model_type": N_("Give an object with named fields here."),
}


def _field_error(detail: Mapping[str, Any]) -> FieldError:
    params = dict(detail.get("ctx", {}))
    message = params.pop("message", None) or _WORDS.get(detail["type"], N_("This value is not acceptable. Correct it."))
    return FieldError(".".join(str(part) for part in detail["loc"]), message, params)

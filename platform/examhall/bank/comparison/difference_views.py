"""The two faces of what differs between two versions of a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import BaseModel, Field

from examhall.bank.comparison.differences import Difference, Kind, Op, differences
from examhall.bank.models import Question, QuestionVersion
from examhall.bank.reading import load_bank, load_question
from examhall.errors import N_, BadRequest, FieldError, NotFound
from examhall.extensions import db
from examhall.storage.records import tenant_id
from examhall.web.guards import permitted
from examhall.web.views import MethodView

#: Fields of bodies in the reader's words; those that are not here are called as they are stored.
LABELS: Mapping[str, str] = {
    "name": N_("Name"), "prompt": N_("Question"), "feedback": N_("Feedback"), "hints": N_("Hints"),
    "right_feedback": N_("Feedback when right"), "partial_feedback": N_("Feedback when partly right"),
    "wrong_feedback": N_("Feedback when wrong"), "feedback_true": N_("Feedback to “True”"),
    "feedback_false": N_("Feedback to “False”"), "options": N_("Options"), "answers": N_("Answers"),
    "rows": N_("Rows"), "stems": N_("Stems"), "choices": N_("Choices"), "items": N_("Items"), "gaps": N_("Gaps"),
    "regions": N_("Regions"), "units": N_("Units"), "variables": N_("Variables"), "variants": N_("Variants"),
    "text": N_("Text"), "fraction": N_("Worth"), "unticked": N_("Worth when not ticked"), "pinned": N_("Pinned"),
    "shuffle": N_("Mix"), "scheme": N_("Scheme"), "correct": N_("Correct"), "choice": N_("Choice"),
    "case_sensitive": N_("Case counts"), "pattern": N_("Pattern"), "value": N_("Value"), "tolerance": N_("Tolerance"),
    "tolerance_type": N_("Kind of tolerance"), "low": N_("From"), "high": N_("To"), "unit": N_("Unit"),
    "formula": N_("Formula"), "template": N_("Template"), "min_words": N_("Fewest words"),
    "max_words": N_("Most words"), "marking_notes": N_("Marking notes"), "label": N_("Label"), "image": N_("Picture"),
    "alt": N_("Description of the picture"), "coords": N_("Place in the picture"), "weight": N_("Weight"),
}  # fmt: skip
KINDS: Mapping[Kind, str] = {
    Kind.ADDED: N_("New"), Kind.REMOVED: N_("Gone"), Kind.CHANGED: N_("Changed"), Kind.MOVED: N_("Other order"),
}  # fmt: skip


class DifferencesArguments(BaseModel):
    """Which version it is compared with."""

    from_: int | None = Field(
        default=None, alias="from", ge=1, description="The number of the other version; the one before by default."
    )


class WordsOut(BaseModel):
    """Some words of a text, and what became of them."""

    op: Op
    text: str


class DifferenceOut(BaseModel):
    """One part that differs: `path` leads to it through the body; `words` are both texts in one stream."""

    path: list[str]
    kind: Kind
    before: Any
    after: Any
    words: list[WordsOut]


class DifferencesOut(BaseModel):
    """What version `to` says otherwise than version `from`."""

    from_: int = Field(serialization_alias="from")
    to: int
    differences: list[DifferenceOut]


@permitted("banks.read")
class VersionDifferences(MethodView):
    """What differs between two versions of a question."""

    schema = DifferencesOut
    arguments = {"GET": DifferencesArguments}

    def get(self, id: UUID, number: int) -> ResponseReturnValue:
        """Compare a version with the one before, or with another one: `?from=3`. Equal ones differ in nothing."""
        question = load_question(id)
        before = _number(request.args.get("from"), max(1, number - 1))
        told = [DifferenceOut.model_validate(each, from_attributes=True) for each in _between(question, before, number)]
        out = DifferencesOut.model_construct(from_=before, to=number, differences=told)
        return out.model_dump(mode="json", by_alias=True)


@permitted("banks.read")
class DifferencesPage(MethodView):
    """Two versions of a question side by side."""

    template = "bank/differences.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """The versions `from` and `to` of the address; the latest and the one before by default."""
        question = load_question(id)
        bank = load_bank(question.bank_id)
        to = _number(request.args.get("to"), question.latest_number)
        before = _number(request.args.get("from"), max(1, to - 1))
        return self.respond(
            question=question, bank=bank, before=before, to=to, found=_between(question, before, to), kinds=KINDS,
            numbers=range(question.latest_number, 0, -1), titled=_titled, shown=_shown,
        )  # fmt: skip


def _between(question: Question, before: int, after: int) -> list[Difference]:
    """What differs, the name of the question included; one statement. Raises `NotFound`."""
    if not (1 <= before <= question.latest_number and 1 <= after <= question.latest_number):
        raise NotFound()
    rows = db.session.execute(
        sa.select(QuestionVersion.number, QuestionVersion.name, QuestionVersion.body).where(
            QuestionVersion.tenant_id == tenant_id(), QuestionVersion.question_id == question.id,
            QuestionVersion.number.in_([before, after]),
        )
    )  # fmt: skip
    found = {number: {"name": name, **body} for number, name, body in rows}
    return differences(found[before], found[after])


def _number(text: str | None, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0):
        message = N_("Give the number of a version.")
        raise BadRequest(message, errors=[FieldError("from", message)])
    return int(text)


def _titled(path: tuple[str, ...]) -> str:
    """A path in the reader's words."""
    return " › ".join(gettext(LABELS[step]) if step in LABELS else step for step in path)


def _shown(value: Any) -> str:
    """A value that is no text, or a part as a whole."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return str(gettext("Yes") if value else gettext("No"))
    if isinstance(value, Mapping):
        told = {name: part for name, part in value.items() if name != "key" and part not in ("", None)}
        return "; ".join(f"{_titled((name,))}: {_shown(part)}" for name, part in told.items())
    if isinstance(value, list):
        return ", ".join(_shown(part) for part in value)
    return str(value)

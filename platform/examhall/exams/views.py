"""The pages of exams for candidates: what is open to them, and what to know before the start."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from examhall.bank.content.richtext import plain_text
from examhall.clock import now
from examhall.errors import NotFound
from examhall.exams import access
from examhall.exams.models import Exam
from examhall.extensions import Statement
from examhall.identity.principal import me
from examhall.web.guards import permitted
from examhall.web.views import ListView, MethodView

#: Characters of a description that a card shows.
EXCERPT = 180


@permitted("exams.sit")
class ExamList(ListView):
    """The exams of a candidate: those that are open, in progress, or open later."""

    model, template = Exam, "exams/exam_list.html"
    search, ordering = ("title",), ("title", "opens_at", "closes_at")

    def query(self) -> Statement:
        """Those assigned to the candidate."""
        return access.sittable(Exam.description, upcoming=True)

    def parameters(self) -> dict[str, Any]:
        """The candidate, and now."""
        return access.asked_by(me().id, now())

    def represent(self, record: Any) -> dict[str, Any]:
        """What a card shows."""
        opens_at, allowed = record.opens_at, record.attempts_allowed
        return {
            **record._mapping,
            "excerpt": plain_text(record.description, EXCERPT),
            "attempts_left": None if allowed is None else max(0, allowed - record.attempts_used),
            "upcoming": opens_at is not None and opens_at > now(),
        }


@permitted("exams.sit")
class ExamStart(MethodView):
    """The page before the start."""

    template = "exams/exam_start.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """Rules, time, attempts left; why the exam can't be started, where it can't."""
        admission = access.admission(id, me().id, now())
        if admission is None:
            raise NotFound()
        count, points = access.extent(id)
        return self.respond(exam=admission, count=count, points=points, refusal=access.not_open(admission, now()))

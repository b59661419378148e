"""The JSON and CSV face of results."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, request
from flask.typing import ResponseReturnValue

from examhall.attempts import operations as attempts
from examhall.attempts.engine.states import State
from examhall.attempts.models import Attempt
from examhall.bank.content.media import shown
from examhall.exams.access import find_exam
from examhall.extensions import Statement
from examhall.identity.models import User
from examhall.identity.principal import me
from examhall.results.review import Review, review
from examhall.results.schemas import ExamResultOut, ResultOut
from examhall.storage.records import tenant_id
from examhall.web.export import csv_file, csv_wanted
from examhall.web.guards import permitted, throttled
from examhall.web.query import filtered
from examhall.web.views import DetailView, ListView

COLUMNS = (
    "name",
    "email",
    "number",
    "state",
    "started_at",
    "submitted_at",
    "points",
    "max_points",
    "percent",
    "passed",
    "pending",
)


@permitted("exams.sit")
class Result(DetailView):
    """The result of one's own attempt: grade and questions as far as the exam's review policy shows them now."""

    schema = ResultOut

    def load(self, **url: Any) -> Review:
        """The candidate's own."""
        return review(url["id"], me().id)

    def represent(self, record: Review) -> dict[str, Any]:
        """What is released, and nothing else."""
        result = {"released": record.released, "grade": record.grade, "slots": shown(record.slots)}
        return ResultOut.model_validate(result).model_dump(mode="json", exclude_unset=True)


@permitted("results.read")
@throttled("read")
class ExamResults(ListView):
    """The finished attempts at one exam."""

    model, schema = Attempt, ExamResultOut
    filters, ordering = ("passed", "user_id", "state"), ("-submitted_at", "percent", "number")

    def get(self, exam_id: UUID) -> ResponseReturnValue:
        """The grades, as JSON or as CSV (`Accept: text/csv` or `?format=csv`; then all of them at once)."""
        exam = find_exam(exam_id)
        attempts.finish_overdue(exam_id=exam_id)
        if csv_wanted():
            return self.csv(exam.title)
        return super().get(exam_id=exam_id)

    def query(self) -> Statement:
        """The finished attempts at the exam of the address, with their candidates."""
        columns = [Attempt.id.label("attempt_id"), Attempt.user_id, User.name, User.email, Attempt.number,
                   Attempt.state, Attempt.started_at, Attempt.submitted_at, Attempt.points,
                   Attempt.max_points, Attempt.percent, Attempt.passed, Attempt.pending]  # fmt: skip
        return (
            sa.select(*columns)
            .join(User, sa.and_(User.tenant_id == Attempt.tenant_id, User.id == Attempt.user_id))
            .where(
                Attempt.tenant_id == tenant_id(),
                Attempt.exam_id == (request.view_args or {})["exam_id"],
                Attempt.state != State.OPEN.value,
            )
        )  # fmt: skip

    def csv(self, title: str) -> Response:
        """All rows, streamed as they come from the database."""
        statement = filtered(self.query(), Attempt, self.filters, request.args)
        return csv_file(f"results-{title}", COLUMNS, statement.order_by(User.name, Attempt.number, Attempt.id))

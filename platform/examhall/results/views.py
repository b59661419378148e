"""The pages of results: what a candidate sees of an attempt, and what markers see of an exam."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from examhall.attempts import operations as attempts
from examhall.attempts.engine.numbering import numbered
from examhall.attempts.engine.review import Show
from examhall.attempts.engine.states import State
from examhall.attempts.engine.timing import state_at
from examhall.attempts.models import Attempt
from examhall.attempts.views import STATES
from examhall.clock import now
from examhall.errors import N_
from examhall.exams.access import find_exam
from examhall.exams.models import Exam
from examhall.extensions import Statement, db
from examhall.identity.models import User
from examhall.identity.principal import me
from examhall.results import api
from examhall.results.figures import figures
from examhall.results.review import Review, closing, review, shown_of
from examhall.storage.records import tenant_id
from examhall.tenancy import current_tenant
from examhall.theme.context import csrf_token
from examhall.web.guards import permitted, throttled
from examhall.web.views import ListView, MethodView

#: What the closing of an exam may add to a result.
LATER = {
    Show.GRADE: N_("the grade"),
    Show.RESPONSES: N_("your answers"),
    Show.CORRECTNESS: N_("which of them are correct"),
    Show.SOLUTIONS: N_("the correct answers"),
    Show.FEEDBACK: N_("the feedback"),
}


@permitted("exams.sit")
class AttemptResult(MethodView):
    """The result of one's own attempt."""

    template = "results/result.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """Grade and questions as far as the exam's policy shows them now, and when there will be more."""
        found = review(id, me().id)
        if found.state is State.OPEN:
            return redirect(url_for("attempt_page", id=id), 303)
        later = [label for show, label in LATER.items() if show in found.later]
        slots = numbered(found.slots)
        return self.respond(review=found, slots=slots, later=later, states=STATES, data=_leftover(found))


@permitted("exams.sit")
class AttemptList(ListView):
    """One's own attempts, the newest first."""

    model, template = Attempt, "results/attempt_list.html"
    ordering = ("-started_at",)

    def query(self) -> Statement:
        """The candidate's own, with what the exam says about them."""
        statement: Statement = sa.select(
            Attempt.id, Attempt.number, Attempt.state, Attempt.started_at, Attempt.deadline_at, Attempt.submitted_at,
            Attempt.percent, Attempt.passed, Attempt.pending, Exam.title,
            *closing(now() - attempts.grace()),
        )  # fmt: skip
        return statement.join(Exam, sa.and_(Exam.tenant_id == Attempt.tenant_id, Exam.id == Attempt.exam_id)).where(
            Attempt.tenant_id == tenant_id(), Attempt.user_id == me().id
        )

    def represent(self, record: Any) -> Any:
        """One line: the state that holds now, and the grade only where it may be seen."""
        moment = now()
        state = state_at(State(record.state), moment, record.deadline_at, attempts.grace())
        return {
            "attempt": record,
            "state": state,
            "open": state is State.OPEN,
            "label": STATES[state],
            "graded": Show.GRADE in shown_of(record, moment),
        }


@permitted("results.read")
class ExamResults(api.ExamResults):
    """The grades of an exam, and what they come to."""

    template = "results/exam_results.html"

    def get(self, exam_id: UUID) -> ResponseReturnValue:
        """The finished attempts at the exam of the address."""
        exam = find_exam(exam_id)
        attempts.finish_overdue(exam_id=exam_id)
        rows, page = self.page_of(self.query())
        return self.respond(rows=rows, page=page, exam=exam, states=STATES, figures=figures(exam_id))


@permitted("results.read")
@throttled("export")
class ExamResultsCsv(api.ExamResults):
    """The grades of an exam as a file."""

    def get(self, exam_id: UUID) -> ResponseReturnValue:
        """All rows, or those that the page was narrowed to."""
        exam = find_exam(exam_id)
        attempts.finish_overdue(exam_id=exam_id)
        return self.csv(exam.title)


@permitted("results.read")
class AttemptReview(MethodView):
    """One attempt, as markers see it."""

    template = "results/attempt_review.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """Every question with the answer that was given, whatever the candidate may see."""
        me().require("attempts.read")
        found = review(id)
        person = db.session.execute(
            sa.select(User.name, User.email).where(User.tenant_id == tenant_id(), User.id == found.user_id)
        ).one()
        return self.respond(review=found, slots=numbered(found.slots), person=person, states=STATES)


def _leftover(found: Review) -> dict[str, Any]:
    """What the page's script needs to hand over answers that this browser still holds, and to forget the attempt."""
    id_ = str(found.attempt_id)
    return {
        "attempt": id_,
        "tenant": current_tenant().slug,
        "user": str(me().id),
        "csrf": csrf_token(),
        "urls": {
            "page": url_for("attempt_result", id=id_),
            "answers": url_for("api_answers", id=id_),
            "refresh": url_for("api_refresh"),
        },
    }

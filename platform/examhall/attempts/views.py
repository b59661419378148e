"""The pages of a sitting: start, answer, hand in; and who is sitting, for those who watch."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from babel.numbers import get_decimal_symbol
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from examhall.attempts import operations
from examhall.attempts.api import attempt_out
from examhall.attempts.engine.numbering import numbered
from examhall.attempts.engine.states import State
from examhall.attempts.forms import StartForm
from examhall.attempts.models import Answer, Attempt, StoredPaper
from examhall.clock import now
from examhall.errors import N_, Conflict, Forbidden
from examhall.exams.access import find_exam
from examhall.exams.models import Exam
from examhall.extensions import Statement, db
from examhall.identity.models import User
from examhall.identity.principal import me
from examhall.storage.records import tenant_id
from examhall.tenancy import current_tenant
from examhall.theme.context import csrf_token
from examhall.theme.localized import number
from examhall.web.guards import permitted, throttled
from examhall.web.views import ListView, MethodView

#: What each state is called.
STATES = {State.OPEN: N_("In progress"), State.SUBMITTED: N_("Handed in"), State.EXPIRED: N_("Time ran out")}


@permitted("exams.sit")
@throttled("start")
class Start(MethodView):
    """The button that begins an exam, or goes on with it."""

    keeps_receipts = False

    def post(self, exam_id: UUID) -> ResponseReturnValue:
        """To the attempt; or back to the start page, which says why not."""
        form = StartForm()
        try:
            attempt, _created = operations.start(exam_id, me().id, (form.access_code.data or "")[:200] or None)
        except (Conflict, Forbidden) as problem:
            flash(gettext(problem.detail, **problem.params), "error")
            return redirect(url_for("exam_start", id=exam_id), 303)
        return redirect(url_for("attempt_page", id=attempt.id), 303)


@permitted("exams.sit")
class Sitting(MethodView):
    """The page on which an exam is sat."""

    template = "attempts/attempt.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """The paper with the stored answers, while the attempt is open; then the result."""
        attempt = operations.load(id, me().id)
        shown = attempt_out(attempt)
        if shown["paper"] is None:
            return redirect(url_for("attempt_result", id=id), 303)
        answers = {answer["slot"]: answer["response"] for answer in shown["answers"]}
        paper = _placed(numbered(shown["paper"]))
        return self.respond(
            exam_title=_title(attempt.exam_id),
            paper=paper,
            total=_count(paper),
            answers=answers,
            cells=[
                {
                    "slot": slot["slot"],
                    "number": slot["number"],
                    "url": f"#q-{slot['slot']}",
                    "answered": answers.get(slot["slot"]) is not None,
                }
                for slot in paper
            ],
            data=_for_the_script(shown, paper),
            left=time_left(shown["deadline_at"], shown["server_time"]),
            decimal=get_decimal_symbol(get_locale()),
        )


@permitted("exams.sit")
@throttled("save")
class Submit(MethodView):
    """Handing in from the page; its script does the same through the API, after it has stored the last answers."""

    keeps_receipts = False

    def post(self, id: UUID) -> ResponseReturnValue:
        """End the attempt and show the result."""
        operations.submit(id, me().id)
        return redirect(url_for("attempt_result", id=id), 303)


@permitted("attempts.read")
class ExamAttempts(ListView):
    """Who sits an exam, how far they are, and who has sat it."""

    model, template = Attempt, "attempts/exam_attempts.html"
    filters, ordering = ("state",), ("-started_at", "number")

    def get(self, exam_id: UUID) -> ResponseReturnValue:
        """The attempts at the exam of the address."""
        exam = find_exam(exam_id)
        operations.finish_overdue(exam_id=exam_id)
        rows, page = self.page_of(self.query())
        return self.respond(rows=rows, page=page, exam=exam, states=STATES, moment=now())

    def query(self) -> Statement:
        """The attempts with their candidates, and how many of the questions are answered."""
        answered = (
            sa.select(sa.func.count(Answer.response))
            .where(Answer.tenant_id == Attempt.tenant_id, Answer.attempt_id == Attempt.id)
            .scalar_subquery()
        )
        questions = sa.func.json_array_length(StoredPaper.content["slots"])
        statement: Statement = sa.select(
            Attempt.id, User.name, User.email, Attempt.number, Attempt.state, Attempt.started_at, Attempt.deadline_at,
            Attempt.submitted_at, answered.label("answered"), questions.label("questions"),
        )  # fmt: skip
        return (
            statement.join(User, sa.and_(User.tenant_id == Attempt.tenant_id, User.id == Attempt.user_id))
            .join(StoredPaper, sa.and_(StoredPaper.tenant_id == Attempt.tenant_id, StoredPaper.id == Attempt.id))
            .where(Attempt.tenant_id == tenant_id(), Attempt.exam_id == (request.view_args or {})["exam_id"])
        )


def time_left(deadline_at: datetime | None, moment: datetime) -> str | None:
    """The time left as the page shows it until its script counts: `1:29:58`; None where there is no limit."""
    if deadline_at is None:
        return None
    minutes, seconds = divmod(max(0, int((deadline_at - moment).total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _title(exam_id: UUID) -> str | None:
    return db.session.scalar(sa.select(Exam.title).where(Exam.tenant_id == tenant_id(), Exam.id == exam_id))


def _count(paper: list[dict[str, Any]]) -> int:
    """How many questions a paper asks."""
    return sum(slot["number"] is not None for slot in paper)


def _placed(paper: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The slots, each with its `place` in words: 3 of 20."""
    total = number(_count(paper))
    return [
        slot
        | {
            "place": gettext("Information")
            if slot["number"] is None
            else gettext("%(number)s of %(total)s", number=number(slot["number"]), total=total)
        }
        for slot in paper
    ]


def _for_the_script(shown: dict[str, Any], paper: list[dict[str, Any]]) -> dict[str, Any]:
    """What the page's script has to know; the questions themselves stand in the page."""
    id_ = str(shown["id"])
    return {
        "attempt": id_,
        "tenant": current_tenant().slug,
        "user": str(me().id),
        "csrf": csrf_token(),
        "decimal": get_decimal_symbol(get_locale()),
        "slots": [{name: slot[name] for name in ("slot", "number", "place")} for slot in paper],
        "answers": shown["answers"],
        "deadline_at": shown["deadline_at"] and shown["deadline_at"].isoformat(),
        "server_time": shown["server_time"].isoformat(),
        "urls": {
            "page": url_for("attempt_page", id=id_),
            "attempt": url_for("api_attempt", id=id_),
            "answers": url_for("api_answers", id=id_),
            "files": url_for("api_attempt_files", id=id_),
            "submit": url_for("api_submit", id=id_),
            "result": url_for("attempt_result", id=id_),
            "refresh": url_for("api_refresh"),
        },
    }

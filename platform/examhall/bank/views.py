"""The pages of the bank, for authors and administrators."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from examhall.bank import operations
from examhall.bank.filing import remarks
from examhall.bank.forms import STATUSES, BankForm, FilingForm
from examhall.bank.models import Bank, Comment, Question, QuestionVersion
from examhall.bank.reading import counted_banks, load_bank, load_question
from examhall.bank.types import type_named
from examhall.errors import Invalid, NotFound
from examhall.extensions import Statement, db
from examhall.identity.principal import me
from examhall.storage.records import tenant_id
from examhall.web.forms import require_revision
from examhall.web.guards import permitted
from examhall.web.views import ListView, MethodView


@permitted("banks.read")
class BankListPage(ListView):
    """The question banks."""

    model, template = Bank, "bank/bank_list.html"
    search, ordering = ("name", "description"), ("name", "created_at", "updated_at")

    def query(self) -> Statement:
        """Banks with the number of their questions."""
        return counted_banks()


@permitted("banks.write")
class BankNewPage(MethodView):
    """A new bank."""

    template = "bank/bank_form.html"

    def get(self) -> ResponseReturnValue:
        """The form."""
        return self.respond(form=BankForm(), bank=None)

    def post(self) -> ResponseReturnValue:
        """Make the bank and go on to it."""
        form = BankForm()
        bank = form.accept(lambda: operations.create_bank(form.name.data or "", form.description.data or ""))
        if bank is None:
            return self.respond(form=form, bank=None), 422
        flash(gettext("The bank is ready for its first questions."), "success")
        return redirect(url_for("question_list", id=bank.id), 303)


@permitted("banks.write")
class BankEditPage(MethodView):
    """Name and description of a bank."""

    template = "bank/bank_form.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """The form."""
        bank = load_bank(id)
        return self.respond(form=BankForm(obj=bank), bank=bank)

    def post(self, id: UUID) -> ResponseReturnValue:
        """Change the bank."""
        bank = load_bank(id)
        form = BankForm(obj=bank)
        require_revision(bank, form)
        done = form.accept(lambda: operations.update_bank(bank, name=form.name.data, description=form.description.data))
        if done is None:
            return self.respond(form=form, bank=bank), 422
        flash(gettext("Saved."), "success")
        return redirect(url_for("question_list", id=id), 303)


@permitted(GET="banks.read", POST="banks.write")
class QuestionDetailPage(MethodView):
    """One question: as a candidate sees it, its key, its filing, its versions."""

    template = "bank/question_detail.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """The latest version, or the one whose number the address names."""
        return self._page(load_question(id))

    def post(self, id: UUID) -> ResponseReturnValue:
        """Change how it is called and filed, and its status."""
        question = load_question(id)
        form = FilingForm()
        require_revision(question, form)
        done = form.accept(lambda: operations.update_question(question, name=form.name.data, **form.filing()))
        if done is None:
            return self._page(question, form), 422  # type: ignore[return-value]  # a page and its status
        flash(gettext("Saved."), "success")
        return redirect(url_for("question_detail", id=id), 303)

    def _page(self, question: Question, form: FilingForm | None = None) -> ResponseReturnValue:
        versions = _versions(question.id)
        asked = request.args.get("version", str(question.latest_number))
        version = next((version for version in versions if str(version.number) == asked), None)
        if version is None:
            raise NotFound()
        return self.respond(
            question=question, bank=load_bank(question.bank_id), versions=versions, version=version, statuses=STATUSES,
            kind=type_named(version.type), body=operations.bodies([version.id])[version.id],
            form=form or FilingForm(obj=question), comments=comments(question), me=me().id,
        )  # fmt: skip


@permitted("banks.read")
class CommentAdd(MethodView):
    """The form below a question in which people talk about it."""

    def post(self, id: UUID) -> ResponseReturnValue:
        """Say it."""
        question = load_question(id)
        try:
            remarks.add_comment(question, request.form.get("text", ""))
        except Invalid as problem:
            flash(gettext(problem.errors[0].message, **problem.errors[0].params), "error")
        return redirect(url_for("question_detail", id=id, _anchor="comments"), 303)


@permitted("banks.read")
class CommentRemove(MethodView):
    """The button that takes one's own comment back."""

    def post(self, id: UUID) -> ResponseReturnValue:
        """Take it back."""
        comment = remarks.load_comment(id)
        question = load_question(comment.question_id)
        remarks.remove_comment(comment, me().id)
        flash(gettext("The comment is removed."), "success")
        return redirect(url_for("question_detail", id=question.id), 303)


def comments(question: Question) -> list[Any]:
    """Pairs of comment and the name of who wrote it, the oldest first."""
    return list(db.session.execute(remarks.comments_on(question.id).order_by(Comment.created_at, Comment.id)))


def _versions(question_id: UUID) -> list[Any]:
    """A question's versions without their bodies, the latest first."""
    kept = QuestionVersion
    columns = sa.select(kept.id, kept.number, kept.type, kept.name, kept.created_at)
    mine = columns.where(kept.tenant_id == tenant_id(), kept.question_id == question_id)
    return list(db.session.execute(mine.order_by(kept.number.desc())))

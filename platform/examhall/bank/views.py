"""The pages of the bank, for authors and administrators."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from examhall.bank import operations
from examhall.bank.forms import STATUSES, BankForm, FilingForm
from examhall.bank.models import Bank, Question, QuestionVersion
from examhall.bank.reading import QuestionList, counted_banks, load_bank, load_question
from examhall.bank.types import TYPES, type_named
from examhall.errors import NotFound
from examhall.extensions import Statement, db
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


@permitted("banks.read")
class QuestionListPage(QuestionList):
    """The questions of one bank."""

    template = "bank/question_list.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """The list, and what it can be narrowed by."""
        bank = load_bank(id)
        rows, page = self.page_of(self.query().where(Question.bank_id == id), id)
        return self.respond(
            bank=bank, rows=rows, page=page, types=TYPES, statuses=STATUSES,
            categories=[(path, path) for path in operations.categories(id)],
            tags=[(tag, tag) for tag in operations.tags(id)],
        )  # fmt: skip


@permitted(GET="banks.read", POST="banks.write")
class QuestionDetailPage(MethodView):
    """One question: as a candidate sees it, its key, its filing, its versions."""

    template = "bank/question_detail.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """The latest version, or the one whose number the address names."""
        return self._page(load_question(id))

    def post(self, id: UUID) -> ResponseReturnValue:
        """Change name, category, tags and status."""
        question = load_question(id)
        form = FilingForm()
        require_revision(question, form)
        done = form.accept(
            lambda: operations.update_question(
                question, name=form.name.data, category=form.category.data, tags=form.tags.words,
                status=form.status.data,
            )
        )  # fmt: skip
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
            form=form or FilingForm(obj=question),
        )  # fmt: skip


def _versions(question_id: UUID) -> list[Any]:
    """A question's versions without their bodies, the latest first."""
    kept = QuestionVersion
    columns = sa.select(kept.id, kept.number, kept.type, kept.name, kept.created_at)
    mine = columns.where(kept.tenant_id == tenant_id(), kept.question_id == question_id)
    return list(db.session.execute(mine.order_by(kept.number.desc())))

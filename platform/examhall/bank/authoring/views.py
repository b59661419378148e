"""The pages on which questions are written and tried out."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from babel.numbers import get_decimal_symbol
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from markupsafe import Markup

from examhall.bank import operations
from examhall.bank.authoring.forms import FORMS
from examhall.bank.authoring.forms.question import QuestionForm
from examhall.bank.authoring.trial import trial
from examhall.bank.content.maths import mathml
from examhall.bank.models import Bank, Question, Status
from examhall.bank.reading import load_bank, load_question
from examhall.bank.types import TYPES, type_named
from examhall.errors import N_, FieldError, Invalid, NotFound
from examhall.web.forms import require_revision
from examhall.web.guards import permitted, throttled
from examhall.web.views import MethodView


@permitted("banks.write")
class QuestionNewPage(MethodView):
    """A new question: first its type, then the form of that type."""

    template = "bank/question_new.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """The types, or the form of the one that the address names."""
        bank, kind = load_bank(id), request.args.get("type")
        if kind is None:
            return self.respond(bank=bank, types={name: TYPES[name] for name in FORMS if name in TYPES}, form=None)
        form = _form_of(kind)(status="ready", category=request.args.get("category", "")[:200])
        return self._page(bank, kind, form)

    def post(self, id: UUID) -> ResponseReturnValue:
        """Add the question."""
        bank, kind = load_bank(id), request.args.get("type", "")
        form = _form_of(kind)()
        question = form.accept(
            lambda: operations.create_question(id, kind, form.name.data or "", form.body(), **form.filing())
        )
        if question is None:
            return self._page(bank, kind, form), 422  # type: ignore[return-value]  # a page and its status
        flash(gettext("The question is in the bank."), "success")
        return redirect(url_for("question_detail", id=question.id), 303)

    def _page(self, bank: Bank, kind: str, form: QuestionForm) -> ResponseReturnValue:
        form.grow()
        return self.respond(bank=bank, kind=type_named(kind), form=form, decimal=_decimal())


@permitted("banks.write")
class QuestionEditPage(MethodView):
    """What a question asks: saving adds a version."""

    template = "bank/question_edit.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """The form with the latest version."""
        question = load_question(id)
        return self._page(question, self._form(question))

    def post(self, id: UUID) -> ResponseReturnValue:
        """Add a version, unless it would ask the same; `save_as` may say whether it is a draft or ready."""
        question = load_question(id)
        form, before = self._form(question), question.latest_number
        require_revision(question, form)
        wanted = request.form.get("save_as")
        status = wanted if wanted in (Status.DRAFT.value, Status.READY.value) else None
        version = form.accept(
            lambda: operations.add_version(
                question, form.body(), form.name.data or question.name, revision=question.revision, status=status
            )
        )
        if version is None:
            return self._page(question, form), 422  # type: ignore[return-value]  # a page and its status
        if version.number == before:
            flash(gettext("Nothing was changed, so there is no new version."), "info")
        elif status == Status.DRAFT.value:
            flash(gettext("Version %(number)s is a draft; exams do not use it yet.", number=version.number), "success")
        else:
            flash(gettext("Version %(number)s is in use from now on.", number=version.number), "success")
        return redirect(url_for("question_detail", id=id), 303)

    def _form(self, question: Question) -> QuestionForm:
        body = operations.bodies([question.latest_version_id])[question.latest_version_id]
        return _form_of(question.type).for_body(body, name=question.name, revision=question.revision)

    def _page(self, question: Question, form: QuestionForm) -> ResponseReturnValue:
        form.grow()
        bank = load_bank(question.bank_id)
        kind = type_named(question.type)
        return self.respond(question=question, bank=bank, kind=kind, form=form, decimal=_decimal())


@permitted("banks.write")
@throttled(POST="read")
class QuestionPreview(MethodView):
    """The form of a question as a candidate would see it, for the page to show beside the form."""

    template = "bank/question_tried.html"
    keeps_receipts = False

    def post(self) -> ResponseReturnValue:
        """A piece of a page: the question, or what is still missing; with a `response` what that would earn."""
        kind = type_named(request.args.get("type", "")) if request.args.get("type") in TYPES else None
        if kind is None:
            raise NotFound()
        form = _form_of(kind.name)()
        form.leave_filing()
        tried = form.accept(lambda: trial(kind, kind.validate(form.body()), _response()))
        answered = bool(tried and "fraction" in tried)
        return self.respond(form=form, kind=kind, item=tried, decimal=_decimal(), answered=answered)


@permitted("banks.write")
class FormulaPreview(MethodView):
    """A formula as it will be drawn."""

    template = "bank/formula.html"

    def get(self) -> ResponseReturnValue:
        """A piece of a page: MathML, or a word that the formula can't be drawn."""
        display = "block" if request.args.get("display") == "block" else "inline"
        drawn = mathml(request.args.get("latex", ""), display)
        # Only what `mathml` itself has written, element by element.
        return self.respond(drawn=drawn and Markup(drawn))  # noqa: S704


def _decimal() -> str:
    """The decimal sign of the reader's language."""
    return get_decimal_symbol(get_locale())


def _response() -> Any:
    text = request.form.get("response", "")
    try:
        return json.loads(text) if text else None
    except ValueError:
        message = N_("Send the answer as JSON.")
        raise Invalid(errors=[FieldError("response", message)]) from None


def _form_of(kind: str) -> type[QuestionForm]:
    if kind not in FORMS:
        raise NotFound()
    return FORMS[kind]

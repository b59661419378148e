"""The pages of a bank's tree of categories."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from examhall.bank.filing import categories
from examhall.bank.forms import CategoryForm
from examhall.bank.models import Category
from examhall.bank.reading import load_bank
from examhall.errors import Conflict
from examhall.web.forms import Form, require_revision
from examhall.web.guards import permitted
from examhall.web.views import MethodView


@permitted(GET="banks.read", POST="banks.write")
class CategoryTree(MethodView):
    """The tree, and a form for a new category."""

    template = "bank/categories.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """All categories with the number of their questions."""
        form = CategoryForm()
        form.parent_id.data = request.args.get("below", "")
        return self._page(id, form)

    def post(self, id: UUID) -> ResponseReturnValue:
        """Make a category."""
        form = CategoryForm()
        form.offer(_places(id))
        made = form.accept(
            lambda: categories.create(
                id, form.name.data or "", form.parent, external_id=form.external_id.data or "",
                description=form.description.data or "",
            )
        )  # fmt: skip
        if made is None:
            return self._page(id, form), 422  # type: ignore[return-value]  # a page and its status
        flash(gettext("The category is made."), "success")
        return redirect(url_for("category_tree", id=id), 303)

    def _page(self, bank_id: UUID, form: CategoryForm) -> ResponseReturnValue:
        bank, tree = load_bank(bank_id), categories.tree(bank_id)
        form.offer((each.id, each.path) for each in tree)
        return self.respond(bank=bank, tree=tree, counts=categories.counts(bank_id), form=form)


@permitted("banks.write")
class CategoryEdit(MethodView):
    """One category: its name, its place, and its end."""

    template = "bank/category_edit.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """The form."""
        category = _load(id)
        form = CategoryForm(obj=category)
        form.parent_id.data = str(category.parent_id or "")
        return self._page(category, form)

    def post(self, id: UUID) -> ResponseReturnValue:
        """Rename, move or describe it."""
        category = _load(id)
        form = CategoryForm()
        require_revision(category, form)
        form.offer(_places(category.bank_id, category))
        bank_id = category.bank_id
        done = form.accept(
            lambda: categories.update(
                category, name=form.name.data, parent_id=form.parent, external_id=form.external_id.data or "",
                description=form.description.data or "",
            )
        )  # fmt: skip
        if done is None:
            return self._page(_load(id), form), 422  # type: ignore[return-value]  # a page and its status
        flash(gettext("Saved."), "success")
        return redirect(url_for("category_tree", id=bank_id), 303)

    def _page(self, category: Category, form: CategoryForm) -> ResponseReturnValue:
        form.offer(_places(category.bank_id, category))
        return self.respond(category=category, bank=load_bank(category.bank_id), form=form)


@permitted("banks.write")
class CategoryRemove(MethodView):
    """The button that removes a category."""

    def post(self, id: UUID) -> ResponseReturnValue:
        """Remove it, what stands in it going up where that was chosen; or say why that can't be."""
        category = _load(id)
        require_revision(category, Form())
        bank_id = category.bank_id
        try:
            categories.remove(category, lift="lift" in request.form)
        except Conflict as problem:
            flash(gettext(problem.detail, **problem.params), "error")
            return redirect(url_for("category_edit", id=id), 303)
        flash(gettext("The category is removed."), "success")
        return redirect(url_for("category_tree", id=bank_id), 303)


def _load(category_id: UUID) -> Category:
    category = categories.load_category(category_id)
    load_bank(category.bank_id)
    return category


def _places(bank_id: UUID, moving: Category | None = None) -> list[Any]:
    """Where a category may stand: anywhere but at and below itself."""
    load_bank(bank_id)
    return [
        (each.id, each.path)
        for each in categories.tree(bank_id)
        if moving is None or (each.path != moving.path and not each.path.startswith(f"{moving.path}/"))
    ]

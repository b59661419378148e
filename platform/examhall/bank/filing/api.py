"""The JSON face of how questions are filed: categories, saved filters, comments, bulk actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from examhall.bank.filing import bulk, categories, criteria, pools, remarks
from examhall.bank.filing.schemas import (
    BulkIn,
    BulkOut,
    CategoryArguments,
    CategoryChange,
    CategoryIn,
    CategoryOut,
    CommentIn,
    CommentOut,
    FilterIn,
    FilterOut,
    TreeOut,
    UndoneOut,
)
from examhall.bank.models import Category, Comment, SavedFilter
from examhall.bank.reading import load_bank, load_question
from examhall.errors import N_, BadRequest, FieldError, Invalid
from examhall.identity.principal import me
from examhall.web.conditional import require_match
from examhall.web.guards import permitted
from examhall.web.views import ListView, MethodView, json_of, paging_headers


@permitted(GET="banks.read", POST="banks.write")
class Categories(MethodView):
    """The tree of a bank's categories."""

    model, schema = Category, CategoryOut
    bodies = {"POST": CategoryIn}
    answers = {"GET": (200, TreeOut), "POST": (201, CategoryOut)}

    def get(self, id: UUID) -> ResponseReturnValue:
        """The whole tree as a list, each category before those below it, with the number of its own questions."""
        load_bank(id)
        counts = categories.counts(id)
        return [self.represent(each) | {"question_count": counts.get(each.id, 0)} for each in categories.tree(id)]

    def post(self, id: UUID, data: CategoryIn) -> ResponseReturnValue:
        """Make a category."""
        load_bank(id)
        category = categories.create(
            id, data.name, data.parent_id, external_id=data.external_id, description=data.description
        )
        return json_of(category, self.represent(category), 201)


@permitted(GET="banks.read", PATCH="banks.write", DELETE="banks.write")
class CategoryItem(MethodView):
    """One category."""

    model, schema = Category, CategoryOut
    bodies = {"PATCH": CategoryChange}
    answers = {"DELETE": (204, None)}
    arguments = {"DELETE": CategoryArguments}

    def get(self, id: UUID) -> ResponseReturnValue:
        """Show a category."""
        category = _category(id)
        return json_of(category, self.represent(category))

    def patch(self, id: UUID, data: CategoryChange) -> ResponseReturnValue:
        """Rename, move or describe it; the paths of all below it follow. Send the ETag that you read as `If-Match`."""
        category = _category(id)
        require_match(category)
        category = categories.update(category, **data.model_dump(exclude_unset=True))
        return json_of(category, self.represent(category))

    def delete(self, id: UUID) -> ResponseReturnValue:
        """Remove an empty category, or with `?lift=true` any. Send the ETag that you read as `If-Match`."""
        category = _category(id)
        require_match(category)
        categories.remove(category, lift=_lift(request.args))
        return "", 204


@permitted("banks.read")
class TagWords(MethodView):
    """The tags that a bank's questions have."""

    def get(self, id: UUID) -> ResponseReturnValue:
        """All tags, in order."""
        load_bank(id)
        return pools.tags(id)


@permitted("banks.read")
class Filters(ListView):
    """The filters that the caller keeps for a bank; nobody else sees them."""

    model, schema = SavedFilter, FilterOut
    ordering = ("name", "created_at")
    bodies = {"POST": FilterIn}
    answers = {"POST": (201, FilterOut)}

    def get(self, id: UUID) -> ResponseReturnValue:
        """List them."""
        load_bank(id)
        rows, page = self.page_of(remarks.filters_of(id, me().id).order_by(None))
        return [self.represent(row) for row in rows], 200, paging_headers(page, {"id": id})

    def post(self, id: UUID, data: FilterIn) -> ResponseReturnValue:
        """Keep a filter under a name."""
        load_bank(id)
        kept = remarks.save_filter(id, me().id, data.name, _query(data.query, "query"))
        return self.represent(kept), 201


@permitted("banks.read")
class FilterItem(MethodView):
    """One filter that the caller keeps."""

    model = SavedFilter
    answers = {"DELETE": (204, None)}

    def delete(self, id: UUID) -> ResponseReturnValue:
        """Forget it."""
        remarks.remove_filter(remarks.load_filter(id, me().id))
        return "", 204


@permitted("banks.read")
class Comments(ListView):
    """What people say about a question to each other; candidates never see it."""

    model, schema = Comment, CommentOut
    ordering = ("created_at",)
    bodies = {"POST": CommentIn}
    answers = {"POST": (201, CommentOut)}

    def get(self, id: UUID) -> ResponseReturnValue:
        """List the comments, the oldest first."""
        load_question(id)
        rows, page = self.page_of(remarks.comments_on(id))
        return [_comment(comment, author) for comment, author in rows], 200, paging_headers(page, {"id": id})

    def post(self, id: UUID, data: CommentIn) -> ResponseReturnValue:
        """Say something about the question as it is now."""
        person = me()
        comment = remarks.add_comment(load_question(id), data.text)
        return _comment(comment, person.name), 201


@permitted("banks.read")
class CommentItem(MethodView):
    """One comment."""

    model = Comment
    answers = {"DELETE": (204, None)}

    def delete(self, id: UUID) -> ResponseReturnValue:
        """Take one's own comment back."""
        comment = remarks.load_comment(id)
        load_question(comment.question_id)
        remarks.remove_comment(comment, me().id)
        return "", 204


@permitted("banks.write")
class BulkActions(MethodView):
    """One thing done to many questions of a bank."""

    schema = BulkOut
    bodies = {"POST": BulkIn}
    answers = {"POST": (201, BulkOut)}

    def post(self, id: UUID, data: BulkIn) -> ResponseReturnValue:
        """Tag, move or change the status of all of them, or of none. The answer's id is what an undo needs."""
        load_bank(id)
        chosen = bulk.Chosen(data.ids, None if data.filter is None else _query(data.filter, "filter"))
        done, unchanged = bulk.act(id, chosen, data.action, data.value)
        answer = BulkOut(
            id=done.id, bank_id=id, action=done.action, changed=len(done.before), unchanged=unchanged,
            created_at=done.created_at,
        )  # fmt: skip
        return answer.model_dump(mode="json"), 201


@permitted("banks.write")
class BulkUndo(MethodView):
    """What was done to many questions, taken back."""

    schema = UndoneOut

    def post(self, id: UUID) -> ResponseReturnValue:
        """Let every question that nobody changed since be as it was before; the others stay, and are named."""
        action = bulk.load_action(id)
        load_bank(action.bank_id)
        undone = bulk.undo(action)
        return UndoneOut(restored=undone.restored, kept=undone.kept).model_dump(mode="json")


def _category(category_id: UUID) -> Category:
    category = categories.load_category(category_id)
    load_bank(category.bank_id)
    return category


def _comment(comment: Comment, author: str | None) -> dict[str, Any]:
    values = {name: getattr(comment, name) for name in CommentOut.model_fields if name != "author"}
    return CommentOut(author=author, **values).model_dump(mode="json")


def _query(query: Mapping[str, str], field: str) -> dict[str, str]:
    """The filter of a body. Raises `Invalid` for a name that narrows nothing, and for a value that can't be read."""
    if unknown := [name for name in query if name not in criteria.NAMES]:
        message = N_("There is no filter of this name. Known ones: %(known)s.")
        known = ", ".join(sorted(criteria.NAMES))
        raise Invalid(errors=[FieldError(f"{field}.{unknown[0]}", message, {"known": known})])
    try:
        return criteria.read(query)
    except BadRequest as problem:
        errors = [FieldError(f"{field}.{error.field}", error.message, error.params) for error in problem.errors]
        raise Invalid(errors=errors) from None


def _lift(args: Mapping[str, str]) -> bool:
    text = args.get("lift", "false")
    if text not in ("true", "false"):
        message = N_("Give true or false.")
        raise BadRequest(message, errors=[FieldError("lift", message)])
    return text == "true"

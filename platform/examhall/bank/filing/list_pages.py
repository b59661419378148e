"""The list of a bank's questions: narrowed, kept under names, and many of them changed at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from examhall.bank.filing import bulk, criteria, remarks
from examhall.bank.forms import DIFFICULTIES, STATUSES
from examhall.bank.models import Category, Question, SavedFilter, Status
from examhall.bank.reading import OF_BANK, QuestionList, load_bank
from examhall.bank.types import TYPES
from examhall.errors import Conflict, Invalid
from examhall.extensions import db
from examhall.identity.models import User
from examhall.identity.principal import me
from examhall.storage.records import tenant_id
from examhall.storage.statements import table
from examhall.theme import localized
from examhall.web.guards import permitted
from examhall.web.views import MethodView

#: Ids that fit into the address of an export.
EXPORTED = 100
#: Categories that the tree shows all at once; of more it shows the top, the way to the present one and what is near it.
WHOLE_TREE = 60
#: Levels of the tree that the style sheet tells apart.
DEEPEST = 7


class Place(NamedTuple):
    """A category as the tree shows it: `above` are the names on the way to it, `depth` is at most `DEEPEST`."""

    id: UUID
    path: str
    above: str
    name: str
    depth: int


@dataclass
class Beside:
    """What stands beside a list: the tree, one's own filters, and people who write questions."""

    categories: list[Place] = field(default_factory=list)
    filters: list[tuple[UUID, str, dict[str, str]]] = field(default_factory=list)
    authors: list[tuple[UUID, str]] = field(default_factory=list)


def beside(bank_id: UUID, user_id: UUID, wanted: Mapping[str, str]) -> Beside:
    """All of it in one statement; of a large tree only what is near the category that the list is narrowed to."""
    category = UUID(wanted["category_id"]) if "category_id" in wanted else None
    asked = {
        "tenant": tenant_id(), "bank": bank_id, "user": user_id, "category": category,
        "path": "" if category else wanted.get("category", ""),
    }  # fmt: skip
    found = Beside()
    for kind, id_, name, query in db.session.execute(_BESIDE, asked):
        if kind == "category":
            above, _, last = name.rpartition("/")
            found.categories.append(
                Place(id_, name, above.replace("/", " / "), last, min(name.count("/") + 1, DEEPEST))
            )
        elif kind == "filter":
            found.filters.append((id_, name, json.loads(query)))
        else:
            found.authors.append((id_, name))
    found.categories.sort(key=lambda each: each.path.split("/"))
    found.filters.sort(key=lambda each: each[1].casefold())
    found.authors.sort(key=lambda each: each[1].casefold())
    return found


def _beside() -> sa.CompoundSelect[Any]:
    tenant, bank, path = sa.bindparam("tenant", type_=sa.Uuid), sa.bindparam("bank", type_=sa.Uuid), sa.String()
    tree, filters, people, nothing = table(Category), table(SavedFilter), table(User), sa.literal("")
    here, every = tree.alias("here"), tree.alias("every")
    named = sa.select(here.c.path).where(here.c.tenant_id == tenant, here.c.id == sa.bindparam("category"))
    way = sa.func.coalesce(named.scalar_subquery(), sa.bindparam("path", type_=path)) + "/"
    # At the top, or directly below one that is on the way to the present category
    above = sa.func.length(tree.c.path) - sa.func.length(tree.c.name)
    near = sa.func.substr(way, 1, above) == sa.func.substr(tree.c.path, 1, above)
    few = sa.select(sa.func.count()).where(every.c.tenant_id == tenant, every.c.bank_id == bank)
    return sa.union_all(
        sa.select(sa.literal("category"), tree.c.id, tree.c.path, nothing).where(
            tree.c.tenant_id == tenant, tree.c.bank_id == bank, near | (few.scalar_subquery() <= WHOLE_TREE)
        ),
        sa.select(sa.literal("filter"), filters.c.id, filters.c.name, sa.cast(filters.c.query, sa.Text)).where(
            filters.c.tenant_id == tenant, filters.c.bank_id == bank, filters.c.user_id == sa.bindparam("user")
        ),
        sa.select(sa.literal("author"), people.c.id, people.c.name, nothing).where(
            people.c.tenant_id == tenant, people.c.role.in_(("author", "admin"))
        ),
    )


_BESIDE = _beside()


def here_of(places: Sequence[Place], wanted: Mapping[str, str]) -> Place | None:
    """The category that a list is narrowed to."""
    id_ = UUID(wanted["category_id"]) if "category_id" in wanted else None
    return next((each for each in places if each.id == id_ or each.path == wanted.get("category")), None)


def choices(authors: Sequence[tuple[UUID, str]]) -> dict[str, dict[str, str]]:
    """What a list can be narrowed to by a choice: argument to values and what they are called."""
    return {
        "type": {name: localized.text(kind.label) for name, kind in TYPES.items()},
        "status": {name: localized.text(label) for name, label in STATUSES.items()},
        "difficulty": {name: localized.text(label) for name, label in DIFFICULTIES.items()},
        "author_id": {str(id_): name for id_, name in authors},
    }


@permitted("banks.read")
class QuestionListPage(QuestionList):
    """The questions of one bank."""

    template = "bank/question_list.html"
    counted, counts_on, counted_on = 100, frozenset[str](), bulk.LIMIT
    columns = (
        Question.id, Question.name, Question.excerpt, Question.category, Question.tags, Question.type,
        Question.difficulty, Question.status, Question.ready_version_id.is_not(None), Question.points,
        Question.updated_at,
    )  # fmt: skip

    def get(self, id: UUID) -> ResponseReturnValue:
        """The list, and what it can be narrowed by."""
        bank = load_bank(id)
        rows, page = self.page_of(OF_BANK, id)
        done = session.pop("bulk") if "bulk" in session and session["bulk"]["bank"] == str(id) else None
        wanted = criteria.read(request.args)
        around = beside(id, me().id, wanted)
        offered = choices(around.authors)
        # A type whose package is gone goes by its name
        words = {row.type: row.type for row in rows} | offered["type"] | offered["difficulty"]
        return self.respond(
            bank=bank, rows=rows, page=page, statuses=STATUSES, choices=offered, words=words, beside=around,
            here=here_of(around.categories, wanted), tree=around.categories, wanted=wanted, done=done,
        )  # fmt: skip


@permitted("banks.write")
class BulkPage(MethodView):
    """The buttons below the list: they change the questions that are ticked, or all that were found."""

    def post(self, id: UUID) -> ResponseReturnValue:
        """Do it, or say why that can't be; then the list again as it was."""
        load_bank(id)
        wanted = criteria.read(request.args)
        back = _list(id)
        try:
            chosen = _chosen(wanted, request.form)
            action, _, status = request.form.get("do", "").partition("-")
            value: Any = {"tag": request.form.get("tag"), "untag": request.form.get("tag"), "status": status}.get(
                action
            )
            if action == "move":
                value = _id(request.form.get("category_id", ""))
            if action not in bulk.ACTIONS or (action == "status" and status not in set(Status)):
                return back
            done, _unchanged = bulk.act(id, chosen, action, value)
        except Invalid as problem:
            for error in problem.errors or ():
                flash(gettext(error.message, **error.params), "error")
            if not problem.errors:
                flash(gettext(problem.detail, **problem.params), "error")
            return back
        session["bulk"] = {"id": str(done.id), "bank": str(id), "count": len(done.before)}
        return back


@permitted("banks.write")
class BulkUndoPage(MethodView):
    """The button that takes back what was done to many questions."""

    def post(self, id: UUID) -> ResponseReturnValue:
        """Take it back, and say what could not be."""
        action = bulk.load_action(id)
        load_bank(action.bank_id)
        back = _list(action.bank_id)
        try:
            undone = bulk.undo(action)
        except Conflict as problem:
            flash(gettext(problem.detail, **problem.params), "info")
            return back
        count = undone.restored
        flash(ngettext("One question is as before.", "%(num)s questions are as before.", count), "success")
        if undone.kept:
            text = ngettext(
                "One question was changed since and stays as it is.",
                "%(num)s questions were changed since and stay as they are.", len(undone.kept),
            )  # fmt: skip
            flash(text, "warning")
        return back


@permitted("banks.read")
class ChosenExport(MethodView):
    """The button that exports what is ticked, or all that was found."""

    def post(self, id: UUID) -> ResponseReturnValue:
        """On to the page of exports, with these questions."""
        load_bank(id)
        wanted = criteria.read(request.args)
        try:
            chosen = _chosen(wanted, request.form)
        except Invalid:
            chosen = bulk.Chosen()
        if chosen.filter is not None:
            narrowing: dict[str, Any] = {**chosen.filter}
            return redirect(url_for("question_export", id=id, **narrowing), 303)
        if not chosen.ids:
            flash(gettext("Choose at least one question."), "error")
            return _list(id)
        ids = ",".join(str(id_) for id_ in chosen.ids[:EXPORTED])
        return redirect(url_for("question_export", id=id, ids=ids), 303)


@permitted("banks.read")
class FilterKeep(MethodView):
    """The form that keeps a filter under a name."""

    def post(self, id: UUID) -> ResponseReturnValue:
        """Keep what the address narrows to."""
        load_bank(id)
        try:
            remarks.save_filter(id, me().id, request.form.get("name", ""), request.args)
            flash(gettext("The filter is kept."), "success")
        except Invalid as problem:
            error = problem.errors[0] if problem.errors else None
            flash(gettext(error.message if error else problem.detail, **(error or problem).params), "error")
        return _list(id)


@permitted("banks.read")
class FilterForget(MethodView):
    """The button that forgets a filter."""

    def post(self, id: UUID) -> ResponseReturnValue:
        """Forget it."""
        kept = remarks.load_filter(id, me().id)
        bank_id = kept.bank_id
        remarks.remove_filter(kept)
        flash(gettext("The filter is removed."), "success")
        return redirect(url_for("question_list", id=bank_id), 303)


def _list(bank_id: UUID) -> Response:
    """Back to the list as it was."""
    kept: dict[str, Any] = {
        name: request.args[name] for name in (*criteria.NAMES, "order", "page", "page_size") if request.args.get(name)
    }
    return redirect(url_for("question_list", id=bank_id, **kept), 303)


def _chosen(wanted: Mapping[str, str], sent: Any) -> bulk.Chosen:
    """Which questions the form means. Raises `Invalid` for what is no id."""
    if sent.get("which") == "all":
        return bulk.Chosen(filter=wanted)
    ids = [_id(text) for text in sent.getlist("question_id")]
    return bulk.Chosen([id_ for id_ in ids if id_])


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

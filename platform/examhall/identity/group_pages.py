"""The pages on which administrators put people into groups."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from examhall.errors import Conflict, Invalid
from examhall.extensions import Statement
from examhall.identity import groups
from examhall.identity.forms import GroupForm
from examhall.identity.group_api import MembersIn
from examhall.identity.models import Group, User
from examhall.identity.roles import LABELS
from examhall.web.body import validated
from examhall.web.forms import Form, require_revision
from examhall.web.guards import permitted
from examhall.web.views import ListView, MethodView


@permitted("users.read")
class GroupList(ListView):
    """The groups of people of the organization."""

    model, template = Group, "identity/group_list.html"
    search, ordering = ("name", "description"), ("name", "updated_at")

    def query(self) -> Statement:
        """Groups with the number of their members."""
        return groups.counted_groups()


@permitted("users.write")
class GroupNew(MethodView):
    """A new group."""

    template = "identity/group_new.html"

    def get(self) -> ResponseReturnValue:
        """The form."""
        return self.respond(form=GroupForm())

    def post(self) -> ResponseReturnValue:
        """Make the group and go on to choose its people."""
        form = GroupForm()
        group = form.accept(lambda: groups.create_group(form.name.data or "", form.description.data or ""))
        if group is None:
            return self.respond(form=form), 422
        flash(gettext("The group is made. Now choose its people."), "success")
        return redirect(url_for("group_people", id=group.id), 303)


@permitted(GET="users.read", POST="users.write")
class GroupEdit(ListView):
    """One group: its name and its people."""

    model, template = User, "identity/group_edit.html"
    search, ordering = ("name", "email"), ("name", "email", "role")

    def query(self) -> Statement:
        """The people who belong to the group of the address."""
        statement: Statement = super().query().where(User.id.in_(groups.members_of((request.view_args or {})["id"])))
        return statement

    def get(self, id: UUID) -> ResponseReturnValue:
        """Name, description and people."""
        group = groups.load_group(id)
        return self._page(group, GroupForm(obj=group))

    def post(self, id: UUID) -> ResponseReturnValue:
        """Change name and description."""
        group = groups.load_group(id)
        form = GroupForm(obj=group)
        require_revision(group, form)
        done = form.accept(lambda: groups.update_group(group, name=form.name.data, description=form.description.data))
        if done is None:
            return self._page(group, form), 422
        flash(gettext("Saved."), "success")
        return redirect(url_for("group_edit", id=id), 303)

    def _page(self, group: Group, form: GroupForm) -> str:
        rows, page = self.page_of(self.query())
        return self.respond(group=group, form=form, rows=rows, page=page, labels=LABELS)


@permitted("users.write")
class GroupPeople(ListView):
    """People to choose for a group."""

    model, template = User, "identity/group_people.html"
    filters, search, ordering, page_size = ("role",), ("name", "email"), ("name", "email", "role"), 50

    def query(self) -> Statement:
        """Those of the organization who are not in the group of the address."""
        members = groups.members_of((request.view_args or {})["id"])
        statement: Statement = super().query().where(User.active.is_(True), User.id.not_in(members))
        return statement

    def get(self, id: UUID) -> ResponseReturnValue:
        """The people, narrowed as asked."""
        group = groups.load_group(id)
        rows, page = self.page_of(self.query())
        return self.respond(group=group, rows=rows, page=page, labels=LABELS)

    def post(self, id: UUID) -> ResponseReturnValue:
        """Put those chosen into the group."""
        group, chosen = groups.load_group(id), request.form.getlist("user_id")
        try:
            count = groups.add_members(group, validated(MembersIn, {"user_ids": chosen}).user_ids) if chosen else 0
        except Invalid as problem:
            flash(gettext(problem.errors[0].message, **problem.errors[0].params), "error")
            return redirect(request.script_root + request.full_path, 303)
        if not chosen:
            flash(gettext("Choose at least one person."), "error")
            return redirect(request.script_root + request.full_path, 303)
        flash(ngettext("One person is added.", "%(num)s people are added.", count), "success")
        return redirect(url_for("group_edit", id=id), 303)


@permitted("users.write")
class GroupRemove(MethodView):
    """The button that takes people out of a group."""

    def post(self, id: UUID) -> ResponseReturnValue:
        """Take those chosen out."""
        group, chosen = groups.load_group(id), request.form.getlist("user_id")
        if not chosen:
            flash(gettext("Choose at least one person."), "error")
            return redirect(url_for("group_edit", id=id), 303)
        gone = groups.remove_members(group, validated(MembersIn, {"user_ids": chosen}).user_ids)
        flash(ngettext("One person is taken out.", "%(num)s people are taken out.", gone), "success")
        return redirect(url_for("group_edit", id=id), 303)


@permitted("users.write")
class GroupDelete(MethodView):
    """The button that deletes a group."""

    def post(self, id: UUID) -> ResponseReturnValue:
        """Delete it, or say why that can't be."""
        group, form = groups.load_group(id), Form()
        require_revision(group, form)
        name = group.name
        try:
            groups.delete_group(group)
        except Conflict as problem:
            flash(gettext(problem.detail), "error")
            return redirect(url_for("group_edit", id=id), 303)
        flash(gettext("The group “%(name)s” is deleted.", name=name), "success")
        return redirect(url_for("group_list"), 303)

"""The pages on which administrators look after people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from examhall.identity import operations
from examhall.identity.forms import NewPersonForm, PersonForm
from examhall.identity.models import User
from examhall.identity.principal import me
from examhall.identity.roles import LABELS, Role
from examhall.web.forms import require_revision
from examhall.web.guards import permitted
from examhall.web.views import ListView, MethodView


@permitted("users.read")
class UserList(ListView):
    """The people of the organization."""

    model, template = User, "identity/user_list.html"
    filters, search, ordering = ("role", "active"), ("name", "email"), ("name", "email", "role", "-created_at")

    def respond(self, **data: Any) -> str:
        """Add the roles' names, for the filter and the rows."""
        return super().respond(labels=LABELS, **data)


@permitted("users.write")
class UserNew(MethodView):
    """A new person."""

    template = "identity/user_new.html"

    def get(self) -> ResponseReturnValue:
        """The form."""
        return self.respond(form=NewPersonForm())

    def post(self) -> ResponseReturnValue:
        """Add the person and show their one-time password, this once."""
        form = NewPersonForm()
        made = form.accept(
            lambda: operations.create_user(form.email.data or "", form.name.data or "", Role(form.role.data))
        )
        if made is None:
            return self.respond(form=form), 422
        person, one_time = made
        return _told_once(self.respond(form=form, person=person, one_time=one_time), 201, person)


@permitted(GET="users.read", POST="users.write")
class UserEdit(MethodView):
    """One person."""

    model, template = User, "identity/user_edit.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """Name and role, and what else can be done."""
        user = self.load(id=id)
        return self.respond(user=user, form=PersonForm(obj=user), labels=LABELS)

    def post(self, id: UUID) -> ResponseReturnValue:
        """Change name and role."""
        user = self.load(id=id)
        form = PersonForm(obj=user)
        require_revision(user, form)
        done = form.accept(
            lambda: operations.update_user(user, me().id, name=form.name.data, role=Role(form.role.data))
        )
        if done is None:
            return self.respond(user=user, form=form, labels=LABELS), 422
        flash(gettext("Saved."), "success")
        return redirect(url_for("user_edit", id=id), 303)


@permitted("users.write")
class UserAccess(MethodView):
    """Whether a person may sign in."""

    model = User

    def post(self, id: UUID) -> ResponseReturnValue:
        """Disable or enable; whoever is disabled is out at once."""
        active = request.form.get("active") == "true"
        user = operations.update_user(self.load(id=id), me().id, active=active)
        text = gettext("%(name)s can sign in again.") if active else gettext("%(name)s can no longer sign in.")
        flash(text % {"name": user.name}, "success")
        return redirect(url_for("user_edit", id=id), 303)


@permitted("users.write")
class UserPassword(MethodView):
    """A one-time password for somebody who has lost theirs."""

    model, template = User, "identity/user_password.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """There is nothing to see twice: back to the person."""
        return redirect(url_for("user_edit", id=self.load(id=id).id), 303)

    def post(self, id: UUID) -> ResponseReturnValue:
        """Make one and show it, this once."""
        user = self.load(id=id)
        return _told_once(self.respond(user=user, one_time=operations.reset_password(user)), 200, user)


def _told_once(page: str, status: int, person: User) -> Response:
    """A page with a secret: who sends its form again is led to the person instead."""
    response = make_response(page, status)
    response.content_location = url_for("user_edit", id=person.id)
    return response

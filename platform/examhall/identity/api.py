"""The JSON face of identity: tokens for apps, oneself, people for administrators."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue
from flask_jwt_extended import get_jwt, unset_jwt_cookies

from examhall.identity import operations
from examhall.identity.models import User
from examhall.identity.principal import me
from examhall.identity.schemas import MeOut, NewUserOut, PasswordIn, SignInIn, TokensOut, UserChange, UserIn, UserOut
from examhall.identity.tokens import Pair, put_in_cookies
from examhall.web.guards import authenticated, permitted, public, refreshed
from examhall.web.views import DetailView, ListView, MethodView


def tokens_out(pair: Pair) -> dict[str, Any]:
    """The pair as the API gives it out."""
    return TokensOut(
        access_token=pair.access_token, refresh_token=pair.refresh_token, expires_in=pair.expires_in
    ).model_dump()


@public
class Login(MethodView):
    """Sign in and get a pair of tokens."""

    schema = TokensOut
    bodies = {"POST": SignInIn}

    def post(self, data: SignInIn) -> ResponseReturnValue:
        """Sign in with e-mail and password."""
        return tokens_out(operations.sign_in(data.email, data.password, "app"))


@refreshed
class Refresh(MethodView):
    """Trade a refresh token for a new pair."""

    schema = TokensOut
    keeps_receipts = False

    def post(self) -> ResponseReturnValue:
        """Refresh. The token that is sent is used up; sent once more, it ends the sign-in.

        A browser's tokens stand in cookies and go back there, out of reach of scripts.
        """
        claims = get_jwt()
        pair = operations.refresh(UUID(claims["sid"]), claims["jti"], claims["epoch"])
        if _in_cookies():
            return put_in_cookies(make_response({"token_type": "Cookie", "expires_in": pair.expires_in}), pair)
        return tokens_out(pair)


@authenticated
class Logout(MethodView):
    """End this sign-in."""

    answers = {"POST": (204, None)}

    def post(self) -> ResponseReturnValue:
        """Sign out: neither token is believed again."""
        operations.sign_out(me().session_id)
        response = Response(status=204)
        if _in_cookies():
            unset_jwt_cookies(response)
        return response


@authenticated
class Password(MethodView):
    """One's own password."""

    keeps_receipts = False
    bodies = {"POST": PasswordIn}
    answers = {"POST": (204, None)}

    def post(self, data: PasswordIn) -> ResponseReturnValue:
        """Change the password. Every sign-in ends with it; sign in anew."""
        operations.change_password(me().id, data.current_password, data.new_password)
        return Response(status=204)


@authenticated
class Me(MethodView):
    """Oneself."""

    schema = MeOut

    def get(self) -> ResponseReturnValue:
        """Who is signed in, and what they may do."""
        person = me()
        return MeOut(
            id=person.id, email=person.email, name=person.name, role=person.role,
            must_change_password=person.must_change_password, permissions=sorted(person.permissions),
        ).model_dump(mode="json")  # fmt: skip


@permitted(GET="users.read", POST="users.write")
class Users(ListView):
    """The people of the organization."""

    model, schema = User, UserOut
    filters, search, ordering = ("role", "active", "email"), ("name", "email"), ("name", "email", "-created_at")
    bodies = {"POST": UserIn}
    answers = {"POST": (201, NewUserOut)}

    def post(self, data: UserIn) -> ResponseReturnValue:
        """Add a person."""
        user, one_time = operations.create_user(data.email, data.name, data.role, data.password)
        return _new(user, one_time), 201


@permitted(GET="users.read", PATCH="users.write", DELETE="users.write")
class UserItem(DetailView):
    """One person."""

    model, schema = User, UserOut
    bodies = {"PATCH": UserChange}
    answers = {"PATCH": (200, NewUserOut), "DELETE": (204, None)}

    def patch(self, id: UUID, data: UserChange) -> ResponseReturnValue:
        """Change name, role or access, or give a one-time password."""
        user = self.load(id=id)
        operations.update_user(user, me().id, name=data.name, role=data.role, active=data.active)
        one_time = operations.reset_password(user) if data.reset_password else None
        return _new(user, one_time)

    def delete(self, id: UUID) -> ResponseReturnValue:
        """Delete a person who has sat nothing. Whoever has is kept with their attempts: disable them instead."""
        operations.delete_user(self.load(id=id), me().id)
        return Response(status=204)


def _new(user: User, one_time: str | None) -> dict[str, Any]:
    out = NewUserOut.model_validate(user, from_attributes=True)
    return out.model_copy(update={"one_time_password": one_time}).model_dump(mode="json")


def _in_cookies() -> bool:
    return "Authorization" not in request.headers

"""The pages of identity: signing in and out, one's own account and password, the language."""

from __future__ import annotations

from flask import Response, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_jwt_extended import unset_jwt_cookies

from examhall.errors import N_, BadRequest, FieldError, Problem, Unauthenticated
from examhall.identity import operations
from examhall.identity.addresses import local
from examhall.identity.forms import PasswordForm, SignInForm
from examhall.identity.passwords import LEAST_CHARACTERS
from examhall.identity.principal import me
from examhall.identity.roles import LABELS
from examhall.identity.tokens import put_in_cookies
from examhall.tenancy import current_tenant
from examhall.tenancy.language import locale_cookie
from examhall.web import guards
from examhall.web.guards import authenticated, public
from examhall.web.views import MethodView

YEAR = 365 * 24 * 3600


@public
class SignIn(MethodView):
    """The sign-in page. `next` in its address says where to go on; it leads nowhere outside this portal."""

    template = "identity/sign_in.html"

    def get(self) -> ResponseReturnValue:
        """The form; whoever is signed in already goes on at once."""
        try:
            guards.authenticate()
        except Problem:
            return self.respond(form=SignInForm(), refusal=None)
        return redirect(self._onward(), 303)

    def post(self) -> ResponseReturnValue:
        """Sign in. A refusal never says which half was wrong."""
        form = SignInForm()
        if not form.validate_on_submit():
            if "csrf_token" not in form.errors:
                return self.respond(form=form, refusal=None), 422
            return self.respond(
                form=form, refusal=N_("This page had been open for too long. Please sign in again.")
            ), 403
        try:
            pair = operations.sign_in(form.email.data or "", form.password.data or "", "portal")
        except Unauthenticated as problem:
            return self.respond(form=form, refusal=problem.detail), 401
        return put_in_cookies(make_response(redirect(self._onward(), 303)), pair)

    def _onward(self) -> str:
        return local(request.args.get("next")) or url_for("home")


@authenticated
class SignOut(MethodView):
    """The end of a sign-in."""

    keeps_receipts = False

    def post(self) -> ResponseReturnValue:
        """End the session; its tokens are believed no more, wherever they were copied to."""
        operations.sign_out(me().session_id)
        flash(gettext("You are signed out."), "success")
        response = make_response(redirect(url_for("sign_in"), 303))
        unset_jwt_cookies(response)
        return response


@authenticated
class Account(MethodView):
    """One's own account."""

    template = "identity/account.html"

    def get(self) -> ResponseReturnValue:
        """Name, address, role and language."""
        if me().must_change_password:
            return redirect(url_for("password"), 303)
        return self.respond(role=LABELS[me().role])


@authenticated
class Password(MethodView):
    """The page on which a password is changed: by choice, or at once after a one-time password."""

    template = "identity/password.html"
    keeps_receipts = False

    def get(self) -> ResponseReturnValue:
        """The form."""
        return self.respond(form=PasswordForm(), least=LEAST_CHARACTERS)

    def post(self) -> ResponseReturnValue:
        """Change it. Every sign-in of the person ends; this browser is signed in anew."""
        form = PasswordForm()
        user = form.accept(
            lambda: operations.change_password(me().id, form.current_password.data or "", form.new_password.data or "")
        )
        if user is None:
            return self.respond(form=form, least=LEAST_CHARACTERS), 422
        pair = operations.sign_in_anew(user, "portal")
        flash(gettext("Your password is changed. Other devices are signed out."), "success")
        return put_in_cookies(make_response(redirect(url_for("home"), 303)), pair)


@public
class SetLocale(MethodView):
    """The language of the pages, kept in a cookie of this portal."""

    def post(self) -> ResponseReturnValue:
        """Take one of the organization's languages and go back to the page it was asked on."""
        locale = request.form.get("locale", "")
        if locale not in current_tenant().locales:
            message = N_("This portal speaks %(known)s.")
            known = ", ".join(current_tenant().locales)
            raise BadRequest(message, known=known, errors=[FieldError("locale", message, {"known": known})])
        response: Response = make_response(redirect(local(request.form.get("next")) or url_for("home"), 303))
        secure = bool(current_app.config["JWT_COOKIE_SECURE"])
        response.set_cookie(locale_cookie(), locale, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
        return response

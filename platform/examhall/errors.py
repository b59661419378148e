"""What can go wrong, said once: code, status and translatable text.

Knows no Flask, so that every floor of the house may raise these. The edge (`web.problems`) turns a `Problem` into
problem+json (RFC 9457) or into a branded page, and translates its texts there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Self


def N_(message: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return message


@dataclasses.dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field of the input.

    `field` is a path such as `options.2.text`; `message` an English msgid with `%(name)s` places, filled from `params`.
    """

    field: str
    message: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class Problem(Exception):
    """A refusal that its reader can act on.

    `code` is stable and meant for programs, `title` and `detail` are msgids meant for people; `params` fill both.
    """

    status = 500
    code = "internal_error"
    title = N_("Something went wrong on our side")
    detail = N_("The error has been noted. Please try again in a moment.")

    def __init__(
        self,
        detail: str | None = None,
        *,
        code: str | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> None:
        self.detail = detail or self.detail
        self.code = code or self.code
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.params = params
        super().__init__(self.detail % params if params else self.detail)


class BadRequest(Problem):
    """The request cannot be read: broken JSON, an unknown filter, a page number that is none."""

    status = 400
    code = "bad_request"
    title = N_("The request could not be read")
    detail = N_("Check the request and send it again.")


class Unauthenticated(Problem):
    """Nobody is signed in, or the token is expired, foreign or forged."""

    status = 401
    code = "unauthenticated"
    title = N_("Please sign in")
    detail = N_("Sign in, then try again.")


class Forbidden(Problem):
    """The person is known and may not do this."""

    status = 403
    code = "forbidden"
    title = N_("This is not open to you")
    detail = N_("Your role does not allow this. Ask an administrator of your organization if you need it.")


class NotFound(Problem):
    """Absent, or somebody else's: both look the same from outside."""

    status = 404
    code = "not_found"
    title = N_("Not found")
    detail = N_("There is nothing here. Check the address or go back to the start page.")


class Conflict(Problem):
    """The request is sound but does not fit the present state."""

    status = 409
    code = "conflict"
    title = N_("This does not fit the present state")
    detail = N_("Reload to see the present state, then decide again.")


class PreconditionFailed(Problem):
    """`If-Match` names a revision that is no longer the present one."""

    status = 412
    code = "precondition_failed"
    title = N_("Somebody else changed this meanwhile")
    detail = N_("Reload it, look at the changes and send yours again.")


class PayloadTooLarge(Problem):
    """The body is larger than this deployment takes."""

    status = 413
    code = "payload_too_large"
    title = N_("Too large")
    detail = N_("Send a smaller file or split it.")


class Invalid(Problem):
    """The request can be read but what it says is not acceptable; `errors` names each field."""

    status = 422
    code = "invalid"
    title = N_("Some of the input is not acceptable")
    detail = N_("Mend the fields that are named and send it again.")


class PreconditionRequired(Problem):
    """A change of a shared record has to say which revision it changes."""

    status = 428
    code = "precondition_required"
    title = N_("If-Match is missing")
    detail = N_("Read the record first and send its ETag as If-Match.")


class TooManyRequests(Problem):
    """A limit was reached; `Retry-After` says when to come back."""

    status = 429
    code = "too_many_requests"
    title = N_("Too many requests")
    detail = N_("Wait a little, then try again.")


class Unavailable(Problem):
    """A part that is needed is down for the moment; nothing was lost."""

    status = 503
    code = "unavailable"
    title = N_("Not available for the moment")
    detail = N_("Nothing was lost. Try again in a few seconds.")


class ConfigurationError(Exception):
    """A configuration that cannot be right: stops the start and names file, key and remedy."""

    def __init__(self, file: object, key: str, remedy: str) -> None:
        self.file, self.key, self.remedy = str(file), key, remedy
        super().__init__(f"{file}: {key}: {remedy}")

    @classmethod
    def together(cls, errors: Sequence[Self]) -> Self:
        """The first of several, which tells of the others in its notes, so that all can be mended at once."""
        first, *others = errors
        for other in others:
            for line in other.told().splitlines():
                first.add_note(line)
        return first

    def told(self) -> str:
        """What is wrong, a line each, for the person who starts the program."""
        return "\n".join([str(self), *getattr(self, "__notes__", ())])

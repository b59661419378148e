"""Conditional requests (RFC 9110 §13): ETags of mutable records, and writes that say which revision they change."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from examhall.errors import PreconditionFailed, PreconditionRequired


def etag(record: Any) -> str:
    """The strong tag of a mutable record: `id.revision`, without quotes."""
    return f"{record.id}.{record.revision}"


def require_match(record: Any) -> None:
    """Hold a write to the revision that its caller has read.

    Raises `PreconditionRequired` (428) without `If-Match`, `PreconditionFailed` (412) when it names another revision.
    """
    if "If-Match" not in request.headers:
        raise PreconditionRequired()
    if not request.if_match.contains(etag(record)):
        raise PreconditionFailed(headers={"ETag": f'"{etag(record)}"'})


def tagged(response: Response, record: Any) -> Response:
    """Put the record's tag on a JSON answer; 304 when the caller has this revision already."""
    response.set_etag(etag(record))
    if request.method in {"GET", "HEAD"}:
        response.make_conditional(request)
    return response

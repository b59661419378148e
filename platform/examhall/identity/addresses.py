"""Which addresses a page may send a browser on to."""

from __future__ import annotations

from urllib.parse import unquote

from flask import request


def local(address: str | None) -> str | None:
    """The address if it is a path of this portal, as `next` may be; None for everything else.

    Browsers take a backslash for a slash, drop tabs and line breaks, and follow `..`, so that `/\\evil.example` would
    lead to another site and `/t/northwind/../qalam/` to another tenant: all of these are refused.
    """
    if not address or not address.startswith(f"{request.script_root}/"):
        return None
    path = unquote(address.partition("?")[0].partition("#")[0])
    if address.startswith("//") or ".." in path.split("/") or not address.isprintable() or "\\" in address:
        return None
    return address

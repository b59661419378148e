"""Pictures, sounds and films of questions: how they come in, and how texts that name them go out."""

from __future__ import annotations

import logging
import re
from typing import Any

import sqlalchemy as sa
from flask import Flask, request
from markupsafe import Markup

from examhall.bank.content import richtext
from examhall.bank.content.recognition import recognise
from examhall.bank.models import StoredMedium
from examhall.extensions import db
from examhall.storage import media
from examhall.storage.records import tenant_id
from examhall.storage.statements import insert, table
from examhall.storage.transactions import writing

audit = logging.getLogger("examhall.audit")

#: Members of what a candidate gets that hold no HTML: what was answered, and plain words.
_PLAIN = frozenset({"alt", "correct", "files", "label", "labels", "names", "response", "template"})
_REFERENCE = re.compile(r"media:([0-9a-f]{64})")


def init_media(app: Flask) -> None:
    """Give templates the filter `rich`."""
    app.jinja_env.filters["rich"] = rich


def store(name: str, data: bytes) -> StoredMedium:
    """Keep a picture, a sound or a film; one that is here already stays, under the name that it has.

    What is kept may be less than `data`, without what a picture tells of its maker: go on with the `digest` of the
    result. Raises Invalid for a file that is none of the three, Unavailable when the store is down.
    """
    found = recognise(name, data)
    digest = media.put(found.data)
    row = {
        "tenant_id": tenant_id(), "digest": digest, "name": found.name, "media_type": found.media_type,
        "size": len(found.data), "width": found.width, "height": found.height,
    }  # fmt: skip
    with writing():
        adding = insert(StoredMedium).on_conflict_do_nothing().returning(table(StoredMedium).c.id)
        added = db.session.execute(adding, row).one_or_none()
        statement = sa.select(StoredMedium).where(StoredMedium.tenant_id == tenant_id(), StoredMedium.digest == digest)
        stored: StoredMedium = db.session.scalars(statement).one()
    if added:
        audit.info("medium %s added", digest)
    return stored


def rich(html: str | None) -> Markup:
    """Rich text of a question as pages show it: with links to its media, and formulas drawn."""
    return Markup(richtext.shown(html or "", f"{request.script_root}/media"))  # noqa: S704  # sanitised on its way in


def shown(value: Any) -> Any:
    """JSON of a question (what `present` and `reveal` give, or a part of it) as candidates' apps show it.

    In every text that may hold HTML media become addresses of the API, and formulas MathML.
    """
    return _shown(value, f"{request.script_root}/api/v1/media")


def _shown(value: Any, base: str) -> Any:
    if isinstance(value, str):
        if "media:" not in value and "\\" not in value:
            return value
        return _REFERENCE.sub(rf"{base}/\1", value) if _REFERENCE.fullmatch(value) else richtext.shown(value, base)
    if isinstance(value, dict):
        return {name: part if name in _PLAIN else _shown(part, base) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(part, base) for part in value]
    return value

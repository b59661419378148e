"""The bodies of versions, read from the store once and then kept: a version never changes."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.models import QuestionVersion
from examhall.bank.types import type_named
from examhall.bank.types.contract import Body
from examhall.extensions import db
from examhall.storage.records import tenant_id
from examhall.storage.statements import table

#: Characters of JSON that all kept bodies have together: some 20,000 ordinary questions, about 100 MB as objects.
LIMIT = 20_000_000

Key = tuple[UUID, UUID]


class Bodies:
    """Bodies by tenant and version, shared by all threads; those that were not asked for longest give way."""

    def __init__(self, limit: int) -> None:
        self.limit, self.size = limit, 0
        self._kept: OrderedDict[Key, tuple[Body, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, keys: Iterable[Key]) -> dict[Key, Body]:
        """Those that are kept."""
        found = {}
        with self._lock:
            for key in keys:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found[key] = self._kept[key][0]
        return found

    def keep(self, key: Key, body: Body, size: int) -> None:
        """Keep a body of `size` characters, unless it alone would take a tenth of the room."""
        if size * 10 > self.limit:
            return
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = (body, size)
            self.size += size
            while self.size > self.limit:
                self.size -= self._kept.popitem(last=False)[1][1]


_bodies = Bodies(LIMIT)
_versions = table(QuestionVersion)


def bodies(version_ids: Iterable[UUID]) -> dict[UUID, Body]:
    """The bodies of versions by their ids, with one statement at most; ids of nothing are left out."""
    tenant = tenant_id()
    wanted = {(tenant, version_id) for version_id in version_ids}
    found = _bodies.get(wanted)
    if missing := wanted - found.keys():
        columns = _versions.c
        rows = db.session.execute(
            sa.select(columns.id, columns.type, columns.body).where(
                columns.tenant_id == tenant, columns.id.in_([version_id for _, version_id in missing])
            )
        )
        for version_id, type_name, data in rows:
            found[tenant, version_id] = body = type_named(type_name).load(data)
            _bodies.keep((tenant, version_id), body, len(json.dumps(data)))
    return {version_id: body for (_, version_id), body in found.items()}

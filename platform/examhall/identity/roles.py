"""Roles inside a tenant, each a set of named permissions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from examhall.errors import N_


class Role(StrEnum):
    """What a person is to their organization."""

    CANDIDATE = "candidate"
    AUTHOR = "author"
    MARKER = "marker"
    INVIGILATOR = "invigilator"
    ADMIN = "admin"


LABELS: Mapping[Role, str] = {
    Role.CANDIDATE: N_("Candidate"),
    Role.AUTHOR: N_("Author"),
    Role.MARKER: N_("Marker"),
    Role.INVIGILATOR: N_("Invigilator"),
    Role.ADMIN: N_("Administrator"),
}

_AUTHOR = frozenset({"exams.view", "exams.read", "exams.write", "banks.read", "banks.write"})

PERMISSIONS: Mapping[Role, frozenset[str]] = {
    Role.CANDIDATE: frozenset({"exams.view", "exams.sit"}),
    Role.AUTHOR: _AUTHOR,
    Role.MARKER: frozenset({"exams.view", "exams.read", "banks.read", "attempts.read", "results.read"}),
    Role.INVIGILATOR: frozenset({"exams.view", "exams.read", "banks.read", "attempts.read"}),
    Role.ADMIN: _AUTHOR | {"exams.assign", "attempts.read", "results.read", "users.read", "users.write"},
}

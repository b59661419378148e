"""The whole table of addresses, slice by slice."""

from __future__ import annotations

from examhall.identity.routes import ROUTES as IDENTITY
from examhall.theme.routes import ROUTES as THEME

ROUTES = [*THEME, *IDENTITY]

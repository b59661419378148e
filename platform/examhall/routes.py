"""The whole table of addresses, slice by slice."""

from __future__ import annotations

from examhall.bank.routes import ROUTES as BANK
from examhall.identity.routes import ROUTES as IDENTITY
from examhall.theme.api_docs import ROUTES as API_DOCS
from examhall.theme.routes import ROUTES as THEME

ROUTES = [*THEME, *IDENTITY, *BANK, *API_DOCS]

"""The whole table of addresses, slice by slice."""

from __future__ import annotations

from examhall.attempts.routes import ROUTES as ATTEMPTS
from examhall.bank.routes import ROUTES as BANK
from examhall.exams.routes import ROUTES as EXAMS
from examhall.identity.routes import ROUTES as IDENTITY
from examhall.results.routes import ROUTES as RESULTS
from examhall.tenancy.api import ROUTES as TENANCY
from examhall.theme.api_docs import ROUTES as API_DOCS
from examhall.theme.routes import ROUTES as THEME

ROUTES = [*THEME, *TENANCY, *IDENTITY, *BANK, *EXAMS, *ATTEMPTS, *RESULTS, *API_DOCS]

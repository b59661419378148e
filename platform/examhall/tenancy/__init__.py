"""Who is asked: tenants, their settings and secrets, their thin apps, and the door that finds the right one."""

from __future__ import annotations

from typing import cast

from examhall.tenancy.tenant import Tenant
from examhall.web.scope import scope


def current_tenant() -> Tenant:
    """The tenant whose app answers the present request or command."""
    return cast(Tenant, scope())

"""What every route must be before anything is served: guarded, whole, and made of columns that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from examhall.errors import ConfigurationError
from examhall.web.guards import BUCKETS, Policy
from examhall.web.options import check_ordering

if TYPE_CHECKING:
    from examhall.web.views import TenantView

#: Kinds of columns that an argument of the address can be compared with.
COMPARABLE = (sa.Uuid, sa.Boolean, sa.Integer, sa.String)


def check_view(endpoint: str, view: TenantView) -> None:
    """Hold the view of a route, with its options merged, to what serving it needs.

    Raises `ConfigurationError` naming route, option and remedy.
    """
    route = f"route {endpoint}"
    _check_policy(route, view.policy, view.methods or ())
    for name, kind in ("filters", COMPARABLE), ("search", (sa.String,)):
        for column in getattr(view, name):
            found = getattr(getattr(view.model, column, None), "type", None)
            if not isinstance(found, kind):
                kinds = ", ".join(one.__name__ for one in kind)
                raise ConfigurationError(route, name, f"{column!r} is no column of kind {kinds} of {view.model}")
    columns = sa.inspect(view.model).columns.keys() if view.model else ()
    check_ordering(route, "ordering", columns, view.ordering)
    if not 1 <= view.page_size <= view.max_page_size:
        raise ConfigurationError(route, "page_size", f"give a whole number from 1 to {view.max_page_size}")


def _check_policy(route: str, policy: Policy, verbs: Any) -> None:
    if policy.access is None:
        raise ConfigurationError(
            route, "guards", "decorate its view with @public, @authenticated or @permitted, or give permission="
        )
    for name, given in ("permission", policy.permissions), ("throttle", policy.buckets):
        if unknown := given.keys() - verbs - {"*"}:
            raise ConfigurationError(route, name, f"the view has no {', '.join(sorted(unknown))}: take it out")
    if policy.permissions and "*" not in policy.permissions and (open_to_all := verbs - policy.permissions.keys()):
        raise ConfigurationError(
            route, "permission", f"name one for {', '.join(sorted(open_to_all))}, or everybody signed in may do it"
        )
    for bucket in policy.buckets.values():
        if bucket not in BUCKETS:
            raise ConfigurationError(route, "throttle", f"{bucket!r} is no bucket: {', '.join(BUCKETS)}")

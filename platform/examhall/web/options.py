"""View options: declared as class attributes, merged class < route < tenant, checked before anything is served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from examhall.errors import ConfigurationError

#: Options that a route may set and a class may declare; each is documented where `TenantView` declares it.
OPTIONS = frozenset(
    {
        "model", "template", "schema", "lookup", "filters", "search", "ordering", "page_size", "max_page_size",
        "bodies", "answers", "public", "permission", "throttle",
    }
)  # fmt: skip

#: What a tenant may set: taste. Never what is shown to whom, nor from which table.
TASTE = frozenset({"template", "page_size", "ordering"})


def check_route_options(view: type, endpoint: str, options: Mapping[str, Any]) -> None:
    """Refuse an option that no view has. Raises `ConfigurationError` naming class, option and remedy."""
    for name in options:
        if name not in OPTIONS:
            raise ConfigurationError(
                f"route {endpoint}", name, f"{view.__name__} has no such option; it takes {', '.join(sorted(OPTIONS))}"
            )


def check_taste(file: object, endpoint: str, route: Any, taste: Mapping[str, Any]) -> None:
    """Refuse what a tenant may not set on the view of `endpoint`; `route` is its `Route`, None where there is no such.

    Raises `ConfigurationError` naming file, key and remedy.
    """
    if route is None:
        raise ConfigurationError(file, f"views.{endpoint}", "there is no such view; `flask routes` lists them")
    declared: dict[str, Any] = {name: getattr(route.view, name, None) for name in OPTIONS} | dict(route.options)
    for name, value in taste.items():
        key = f"views.{endpoint}.{name}"
        if name not in TASTE:
            raise ConfigurationError(file, key, f"a tenant may set {', '.join(sorted(TASTE))} only")
        if name == "template" and not (declared["template"] and isinstance(value, str)):
            raise ConfigurationError(file, key, "only a page has a template: give the name of an .html file as text")
        if name == "page_size" and not (type(value) is int and 1 <= value <= declared["max_page_size"]):
            raise ConfigurationError(file, key, f"give a whole number from 1 to {declared['max_page_size']}")
        if name == "ordering":
            if value == []:
                raise ConfigurationError(file, key, 'name at least one column, such as ["title", "-created_at"]')
            known = [column.removeprefix("-") for column in declared["ordering"]]
            check_ordering(file, key, known, value)


def check_ordering(file: object, key: str, known: Sequence[str], ordering: Any) -> None:
    """Refuse an order that is not a list of known columns, each with `-` before it where descending."""
    if not isinstance(ordering, list | tuple) or not all(isinstance(name, str) for name in ordering):
        raise ConfigurationError(file, key, 'give a list of column names, such as ["title", "-created_at"]')
    for name in ordering:
        if name.removeprefix("-") not in known:
            names = ", ".join(sorted(known)) or "no column"
            raise ConfigurationError(file, key, f"this list can't be ordered by {name!r}; choose from {names}")

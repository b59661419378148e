"""The whole OpenAPI document, called at random by everybody: no 5xx, and every answer is one that the document tells.

Half of the calls name things that exist, so that they get beyond the 404.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from contracts.expected import ROWS
from contracts.world import Side, World, standing_world

#: Calls of each operation by each role.
EXAMPLES = 3
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
CALLERS = ("nobody", "candidate", "author", "marker", "invigilator", "admin")
WHOLE = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[World]:
    yield from world_of(tmp_path_factory.mktemp("world"), sqlite_template)


def world_of(root: Path, empty: Path) -> Iterator[World]:
    with standing_world(root, empty) as world:
        yield world


@pytest.mark.parametrize("caller", CALLERS)
def test_every_operation_keeps_to_the_document(world: World, caller: str) -> None:
    world.restore()
    side = world.home
    headers = {} if caller == "nobody" else side.people[caller].headers
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", hosted(world))
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 50
    found = {}
    for operation in operations:
        try:
            check(world, operation, headers)
        except BaseExceptionGroup as failures:
            found[operation.label] = told(failures)
        if world.changed():
            world.restore()
    assert found == {}


def told(failure: BaseException) -> list[str]:
    """What failed, in a few lines each."""
    if isinstance(failure, BaseExceptionGroup):
        return [line for each in failure.exceptions for line in told(each)]
    return [f"{type(failure).__name__}: {str(failure)[:1500]}"]


def hosted(world: World) -> Any:
    """The door, asked for the tenant of this world."""

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        answer = world.hall.platform(environ | {"HTTP_HOST": "northwind.localhost"}, start_response)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()  # as a server does: a file that is sent is open until then

    return app


def check(world: World, operation: Any, headers: dict[str, str]) -> None:
    """Some calls of one operation, made up after its description."""
    things = things_at(world, operation)

    @seed(0)
    @WHOLE
    @given(case=operation.as_strategy(), exists=st.booleans())
    def call(case: Any, exists: bool) -> None:
        if exists and things:
            case.path_parameters = things
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)

    call()


def things_at(world: World, operation: Any) -> dict[str, str]:
    """Parts of the address, filled with things of the tenant."""
    side: Side = world.home
    for rule in world.hall.platform.url_map.iter_rules():
        address = rule.rule
        for argument in rule.arguments:
            address = address.replace(converter(rule, argument), f"{{{argument}}}")
        if address == operation.full_path and operation.method.upper() in ROWS.get(rule.endpoint, {}):
            names = ROWS[rule.endpoint][operation.method.upper()].at.split()
            arguments = [part.strip("{}") for part in address.split("/") if part.startswith("{")]
            return {argument: side.things.get(name, name) for argument, name in zip(arguments, names, strict=False)}
    return {}


def converter(rule: Any, argument: str) -> str:
    """How the rule writes an argument: `<uuid:id>`."""
    start = rule.rule.index(f"{argument}>")
    return str(rule.rule[rule.rule.rindex("<", 0, start) : start + len(argument) + 1])

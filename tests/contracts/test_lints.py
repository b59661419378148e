"""What the scope guard can't see is not written at all: rules over our source, each shown to find what is planted."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from examhall import models
from examhall.settings import PROJECT

PACKAGE = PROJECT / "platform" / "examhall"
SOURCES = {str(path.relative_to(PACKAGE)): path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
SLICES = ("identity", "bank", "exams", "attempts", "results")

#: Where statements run that no tenant's session carries: the engines themselves, migrations, making roles.
BELOW_THE_GUARD = ("storage/", "migrations/", "cli/storage.py")


def name_of(node: ast.AST) -> str:
    """`db.session.get` for that expression; "?" stands for what has no name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return f"{name_of(node.func)}()" if isinstance(node, ast.Call) else "?"


def calls(source: str) -> list[tuple[int, str, ast.Call]]:
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [(node.lineno, name_of(node.func), node) for node in found]


def textual_sql(file: str, source: str) -> list[str]:
    """`text()`: the guard sees no table in it. A partial index in a model or a migration needs it and reads nothing."""
    if file.startswith(BELOW_THE_GUARD) or file.endswith("models.py"):
        return []
    named = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
        if alias.name == "text"
    }
    names = {"sa.text", "sqlalchemy.text", "db.text", *named}
    return [f"{file}:{line}: {name}()" for line, name, _ in calls(source) if name in names]


def unguarded_reads(file: str, source: str) -> list[str]:
    """`session.get` answers from the identity map, and the bulk methods write by key: both pass the guard by."""
    names = {"get", "get_one", "bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"}
    return [
        f"{file}:{line}: {name}()"
        for line, name, _ in calls(source)
        if name.rpartition(".")[2] in names and name.rpartition(".")[0].endswith("session")
    ]


def bare_connections(file: str, source: str) -> list[str]:
    """Statements on a connection instead of the session."""
    if file.startswith(BELOW_THE_GUARD):
        return []
    found = []
    for line, name, node in calls(source):
        owner, _, method = name.rpartition(".")
        bare = method in {"connection", "exec_driver_sql", "raw_connection"} or (
            method == "connect" and "engine" in owner
        )
        asked = method in {"execute", "scalar", "scalars"} and node.args  # without arguments it reads a result
        if bare or (asked and not owner.endswith("session")):
            found.append(f"{file}:{line}: {name}()")
    return found


def other_clocks(file: str, source: str) -> list[str]:
    """What time it is, only `examhall.clock` asks."""
    names = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
    if file == "clock.py":
        return []
    return [f"{file}:{line}: {name}()" for line, name, _ in calls(source) if name.endswith(tuple(names))]


def writes_elsewhere(file: str, source: str) -> list[str]:
    """A slice that makes, changes or deletes records of another one, whose operations it should call."""
    home = file.partition("/")[0]
    if home not in SLICES:
        return []
    foreign = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".models")
        for alias in node.names
        if alias.name in models.__all__ and node.module != f"examhall.{home}.models"
    }
    found = []
    for line, name, node in calls(source):
        statement = name.rpartition(".")[2] in {"insert", "update", "delete"}
        if name in foreign or (statement and any(name_of(argument) in foreign for argument in node.args)):
            found.append(f"{file}:{line}: {name}()")
    return found


PLANTED = {
    textual_sql: "import sqlalchemy as sa\nsa.text('SELECT 1')",
    unguarded_reads: "db.session.get(User, key)",
    bare_connections: "engine.connect().execute(statement)",
    other_clocks: "from datetime import datetime\ndatetime.now()",
    writes_elsewhere: "from examhall.bank.models import Bank\nBank(name='x')",
}
lints = pytest.mark.parametrize("lint", PLANTED, ids=lambda lint: lint.__name__)


@lints
def test_nothing_is_found(lint: object) -> None:
    assert [fault for file, source in SOURCES.items() for fault in lint(file, source)] == []  # type: ignore[operator]


@lints
def test_what_is_planted_is_found(lint: object) -> None:
    assert lint("exams/planted.py", PLANTED[lint]) != []  # type: ignore[operator,index]


def test_the_sources_are_there() -> None:
    assert "web/views.py" in SOURCES
    assert all(Path(PACKAGE / name).is_dir() for name in SLICES)

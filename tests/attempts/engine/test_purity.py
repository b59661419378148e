"""The engine's law, read from its imports and its names."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import examhall.attempts.engine

MODULES = sorted(Path(examhall.attempts.engine.__file__).parent.glob("*.py"))
ALLOWED = ("examhall.attempts.engine", "examhall.bank.types", "examhall.errors")
#: Names of the standard library that would bring in a clock, chance or the world outside.
IMPURE = set(
    ["asyncio", "io", "logging", "os", "pathlib", "secrets", "socket", "sqlite3", "subprocess", "threading", "time"]
)


def test_the_modules_are_there() -> None:
    assert {"paper", "saving", "grading"} <= {module.stem for module in MODULES}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_module_imports_only_what_the_law_allows(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    for name in names:
        root = name.partition(".")[0]
        assert name.startswith(ALLOWED) or (root in sys.stdlib_module_names and root not in IMPURE), name


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_module_asks_no_clock_and_opens_nothing(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not used & {"now", "utcnow", "today", "open", "print", "SystemRandom", "uuid1", "uuid4"} - _arguments(tree)


def _arguments(tree: ast.AST) -> set[str]:
    """`now` as an argument is the law itself."""
    return {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}

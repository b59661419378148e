"""Imports point one way: a floor knows those below it and nothing of those above."""

from __future__ import annotations

import copy
import sys
from functools import cache

import grimp

from examhall.settings import PROJECT

#: From the ground up; the modules of one floor may know each other. `examhall.a` stands for all below it that is not
#: named by itself.
FLOORS = (
    ("errors", "clock", "settings", "extensions"),
    ("web", "logs"),
    ("tenancy",),
    ("storage",),
    ("identity",),
    ("theme",),  # knows who is signed in, nothing of exams
    ("bank.types", "bank.content.richtext", "bank.content.maths", "bank.content.wording"),
    ("attempts.engine",),
    ("bank",),
    ("exams",),
    ("attempts",),
    ("results",),
    ("routes", "models"),
    ("cli",),
    ("app", "migrations"),
)
LEVELS = {f"examhall.{name}": level for level, floor in enumerate(FLOORS) for name in floor}


@cache
def graph(*, outside: bool = False) -> grimp.ImportGraph:
    """The imports of the package; with `outside` also those of other packages."""
    return grimp.build_graph(
        "examhall", include_external_packages=outside, exclude_type_checking_imports=True, cache_dir=None
    )


def level_of(module: str) -> int | None:
    """The floor of a module: that of its longest named ancestor."""
    while module != "examhall":
        if module in LEVELS:
            return LEVELS[module]
        module = module.rpartition(".")[0]
    return None


def backward(graph: grimp.ImportGraph) -> list[str]:
    """Every import that points up."""
    found = []
    for module in sorted(graph.modules - {"examhall"}):
        for imported in sorted(graph.find_modules_directly_imported_by(module) - {"examhall"}):
            above, below = level_of(module), level_of(imported)
            assert above is not None, f"{module} stands on no floor: name it in FLOORS"
            assert below is not None, f"{imported} stands on no floor: name it in FLOORS"
            if below > above:
                found.append(f"{module} -> {imported}")
    return found


def test_no_arrow_runs_back() -> None:
    assert backward(graph()) == []


def test_a_planted_arrow_is_found() -> None:
    planted = copy.deepcopy(graph())
    planted.add_import(importer="examhall.web.views", imported="examhall.bank.models")
    assert backward(planted) == ["examhall.web.views -> examhall.bank.models"]


def test_the_engine_is_pure() -> None:
    """Values in, values out: the engine knows the standard library, what can go wrong, and how a type grades."""
    outside = graph(outside=True)
    engine = {module for module in outside.modules if module.startswith("examhall.attempts.engine")}
    assert len(engine) > 5
    allowed = engine | {"examhall.errors", *sys.stdlib_module_names}
    for module in sorted(engine):
        for imported in outside.find_modules_directly_imported_by(module):
            assert imported in allowed or imported.startswith("examhall.bank.types"), f"{module} -> {imported}"


def test_question_types_are_pure() -> None:
    """A type knows schemas, patterns and rich text: no request, no clock, no table, no file."""
    outside = graph(outside=True)
    types = {module for module in outside.modules if module.startswith("examhall.bank.types")}
    assert len(types) > 14
    schemas = {"pydantic", "pydantic_core", "typing_extensions", "re2"}
    allowed = types | schemas | {"examhall.errors", "examhall.bank.content.richtext", *sys.stdlib_module_names}
    for module in sorted(types):
        imported = outside.find_modules_directly_imported_by(module)
        assert imported <= allowed, f"{module} -> {sorted(imported - allowed)}"


def test_errors_know_no_flask() -> None:
    outside = graph(outside=True)
    for module in ("examhall.errors", "examhall.clock"):
        assert outside.find_modules_directly_imported_by(module) <= set(sys.stdlib_module_names)


def test_flask_restful_has_one_importer() -> None:
    outside = graph(outside=True)
    assert outside.find_modules_that_directly_import("flask_restful") == {"examhall.web.api"}


def test_platform_stays_a_source_root() -> None:
    """An `__init__.py` there would shadow the standard library's `platform` for whoever runs from this folder."""
    assert not (PROJECT / "platform" / "__init__.py").exists()
    assert not {"utils", "helpers", "common", "core"} & {
        path.stem for path in (PROJECT / "platform" / "examhall").rglob("*") if path.suffix in {"", ".py"}
    }

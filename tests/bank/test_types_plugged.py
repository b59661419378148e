"""Types that other packages bring by entry point."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from pathlib import Path

import pytest

from examhall.bank.types import GROUP, TYPES, registered
from examhall.bank.types.contract import QuestionType
from examhall.errors import ConfigurationError
from examhall.settings import PROJECT

PLUGIN = PROJECT / "tests" / "plugins" / "scale_rating"
ASK = "import json; from examhall.bank.types import TYPES; print(json.dumps(list(TYPES)))"


def types_with(*folders: Path) -> subprocess.CompletedProcess[str]:
    """A fresh Python, with these folders of packages beside ours, that says which types there are."""
    path = os.pathsep.join(str(folder) for folder in (PROJECT / "platform", *folders))
    return subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, env={"PYTHONPATH": path})


def package(folder: Path, code: str, name: str = "drawing", value: str = "sketches:Drawing") -> Path:
    """A package `sketches` whose entry point brings a type."""
    about = folder / "sketches-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: sketches\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {value}\n")
    (folder / "sketches.py").write_text(f"from examhall.bank.types.true_false import TrueFalse\n{code}\n")
    return folder


def point(name: str, value: str) -> list[EntryPoint]:
    return [EntryPoint(name, value, GROUP)]


@pytest.fixture
def points(monkeypatch: pytest.MonkeyPatch) -> EntryPoints:
    """The entry points that there are while the package lies on the path."""
    monkeypatch.syspath_prepend(str(PLUGIN))
    return entry_points(group=GROUP)


def test_a_type_of_another_package_stands_after_ours() -> None:
    ran = types_with(PLUGIN)
    assert ran.stderr == ""
    assert json.loads(ran.stdout) == [*TYPES, "scale_rating"]


def test_without_the_package_there_are_our_fourteen() -> None:
    names = json.loads(types_with().stdout)
    assert names == list(TYPES)
    assert len(names) == 14


def test_a_plugged_type_grades_like_any_other(points: EntryPoints) -> None:
    kind = registered(TYPES.values(), points)["scale_rating"]
    assert isinstance(kind, QuestionType)
    body = kind.validate({"prompt": "How sure is this?", "expected": 4, "low_label": "Not at all"})
    steps = kind.arrange(body, random.Random(1), True)
    earned = [kind.grade(body, step) for step in [None, *steps]]
    assert [round(3 * fraction, 9) for fraction in earned] == [0, 0, 1, 2, 3, 2]
    ids = {step: f"z{step}" for step in steps}
    assert kind.read(ids, {"choice": "z4"}) == kind.full(body) == "4"
    assert kind.reveal(body, ids, "1")["correct"] == {"choice": "z4"}
    assert "expected" not in kind.present(body, ids)


@pytest.mark.parametrize(
    ("code", "name", "value", "remedy"),
    [
        ("class Drawing(TrueFalse): name = 'essay'", "essay", "sketches:Drawing", "has this name already"),
        ("class Drawing(TrueFalse): name = 'Drawing'", "Drawing", "sketches:Drawing", "Name it with small letters"),
        ("class Drawing: name = 'drawing'", "drawing", "sketches:Drawing", "is no subclass of QuestionType"),
        ("Drawing = TrueFalse()", "drawing", "sketches:Drawing", "is no subclass of QuestionType"),
        ("class Drawing(TrueFalse): name = 'sketch'", "drawing", "sketches:Drawing", 'is named "sketch"'),
        ("", "drawing", "sketches:Drawing", "can't be loaded"),
        ("", "drawing", "no_such_module:Drawing", "can't be loaded"),
        ("1 / 0", "drawing", "sketches:Drawing", "can't be loaded (division by zero)"),
        (
            "from examhall.bank.types.contract import QuestionType\nclass Drawing(QuestionType): name = 'drawing'",
            "drawing", "sketches:Drawing", "lacks a part",
        ),
    ],
)  # fmt: skip
def test_a_package_that_cannot_be_right_stops_the_start(
    tmp_path: Path, code: str, name: str, value: str, remedy: str
) -> None:
    ran = types_with(package(tmp_path, code, name, value))
    assert ran.returncode != 0
    last = ran.stderr.strip().splitlines()[-1]
    assert f"ConfigurationError: sketches: {GROUP}.{name}: " in last
    assert remedy in last


def test_two_packages_cannot_bring_the_same_name(points: EntryPoints) -> None:
    with pytest.raises(ConfigurationError) as refused:
        registered(TYPES.values(), [*points, *points])
    assert refused.value.key == f"{GROUP}.scale_rating"
    assert "uninstall one" in refused.value.remedy


def test_an_entry_point_without_a_package_is_told_by_its_module() -> None:
    with pytest.raises(ConfigurationError) as refused:
        registered([], point("drawing", "no_such_module:Drawing"))
    assert refused.value.file == "no_such_module"

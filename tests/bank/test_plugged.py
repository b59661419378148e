"""What a package has to bring with a question type, so that it is authored, answered and reviewed like ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from examhall.bank.plugged import template_folders
from examhall.errors import ConfigurationError
from examhall.settings import PROJECT

PLUGINS = PROJECT / "tests" / "plugins"


STORIES = ["sitting_a_plugged_type.py", "writing_a_plugged_type.py"]


@pytest.fixture(scope="module")
def told() -> str:
    """What pytest tells of the stories, in a process where the package is installed."""
    stories = [PLUGINS / story for story in STORIES]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", *stories],
        capture_output=True, text=True, cwd=PROJECT, env=os.environ | {"PYTHONPATH": str(PLUGINS / "scale_rating")},
    )  # fmt: skip
    return ran.stdout + ran.stderr


@pytest.mark.parametrize("story", STORIES)
def test_a_plugged_type_is_written_and_sat_like_any_other(told: str, story: str) -> None:
    assert f"PASSED tests/plugins/{story}::" in told, told


def test_where_no_package_brings_a_type_there_are_our_templates_only() -> None:
    assert template_folders() == []


def test_a_package_without_a_template_is_named_at_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(PLUGINS / "scale_rating", tmp_path / "copy")
    module = tmp_path / "copy" / "examhall_scale_rating"
    module.rename(module.with_name("other_scale_rating"))
    (tmp_path / "copy" / "examhall_scale_rating-1.0.dist-info" / "entry_points.txt").write_text(
        "[examhall.question_types]\nscale_rating = other_scale_rating:ScaleRating\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "copy"))
    templates = tmp_path / "copy" / "other_scale_rating" / "templates"
    assert template_folders() == [templates]
    (templates / "question_types" / "scale_rating" / "review.html").unlink()
    with pytest.raises(ConfigurationError, match=r"review\.html") as refused:
        template_folders()
    assert refused.value.key == "examhall.question_types.scale_rating"

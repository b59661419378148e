"""requirements.lock installs the same files everywhere, from whatever index a machine is set up for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text()
PINS = re.findall(r"^([a-z0-9-]+)==[^\n]+\\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", LOCK, re.MULTILINE)


def test_it_names_no_host_and_no_place_on_a_machine() -> None:
    assert not re.findall(r"://|file:|^-|^ *#", LOCK, re.MULTILINE)


def test_every_line_belongs_to_a_version_with_its_hashes() -> None:
    assert sum(1 + hashes.count("\n") for _, hashes in PINS) == len(LOCK.splitlines())


def test_it_holds_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    names = {re.split(r"[^A-Za-z0-9-]", line)[0] for line in asked}

    assert names <= {name for name, _ in PINS}

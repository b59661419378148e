"""Files that mean harm end in a clear refusal: soon, in little memory, with nothing written elsewhere, no socket."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bank.hostile import archives, markup, texts
from examhall.bank.formats import folder
from examhall.settings import PROJECT

CORPUS: dict[str, Callable[[], bytes]] = {
    f"{module.__name__.rpartition('.')[2]}: {name}": make
    for module in (archives, markup, texts)
    for name, make in module.FILES.items()
}
#: What one file may cost: seconds of CPU, MB of memory of the whole process.
SECONDS, MEMORY = 2, 200


def run(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A Python of its own, as readers are started."""
    path = os.pathsep.join([str(PROJECT / "platform"), *filter(os.path.isabs, sys.path)])
    return subprocess.run(
        [sys.executable, "-P", *words, str(place)],
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )


def prepared(place: Path, data: bytes) -> Path:
    """The folder of an import."""
    place.mkdir()
    (place / folder.FILE).write_bytes(data)
    folder.save_order(place, folder.Order())
    folder.save_known(place, iter(()))
    return place


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What one process told of all files, and what it left."""
    root = tmp_path_factory.mktemp("hostile")
    for number, (name, make) in enumerate(CORPUS.items()):
        (prepared(root / f"{number:03}", make()) / "name").write_text(name, "utf-8")
    before = sorted(path.name for path in root.parent.iterdir())
    reader = Path(__file__).parent / "hostile" / "reader.py"
    ended = run(root, str(reader))
    assert ended.returncode == 0, ended.stderr[-2_000:]
    assert sorted(path.name for path in root.parent.iterdir()) == before
    lines = [json.loads(line) for line in (root / "told.jsonl").read_text("utf-8").splitlines()]
    yield {line["name"]: line for line in lines}
    known = {
        folder.FILE,
        folder.ORDER,
        folder.KNOWN,
        folder.PROGRESS,
        folder.ITEMS,
        folder.REPORT,
        folder.MEDIA,
        "name",
    }
    for place in root.iterdir():
        if place.is_dir():
            assert {path.name for path in place.iterdir()} <= known, place


def test_there_are_enough_of_them() -> None:
    assert len(CORPUS) >= 60


@pytest.mark.parametrize("name", CORPUS)
def test_each_is_refused_clearly_soon_and_in_little_memory(told: dict[str, Any], name: str) -> None:
    one = told[name]
    messages = [one["refused"]] if one["refused"] else one["errors"]
    if " 82 " in name or " 83 " in name:  # the picture goes, what is asked stays
        messages = messages or one["losses"]
    assert messages, f"{one['questions']} questions were found"
    for line, text, params, element in messages:
        assert text % params
        assert line >= 0
        assert len(element) <= 300
    assert one["cpu"] < SECONDS
    assert one["peak"] < MEMORY


FORBIDDEN = {
    "a socket": "import socket; socket.socket()",
    "a name": "import socket; socket.getaddrinfo('localhost', 80)",
    "a process": "import subprocess; subprocess.Popen(['true'])",
    "a shell": "os.system('true')",
    "a fork": "os.fork()",
    "a library": "import ctypes; ctypes.CDLL(None)",
    "a database": "import sqlite3; sqlite3.connect(':memory:')",
    "a file elsewhere": "open('/tmp/elsewhere', 'w')",
    "a file above": "open(os.path.join(place, '..', 'above'), 'w')",
    "a link that leads out": "os.symlink('/tmp', place + '/out'); open(place + '/out/x', 'w')",
    "somebody's secrets": "open('/etc/passwd').read()",
    "its own environment": "open('/proc/self/environ').read()",
    "a folder elsewhere": "os.mkdir('/tmp/elsewhere')",
    "another's file": "os.remove('/tmp/elsewhere')",
    "a file moved out": "open(place + '/x', 'w').close(); os.rename(place + '/x', '/tmp/elsewhere')",
}
PRELUDE = """
import os, sys
from pathlib import Path
from examhall.bank.formats.confinement import Bounds, confine
place = sys.argv[1]
confine(Path(place), Bounds(cpu={cpu}, clock=30, memory={memory} * 2**20, file=2**20))
"""


@pytest.mark.parametrize("act", FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_reader_can_not_reach_beyond_its_folder(tmp_path: Path, act: str) -> None:
    code = PRELUDE.format(cpu=20, memory=800) + (
        f"try:\n    {act.replace('; ', chr(10) + '    ')}\nexcept PermissionError:\n    print('refused')\n"
    )
    ended = run(tmp_path, "-c", code)
    assert ended.stdout == "refused\n", ended.stderr
    assert not Path(tempfile.gettempdir(), "elsewhere").exists()
    assert not (tmp_path.parent / "above").exists()


def test_a_reader_may_read_code_and_write_in_its_folder(tmp_path: Path) -> None:
    code = PRELUDE.format(cpu=20, memory=800) + (
        "import wave, examhall.bank.formats.registry\n"
        "Path(place, 'new').mkdir()\nPath(place, 'new', 'x').write_text('y')\nprint(dict(os.environ))\n"
    )
    ended = run(tmp_path, "-c", code)
    assert (ended.stdout, (tmp_path / "new" / "x").read_text()) == ("{}\n", "y"), ended.stderr


def test_a_reader_knows_neither_the_web_nor_the_database(tmp_path: Path) -> None:
    code = "import sys, examhall.bank.formats.worker; print({'flask', 'sqlalchemy', 'ctypes'} & sys.modules.keys())"
    assert run(tmp_path, "-c", code).stdout == "set()\n"


def test_time_memory_and_files_have_an_end(tmp_path: Path) -> None:
    endless = run(tmp_path, "-c", PRELUDE.format(cpu=1, memory=800) + "while True: pass")
    assert endless.returncode == -signal.SIGXCPU
    greedy = run(tmp_path, "-c", PRELUDE.format(cpu=20, memory=400) + "b'x' * 2**30")
    assert "MemoryError" in greedy.stderr
    filling = run(tmp_path, "-c", PRELUDE.format(cpu=20, memory=800) + "open(place + '/x', 'wb').write(bytes(2**22))")
    assert "File too large" in filling.stderr
    assert (tmp_path / "x").stat().st_size <= 2**20
    assert not list(tmp_path.glob("core*"))

"""The processes in which imports are read: soon there, with nothing in their hands that is not theirs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from examhall.bank.formats import folder, launch
from examhall.settings import PROJECT

FILE = b"::Bus:: Is it a bus? {T}\n"


@pytest.fixture
def make_place(tmp_path: Path) -> Callable[[], Path]:
    """Makes folders of imports whose reader waits until its file is fed."""

    def make() -> Path:
        place = tmp_path / str(len(list(tmp_path.iterdir())))
        place.mkdir()
        os.mkfifo(place / folder.FILE)
        folder.save_order(place, folder.Order())
        folder.save_known(place, iter(()))
        return place

    return make


def feed(place: Path) -> None:
    """Let the reader read."""
    (place / folder.FILE).write_bytes(FILE)


def parent_of(process: str) -> int:
    """The number of the process that forked another one."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("PPid"))


def runs(process: str) -> bool:
    """Whether a process has not ended. (Of one that nobody has asked how it ended, the system remembers the number.)"""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes() != b""
    except FileNotFoundError:
        return False


def starter() -> int:
    """The number of the starter that forks readers for this process."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    numbers = " ".join(each.read_text() for each in children).split()
    (one,) = (int(each) for each in numbers if b"formats.starter" in Path(f"/proc/{each}/cmdline").read_bytes())
    return one


def test_a_reader_inherits_its_lock_and_nothing_else(make_place: Callable[[], Path]) -> None:
    place = make_place()
    reader = launch.start(place)
    number = (place / folder.LOCK).read_text()
    while not (place / folder.PROGRESS).exists():  # then it is confined, and reads
        time.sleep(0.001)
    handles = {each: os.readlink(f"/proc/{number}/fd/{each}") for each in os.listdir(f"/proc/{number}/fd")}
    environment = Path(f"/proc/{number}/environ").read_bytes().split(b"\0")
    session = os.getsid(int(number))
    reader.stop()
    standing = {handles.pop("0"), handles.pop("1"), handles.pop("2")}
    assert standing == {"/dev/null", str(place / folder.TRACE)}
    assert set(handles.values()) == {str(place / folder.LOCK)}
    assert {name.partition(b"=")[0] for name in environment} <= {b"PYTHONPATH", b"LC_ALL", b""}
    assert session == int(number)


def test_readers_are_forked_by_one_starter_and_what_is_killed_is_replaced(make_place: Callable[[], Path]) -> None:
    places = [make_place() for _ in range(3)]
    readers = [launch.start(place) for place in places[:2]]
    forked_by = {parent_of((place / folder.LOCK).read_text()) for place in places[:2]}
    assert forked_by == {starter()}
    os.kill(starter(), signal.SIGKILL)
    readers.append(launch.start(places[2]))
    assert parent_of((places[2] / folder.LOCK).read_text()) == starter()
    assert starter() not in forked_by
    for place, reader in zip(places, readers, strict=True):
        feed(place)
        assert reader.wait(60)
        report = folder.load_report(place)
        assert report is not None, (place / folder.TRACE).read_text()
        assert report.figures["questions"] == 1


def test_a_starter_that_does_not_answer_forks_nothing_later(make_place: Callable[[], Path]) -> None:
    launch.start(make_place()).stop()
    stuck = starter()
    os.kill(stuck, signal.SIGSTOP)
    assert launch._line is not None
    launch._line.settimeout(0.1)
    place = make_place()
    reader = launch.start(place)
    with suppress(ProcessLookupError):
        os.kill(stuck, signal.SIGCONT)
    number = (place / folder.LOCK).read_text()
    assert parent_of(number) == starter() != stuck
    while runs(str(stuck)) or not (place / folder.PROGRESS).exists():
        time.sleep(0.001)
    readers = [each.name for each in Path("/proc").glob("[0-9]*") if _reads(each, place)]
    assert readers == [number], "one reader for a folder"
    feed(place)
    assert reader.wait(60)


def _reads(process: Path, place: Path) -> bool:
    try:
        return os.readlink(process / "cwd") == str(place)
    except OSError:
        return False


def test_a_reader_outlives_who_started_it_and_the_starter_does_not(make_place: Callable[[], Path]) -> None:
    place = make_place()
    code = (
        "import sys, os; from pathlib import Path; from examhall.bank.formats import launch\n"
        "place = Path(sys.argv[1]); launch.start(place); reader = (place / 'lock').read_text()\n"
        "print(open(f'/proc/{reader}/stat').read().split()[3]); sys.stdout.flush(); os._exit(0)\n"
    )
    path = os.pathsep.join([str(PROJECT / "platform"), *filter(os.path.isabs, sys.path)])
    ended = subprocess.run(
        [sys.executable, "-P", "-c", code, str(place)], env={"PYTHONPATH": path}, capture_output=True, text=True
    )
    assert launch.alive(place), ended.stderr
    feed(place)
    while launch.alive(place):
        time.sleep(0.01)
    assert folder.load_report(place) is not None, (place / folder.TRACE).read_text()
    for _ in range(1_000):
        if not runs(ended.stdout.strip()):
            break
        time.sleep(0.01)
    assert not runs(ended.stdout.strip())


def test_where_no_reader_can_be_started_it_is_as_if_it_had_ended(
    make_place: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [])  # where no code is found, none runs
    launch._forget()
    place = make_place()
    reader = launch.start(place)
    assert reader.wait(60)
    assert not launch.alive(place)
    assert folder.load_report(place) is None
    assert "examhall" in (place / folder.TRACE).read_text()

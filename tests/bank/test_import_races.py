"""Imports that two requests go on with at the same moment: what one of them did stays done."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from bank.factories import BankFactory, gift
from bank.formats.test_examhall_json import DOT
from bank.hostile.markup import with_file
from bank.importing import act, begun, held_up, listed, send
from bank.test_import_api import folder_of
from examhall.bank.exchange import importing, imports
from examhall.bank.formats import folder, launch
from hall import Api, Hall


@pytest.fixture
def author(hall: Hall) -> Api:
    return hall.api("author")


@pytest.fixture
def bank(hall: Hall) -> Any:
    with hall.inside():
        return BankFactory().id


def meanwhile(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, request: Callable[[], Any]) -> list[Any]:
    """Let another request be answered just before the first call of `place.name` goes on; gives what it got."""
    real, answers = getattr(place, name), []

    def call(*args: Any) -> Any:
        monkeypatch.setattr(place, name, real)
        other = Thread(target=lambda: answers.append(request()))
        other.start()
        other.join()
        return real(*args)

    monkeypatch.setattr(place, name, call)
    return answers


def test_a_look_while_an_import_is_committed_does_not_take_it_for_lost(
    author: Api, bank: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begun(author, bank, gift(3))
    answers = meanwhile(monkeypatch, imports, "load_bank", lambda: act(author, job, "commit"))
    assert author.get(f"/imports/{job['id']}").json["state"] == "committed"
    assert answers[0].status_code == 200
    assert act(author, job, "undo").status_code == 200
    assert listed(author, bank) == []


def test_a_look_while_an_import_is_discarded_finds_nothing(
    author: Api, bank: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begun(author, bank, gift(3))
    meanwhile(monkeypatch, imports, "load_bank", lambda: author.delete(f"/imports/{job['id']}"))
    assert author.get(f"/imports/{job['id']}").status_code == 404


def test_who_looks_while_a_file_is_read_again_is_told_so(
    author: Api, bank: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begun(author, bank, gift(3))
    address = f"/imports/{job['id']}"
    with held_up(monkeypatch) as let_go:
        meanwhile(monkeypatch, launch.Reader, "wait", let_go)
        seen = meanwhile(monkeypatch, launch.Reader, "wait", lambda: author.get(address))
        assert author.patch(address, {"grades": "nearest"}).json["state"] == "read"
    assert seen[0].json["state"] == "reading"


def test_only_one_of_two_chooses_how_a_file_is_read_again(
    author: Api, bank: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begun(author, bank, gift(3))
    address = f"/imports/{job['id']}"
    with held_up(monkeypatch) as let_go:
        meanwhile(monkeypatch, launch.Reader, "wait", let_go)
        second = meanwhile(monkeypatch, launch.Reader, "wait", lambda: author.patch(address, {"format": "gift"}))
        assert author.patch(address, {"grades": "nearest"}).status_code == 200
    assert second[0].status_code == 409
    assert author.get(address).json["options"] == {"grades": "nearest"}


def test_what_is_committed_is_what_was_looked_at(author: Api, bank: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    job = begun(author, bank, gift(2))
    meanwhile(
        monkeypatch, importing, "refuse_faulty", lambda: author.patch(f"/imports/{job['id']}", {"category": "moved"})
    )
    assert act(author, job, "commit").status_code == 409
    assert listed(author, bank) == []


def test_of_two_that_commit_a_file_with_pictures_one_is_told_that_it_is_done(
    author: Api, bank: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begun(author, bank, with_file("a.gif", DOT))
    first = meanwhile(monkeypatch, importing, "refuse_faulty", lambda: act(author, job, "commit"))
    second = act(author, job, "commit")
    assert (second.status_code, second.json["code"]) == (409, "import_committed")
    assert first[0].status_code == 200
    assert len(listed(author, bank)) == 1


def test_a_file_that_is_gone_is_not_read_again(hall: Hall, author: Api, bank: Any) -> None:
    job = begun(author, bank, gift(1))
    shutil.rmtree(folder_of(hall, job))
    assert author.get(f"/imports/{job['id']}").json["state"] == "failed"
    answer = author.patch(f"/imports/{job['id']}", {"grades": "nearest"})
    assert (answer.status_code, answer.json["code"]) == (409, "import_gone")


def test_a_reader_ends_with_the_import_that_it_reads_for(make_hall: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = make_hall("sqlite", import_wait_seconds=0)
    author = hall.api("author")
    with hall.inside():
        bank = BankFactory().id
    with held_up(monkeypatch):
        job = send(author, bank, gift(1)).json
        place = folder_of(hall, job)
        reader = int((place / folder.LOCK).read_text())
        assert launch.alive(place)
        assert author.delete(f"/imports/{job['id']}").status_code == 204
    assert not place.exists()
    assert not Path(f"/proc/{reader}").exists() or "Z" in Path(f"/proc/{reader}/stat").read_text().split()[2]

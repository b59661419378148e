"""The folders in which files are read: none outlives its import, whatever was killed when."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest

from bank.factories import BankFactory, gift
from bank.importing import act, begun, multipart
from bank.test_import_api import folder_of
from examhall.bank.exchange import imports
from examhall.bank.formats import launch
from examhall.clock import now
from examhall.extensions import db
from hall import Api, Hall


@pytest.fixture
def author(hall: Hall) -> Api:
    return hall.api("author")


@pytest.fixture
def bank(hall: Hall) -> Any:
    with hall.inside():
        return BankFactory().id


def age(place: Path, by: timedelta) -> None:
    """Let a folder be as old as that."""
    moment = (now() - by).timestamp()
    os.utime(place, (moment, moment))


def test_what_a_killed_request_left_is_swept_after_an_hour(hall: Hall, author: Api, bank: Any) -> None:
    waiting = folder_of(hall, begun(author, bank, gift(1)))
    old, young = (waiting.parent / uuid4().hex for _ in range(2))
    for place in (old, young):
        place.mkdir()
        (place / "file").write_text("Is it?")
    strange = waiting.parent / "notes"
    strange.mkdir()
    for place in (old, waiting, strange):
        age(place, timedelta(hours=2))
    begun(author, bank, gift(1))
    assert (old.exists(), young.exists(), waiting.exists(), strange.exists()) == (False, True, True, True)


def test_what_is_done_with_is_swept_as_well(hall: Hall, author: Api, bank: Any) -> None:
    job = begun(author, bank, gift(1))
    place = folder_of(hall, job)
    assert act(author, job, "commit").status_code == 200
    place.mkdir()  # as it stands where the server was killed after the commit
    age(place, timedelta(hours=2))
    begun(author, bank, gift(1))
    assert not place.exists()


def test_an_import_that_nobody_went_on_with_is_forgotten(
    hall: Hall, author: Api, bank: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begun(author, bank, gift(1))
    place = folder_of(hall, job)
    monkeypatch.setattr(imports, "KEPT", timedelta(0))
    monkeypatch.setattr(imports, "UNCLAIMED", timedelta(0))
    begun(author, bank, gift(1))
    assert author.get(f"/imports/{job['id']}").status_code == 404
    begun(author, bank, gift(1))
    assert not place.exists()


def test_nothing_is_held_while_a_file_is_read(
    hall: Hall, author: Api, bank: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(author, bank, gift(1))
    monkeypatch.setattr(imports, "KEPT", timedelta(0))
    start, held = launch.start, []

    def watched(place: Path) -> Any:
        held.append(bool(db.session().info.get("begun")))
        return start(place)

    monkeypatch.setattr(launch, "start", watched)
    sent = author.post(f"/banks/{bank}/imports", headers={"Idempotency-Key": "one"}, **multipart(gift(1)))
    assert sent.status_code == 201, sent.text
    assert held == [False]


def folders(hall: Hall) -> list[Path]:
    """Those of the imports of the tenant."""
    with hall.inside() as app:
        return list(Path(app.instance_path).glob("*.imports/*"))


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "one"}])
def test_what_is_refused_leaves_no_folder(hall: Hall, author: Api, bank: Any, headers: dict[str, str]) -> None:
    faulty = multipart("::One:: Is it? {T}\n\n::Two:: Is it? {\n")
    sent = author.post(f"/banks/{bank}/imports?commit=true", headers=headers, **faulty)
    assert sent.status_code == 422, sent.text
    assert author.get(f"/banks/{bank}/imports").json == []
    assert folders(hall) == []


def test_of_two_that_come_at_once_with_one_key_one_folder_stays(
    hall: Hall, author: Api, bank: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready, start = Barrier(2, timeout=60), launch.start

    def together(place: Path) -> Any:
        ready.wait()
        return start(place)

    monkeypatch.setattr(launch, "start", together)

    def sent(_: int) -> Any:
        device = Api(hall, author.tenant)
        device.headers = author.headers | {"Idempotency-Key": "one"}
        return device.post(f"/banks/{bank}/imports", **multipart(gift(1)))

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(sent, range(2)))
    assert [answer.status_code for answer in answers] == [201, 201]
    (job,) = author.get(f"/banks/{bank}/imports").json
    assert folders(hall) == [folder_of(hall, job)]

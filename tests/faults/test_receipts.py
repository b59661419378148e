"""An Idempotency-Key under load: slow work keeps no saver waiting, and the same key twice at once has one effect."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from examhall.bank.formats import launch
from examhall.extensions import db
from examhall.identity import operations as identity
from hall import Api, Hall


def test_hashing_and_reading_come_before_the_transaction(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    admin, seen = hall.api("admin"), []

    def watched(real: Any, *args: Any) -> Any:
        seen.append(db.session().info.get("writing", False))
        return real(*args)

    for module, name in ((identity, "hash_password"), (launch, "start")):
        monkeypatch.setattr(module, name, partial(watched, getattr(module, name)))
    key = {"Idempotency-Key": "one"}
    assert admin.post("/users", {"email": "ada@x.example", "name": "Ada"}, headers=key).status_code == 201
    made = admin.post("/banks", {"name": "Bank", "description": ""}).json["id"]
    file = {"file": (io.BytesIO(b"::One:: Is it? {T}\n"), "q.gift")}
    assert admin.post(f"/banks/{made}/imports", data=file, headers=key).status_code == 201
    assert seen == [False, False]


def test_the_same_key_at_once_gives_the_first_answer_to_all(hall: Hall) -> None:
    admin = hall.api("admin")
    ready = Barrier(8)

    def add(_: int) -> Any:
        device = Api(hall, admin.tenant)
        device.headers = admin.headers
        ready.wait()
        return device.post("/users", {"email": "ada@x.example", "name": "Ada"}, headers={"Idempotency-Key": "ada"})

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(add, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert [bool(answer.json["one_time_password"]) for answer in answers].count(True) == 1


def test_a_refused_write_leaves_no_receipt(hall: Hall) -> None:
    admin, key = hall.api("admin"), {"Idempotency-Key": "one"}
    taken = {"email": admin.person.email, "name": "Again"}
    for _ in range(2):
        assert admin.post("/users", taken, headers=key).status_code == 422
    assert admin.post("/users", {"email": "ada@x.example", "name": "Ada"}, headers=key).status_code == 201

"""Valkey counts limits for all workers; when it is down, sitting goes on and limits are counted in each worker."""

from __future__ import annotations

import time

import pytest

from hall import MakeHall
from servers import own_valkey
from sitting import compose, save, started


@pytest.mark.fault
def test_saving_and_submitting_go_on_when_valkey_dies_and_limits_fall_back(make_hall: MakeHall) -> None:
    with own_valkey() as valkey:
        hall = make_hall("sqlite", limits_storage=valkey.url)
        exam = compose(hall, kinds=("true_false",))
        person = hall.person("candidate")
        exam.assign(person)
        candidate = hall.api(person)
        attempt = started(exam, candidate)
        save(candidate, attempt, {"slot": 1, "response": {"value": False}, "seq": 1})
        valkey.stop()
        began = time.monotonic()
        for seq in range(2, 12):
            assert save(candidate, attempt, {"slot": 1, "response": {"value": True}, "seq": seq})["refused"] == []
        assert time.monotonic() - began < 5
        wrong = {"email": person.email, "password": "not the password"}
        statuses = [hall.api().post("/auth/login", wrong).status_code for _ in range(15)]
        assert statuses[:10] == [401] * 10
        assert statuses[-1] == 429, "the limit on failures holds without Valkey too"
        assert candidate.post(f"/attempts/{attempt['id']}/submit").status_code == 200
        valkey.start()
        assert candidate.get(f"/attempts/{attempt['id']}/result").json["grade"]["percent"] == "100"

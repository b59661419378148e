"""Many at once: starts, saves to one slot, a save against a submit, the writers' queue."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from hall import Api, Hall
from sitting import Exam, compose, started

STARTS, ROUNDS = 64, 20


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act(0) … act(count-1)`, all let go in the same moment."""
    ready = Barrier(count)

    def one(number: int) -> Any:
        ready.wait()
        return act(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


@pytest.fixture
def exam(hall: Hall) -> Exam:
    return compose(hall, kinds=("true_false", "short_text"), attempts_allowed=None)


@pytest.fixture
def candidate(hall: Hall, exam: Exam) -> Api:
    person = hall.person("candidate")
    exam.assign(person)
    return hall.api(person)


def client(hall: Hall, api: Api) -> Api:
    """The same person on another device."""
    other = Api(hall, api.tenant)
    other.headers = api.headers
    return other


def test_parallel_starts_give_one_attempt_to_every_caller(hall: Hall, exam: Exam) -> None:
    for _ in range(ROUNDS):
        person = hall.person("candidate")
        exam.assign(person)
        api = hall.api(person)
        devices = [client(hall, api) for _ in range(STARTS)]
        answers = at_once(STARTS, lambda n, devices=devices: devices[n].post(f"/exams/{exam.id}/attempts"))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [200] * (STARTS - 1) + [201]
        assert len({answer.json["id"] for answer in answers}) == 1
        assert len(api.get("/attempts").json) == 1


def test_parallel_saves_to_one_slot_leave_the_highest_seq(hall: Hall, exam: Exam, candidate: Api) -> None:
    attempt = started(exam, candidate)
    devices = [client(hall, candidate) for _ in range(32)]

    def save(number: int) -> Any:
        item = {"slot": 2, "response": {"text": f"answer {number}"}, "seq": number + 1}
        return devices[number].put(f"/attempts/{attempt['id']}/answers", {"answers": [item]})

    answers = at_once(32, save)
    assert {answer.status_code for answer in answers} == {200}
    refused = [item for answer in answers for item in answer.json["refused"]]
    assert {item["code"] for item in refused} <= {"stale"}
    assert candidate.get(f"/attempts/{attempt['id']}").json["answers"] == [
        {"slot": 2, "response": {"text": "answer 31"}, "seq": 32}
    ]


def test_two_tabs_the_stale_one_is_told(hall: Hall, exam: Exam, candidate: Api) -> None:
    attempt = started(exam, candidate)
    for api, text, expected in ((candidate, "first tab", None), (client(hall, candidate), "second tab", "conflict")):
        answer = api.put(
            f"/attempts/{attempt['id']}/answers",
            {"answers": [{"slot": 2, "response": {"text": text}, "seq": 2, "base": 0}]},
        ).json
        code = answer["refused"][0]["code"] if answer["refused"] else None
        assert code in ({expected} if expected is None else {"stale", "conflict"})


def test_a_save_that_races_a_submit_is_graded_or_refused(hall: Hall, exam: Exam, candidate: Api) -> None:
    for _ in range(15):
        attempt = started(exam, candidate)
        slot = next(slot["slot"] for slot in attempt["paper"] if slot["type"] == "true_false")
        devices = [client(hall, candidate) for _ in range(6)]

        def act(number: int, attempt: Any = attempt, devices: Any = devices, slot: int = slot) -> Any:
            if number == 3:
                return devices[number].post(f"/attempts/{attempt['id']}/submit")
            item = {"slot": slot, "response": {"value": True}, "seq": number + 1}
            return devices[number].put(f"/attempts/{attempt['id']}/answers", {"answers": [item]})

        answers = at_once(6, act)
        assert {answer.status_code for answer in answers} == {200}
        accepted = any(answer.json.get("accepted") for answer in answers)
        result = candidate.get(f"/attempts/{attempt['id']}/result").json
        assert result["grade"]["points"] == ("1" if accepted else "0"), "acknowledged and left out"


def test_parallel_refreshes_of_a_browser_stay_one_family(hall: Hall) -> None:
    person = hall.person("candidate")
    with hall.inside():
        from uuid import UUID

        from flask_jwt_extended import decode_token

        from examhall.identity.operations import refresh, sign_in

        with hall.app().test_request_context():
            pair = sign_in(person.email, "open-the-exam-hall", "portal")
            claims = decode_token(pair.refresh_token)

    def renew(_: int) -> Any:
        with hall.app().test_request_context():
            return decode_token(refresh(UUID(claims["sid"]), claims["jti"], claims["epoch"]).refresh_token)["jti"]

    assert len(set(at_once(16, renew))) == 1

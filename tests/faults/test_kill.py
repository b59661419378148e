"""`kill -9` of workers under autosave load: every answer that was acknowledged is there afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from hall import Hall, MakeHall
from serving import Server, serving, wait_until
from sitting import compose, started

CANDIDATES = 6
#: Answers that each has acknowledged before a worker is killed, and again before the next and at the end.
BETWEEN_KILLS = 6


class Sitter(threading.Thread):
    """A candidate who saves without pause and remembers what the server acknowledged."""

    def __init__(self, server: Server, token: str, attempt: dict[str, Any]) -> None:
        super().__init__()
        self.server, self.attempt = server, attempt
        self.headers = {"Authorization": f"Bearer {token}", "Host": "northwind.localhost"}
        self.sent = self.acknowledged = self.broken = 0
        self.failures: list[str] = []
        self.over = threading.Event()

    def run(self) -> None:
        """Save 1, 2, 3 … to one slot, each until it is acknowledged, as the page does."""
        with httpx.Client(base_url=self.server.url, headers=self.headers, timeout=10) as client:
            while not self.over.is_set():
                self.sent = self.acknowledged + 1
                item = {
                    "slot": 1,
                    "response": {"text": f"answer {self.sent}"},
                    "seq": self.sent,
                    "base": self.acknowledged,
                }
                try:
                    answer = client.put(f"/api/v1/attempts/{self.attempt['id']}/answers", json={"answers": [item]})
                except httpx.HTTPError:
                    self.broken += 1
                    time.sleep(0.02)
                    continue
                if answer.status_code == 200 and answer.json()["accepted"]:
                    self.acknowledged = self.sent
                elif answer.status_code not in (429, 503):
                    self.failures.append(f"{answer.status_code} {answer.text[:200]}")
                    return


@contextmanager
def saving(sitters: Sequence[Sitter]) -> Iterator[None]:
    """All save until the end, however it comes."""
    for sitter in sitters:
        sitter.start()
    try:
        yield
    finally:
        for sitter in sitters:
            sitter.over.set()
        for sitter in sitters:
            sitter.join()


def go_on(sitters: Sequence[Sitter]) -> None:
    """Return when each has got on by some answers, or one has failed."""
    wanted = [sitter.acknowledged + BETWEEN_KILLS for sitter in sitters]
    wait_until(
        lambda: (
            any(sitter.failures for sitter in sitters)
            or all(sitter.acknowledged >= count for sitter, count in zip(sitters, wanted, strict=True))
        ),
        "not everybody's answers are acknowledged",
    )


@pytest.mark.fault
@pytest.mark.parametrize(("engine", "workers", "kills"), [("sqlite", 1, 3), ("postgresql", 2, 4)])
def test_no_acknowledged_answer_is_lost_when_workers_are_killed(
    make_hall: MakeHall, engine: str, workers: int, kills: int
) -> None:
    hall: Hall = make_hall(engine)
    exam = compose(hall, kinds=("short_text",))
    people = [hall.person("candidate") for _ in range(CANDIDATES)]
    exam.assign(*people)
    apis = [hall.api(person) for person in people]
    attempts = [started(exam, api) for api in apis]
    with serving(hall, workers=workers) as server:
        sitters = [
            Sitter(server, api.tokens["access_token"], attempt) for api, attempt in zip(apis, attempts, strict=True)
        ]
        with saving(sitters):
            go_on(sitters)
            for _ in range(kills):
                server.kill_the_oldest_worker()  # so that each has its turn
                go_on(sitters)
    assert [failure for sitter in sitters for failure in sitter.failures] == []
    assert sum(sitter.broken for sitter in sitters) > 0, "the kills were not felt, so nothing was proved"
    assert min(sitter.acknowledged for sitter in sitters) > 5
    for api, sitter in zip(apis, sitters, strict=True):
        answers = api.get(f"/attempts/{sitter.attempt['id']}").json["answers"]
        # The one save that was under way may stand without its acknowledgement; none that had one may be missing
        assert sitter.acknowledged <= answers[0]["seq"] <= sitter.sent
        assert answers[0]["response"] == {"text": f"answer {answers[0]['seq']}"}

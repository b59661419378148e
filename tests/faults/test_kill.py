"""`kill -9` of workers under autosave load: every answer that was acknowledged is there afterwards."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
import pytest

from hall import Hall, MakeHall
from serving import Server, serving
from sitting import compose, started

CANDIDATES = 6
#: granian gives up on a worker that dies within 5.5 s of its start, and leaves that to systemd.
BETWEEN_KILLS = 6.2


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
        for sitter in sitters:
            sitter.start()
        for kill in range(kills):
            time.sleep(BETWEEN_KILLS / workers if kill else 1)  # the oldest goes, so each worker has its turn
            server.kill_a_worker()
        server.wait()
        time.sleep(0.5)
        for sitter in sitters:
            sitter.over.set()
        for sitter in sitters:
            sitter.join()
    assert [failure for sitter in sitters for failure in sitter.failures] == []
    assert sum(sitter.broken for sitter in sitters) > 0, "the kills were not felt, so nothing was proved"
    assert min(sitter.acknowledged for sitter in sitters) > 5
    for api, sitter in zip(apis, sitters, strict=True):
        answers = api.get(f"/attempts/{sitter.attempt['id']}").json["answers"]
        # The one save that was under way may stand without its acknowledgement; none that had one may be missing
        assert sitter.acknowledged <= answers[0]["seq"] <= sitter.sent
        assert answers[0]["response"] == {"text": f"answer {answers[0]['seq']}"}

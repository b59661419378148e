"""Guessing the access code of an exam: counted per person and exam, as wrong passwords are."""

from __future__ import annotations

import time_machine

from hall import Hall
from sitting import compose


def test_wrong_access_codes_are_counted(hall: Hall) -> None:
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False) as clock:
        exam, other = compose(hall, access_code="0417"), compose(hall, access_code="blue door")
        guesser, honest = hall.person("candidate"), hall.person("candidate")
        for each in (exam, other):
            each.assign(guesser, honest)
        api, path = hall.api(guesser), f"/exams/{exam.id}/attempts"
        for _ in range(3):
            assert api.post(path).json["code"] == "access_code_wrong", "none at all is no guess"
        answers = [api.post(path, {"access_code": f"{number:04}"}) for number in range(11)]
        assert [answer.status_code for answer in answers] == [403] * 10 + [429]
        assert int(answers[-1].headers["Retry-After"]) > 600
        assert api.post(path, {"access_code": "0417"}).status_code == 429

        assert hall.api(honest).post(path, {"access_code": "0417"}).status_code == 201
        assert api.post(f"/exams/{other.id}/attempts", {"access_code": "blue door"}).status_code == 201
        clock.shift(16 * 60)
        assert hall.api(guesser).post(path, {"access_code": "0417"}).status_code == 201

"""An attempt whose time is up without anybody writing it down: it is over wherever its candidate looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine

from hall import Hall
from portal import Portal
from sitting import compose, started


def test_nothing_calls_an_attempt_open_whose_time_is_up(hall: Hall) -> None:
    exam, person = compose(hall, time_limit_minutes=30), hall.person("candidate")
    exam.assign(person)
    attempt = started(exam, hall.api(person))
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1), tick=False):
        page = Portal(hall, person).get(f"/exams/{exam.id}").text
        assert "You have started this exam already." not in page, "going on would take another attempt"
        assert "Start the exam" in page
        api = hall.api(person)
        assert api.get("/exams").json[0]["open_attempt"] is None
        assert api.get(f"/exams/{exam.id}").json["open_attempt"] is None
        assert api.get("/attempts?state=open").json == []
        [listed] = api.get("/attempts").json
        assert (listed["state"], listed["submitted_at"]) == ("expired", attempt["deadline_at"])
        assert started(exam, api)["number"] == 2

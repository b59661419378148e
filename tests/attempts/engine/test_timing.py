"""The server's clock decides, to the millisecond, in every zone, and never too early."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from examhall.attempts.engine.states import State
from examhall.attempts.engine.timing import deadline, has_ended, in_time, state_at, utc

NONE = timedelta(0)
MS = timedelta(milliseconds=1)
GRACE = timedelta(seconds=30)
HOUR = timedelta(hours=1)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


class TestDeadline:
    def test_without_a_limit_and_a_closing_nothing_ends_it(self) -> None:
        assert deadline(at(9), None, NONE, None) is None
        assert deadline(at(9), None, HOUR, None) is None

    def test_the_time_limit_ends_it(self) -> None:
        assert deadline(at(9), HOUR, NONE, None) == at(10)

    def test_the_closing_ends_it(self) -> None:
        assert deadline(at(9), None, NONE, at(12)) == at(12)

    def test_the_earlier_of_the_two_ends_it(self) -> None:
        assert deadline(at(9), HOUR, NONE, at(12)) == at(10)
        assert deadline(at(11, 30), HOUR, NONE, at(12)) == at(12)

    def test_extra_time_lengthens_limit_and_closing(self) -> None:
        assert deadline(at(9), HOUR, HOUR / 2, at(12)) == at(10, 30)
        assert deadline(at(11, 30), HOUR, HOUR / 2, at(12)) == at(12, 30)

    def test_a_negative_extra_never_shortens(self) -> None:
        assert deadline(at(9), HOUR, -HOUR, at(12)) == at(10)

    @pytest.mark.parametrize("extra", [timedelta(minutes=10**9), timedelta.max])
    def test_an_absurd_extra_ends_with_the_calendar(self, extra: timedelta) -> None:
        due = deadline(at(9), HOUR, extra, None)
        assert due is not None
        assert due > datetime(3900, 1, 1, tzinfo=UTC)
        assert in_time(at(10), due, GRACE)

    def test_a_closing_at_the_end_of_the_calendar_is_no_error(self) -> None:
        end = datetime.max.replace(tzinfo=UTC)
        assert deadline(at(9), None, HOUR, end) == end
        assert in_time(end, end, GRACE)

    def test_a_naive_moment_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no time zone"):
            deadline(datetime(2026, 3, 2, 9), HOUR, NONE, None)  # noqa: DTZ001


class TestInTime:
    @pytest.mark.parametrize(
        ("offset", "counts"),
        [
            (-HOUR, True),
            (-MS, True),
            (NONE, True),
            (MS, True),
            (GRACE - MS, True),
            (GRACE, True),
            (GRACE + timedelta(microseconds=1), False),
            (GRACE + MS, False),
            (HOUR, False),
        ],
    )
    def test_the_grace_belongs_to_the_time(self, offset: timedelta, counts: bool) -> None:
        assert in_time(at(10) + offset, at(10), GRACE) is counts

    @pytest.mark.parametrize(("offset", "counts"), [(-MS, True), (NONE, True), (MS, False)])
    def test_without_grace_the_deadline_itself_still_counts(self, offset: timedelta, counts: bool) -> None:
        assert in_time(at(10) + offset, at(10), NONE) is counts

    def test_without_a_deadline_everything_counts(self) -> None:
        assert in_time(datetime.max.replace(tzinfo=UTC), None, NONE)


class TestState:
    def test_an_open_attempt_expires_by_the_clock_alone(self) -> None:
        assert state_at(State.OPEN, at(10) + GRACE, at(10), GRACE) is State.OPEN
        assert state_at(State.OPEN, at(10) + GRACE + MS, at(10), GRACE) is State.EXPIRED

    @pytest.mark.parametrize("state", [State.SUBMITTED, State.EXPIRED])
    def test_a_finished_attempt_stays_as_it_is(self, state: State) -> None:
        assert state_at(state, at(9), at(10), GRACE) is state

    def test_access_ends_with_the_state(self) -> None:
        assert not has_ended(State.OPEN, at(10) + GRACE, at(10), GRACE)
        assert has_ended(State.OPEN, at(10) + GRACE + MS, at(10), GRACE)
        assert has_ended(State.SUBMITTED, at(9), at(10), GRACE)


# Moments around changes of summer time, of day and of year, and zones that have them at other moments.
STARTS = [
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2028, 2, 28, 23, 30, tzinfo=UTC),
    datetime(2026, 6, 1, 9, 0, tzinfo=UTC),
]
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")]
LIMITS = [None, timedelta(minutes=1), timedelta(minutes=90), timedelta(days=1)]
EXTRAS = [NONE, timedelta(seconds=1), timedelta(minutes=45)]
WINDOWS = [None, timedelta(minutes=20), timedelta(hours=3), timedelta(days=2)]
GRACES = [NONE, GRACE]


def test_no_attempt_ends_early_and_none_ends_late() -> None:
    """12,288 attempts, reckoned again in UTC; the database may hand a moment back in any zone."""
    cases = 0
    for start, zone, now_zone, limit, extra, window, grace in product(
        STARTS, ZONES, ZONES, LIMITS, EXTRAS, WINDOWS, GRACES
    ):
        cases += 1
        closes = None if window is None else (start + window).astimezone(zone)
        due = deadline(start.astimezone(zone), limit, extra, closes)
        spans = [span for span in (limit, window) if span is not None]
        if not spans:
            assert due is None
            continue
        last = start + min(spans) + extra + grace
        assert due is not None
        assert due.utcoffset() == NONE
        stored = due.astimezone(zone)
        for before in (NONE, MS, HOUR / 2, 3 * HOUR / 4, HOUR):
            assert state_at(State.OPEN, (last - before).astimezone(now_zone), stored, grace) is State.OPEN
        for late in (MS, HOUR / 2, HOUR):
            assert state_at(State.OPEN, (last + late).astimezone(now_zone), stored, grace) is State.EXPIRED
    assert cases == 12_288


def test_utc_keeps_the_moment_and_drops_the_zone() -> None:
    summer = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert utc(summer) == summer
    assert utc(summer).hour == 10

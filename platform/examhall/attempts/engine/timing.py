"""When an attempt ends. The server's clock decides; every moment is aware, and all arithmetic is done in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from examhall.attempts.engine.states import State

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


def utc(moment: datetime) -> datetime:
    """`moment` in UTC; ValueError for a naive one.

    A driver may hand out moments in its session's zone, and Python adds to and subtracts within one zone by the wall
    clock, which is an hour wrong over a change of summer time.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone: give an aware datetime")
    return moment.astimezone(UTC)


def deadline(
    started_at: datetime, time_limit: timedelta | None, extra: timedelta, closes_at: datetime | None
) -> datetime | None:
    """When an attempt is due: min(start + limit, close), each with the candidate's extra time; None if neither is set.

    Extra time counts beyond the closing too: it is granted because a candidate needs longer for the same work, and an
    exam that is held in one window would otherwise take it away again from those who start late. A negative extra is
    counted as none, for an accommodation never shortens an attempt. A sum beyond the calendar stops at its last moment.
    """
    extra = max(extra, timedelta(0))
    ends = []
    if time_limit is not None:
        ends.append(_later(utc(started_at), time_limit, extra))
    if closes_at is not None:
        ends.append(_later(utc(closes_at), extra))
    return min(ends, default=None)


def in_time(now: datetime, deadline_at: datetime | None, grace: timedelta) -> bool:
    """Whether what arrives at `now` counts: up to and including the deadline and its grace."""
    return deadline_at is None or utc(now) - utc(deadline_at) <= grace


def state_at(state: State, now: datetime, deadline_at: datetime | None, grace: timedelta) -> State:
    """The state that holds at `now`: an open attempt whose time is up is expired, whether or not a step says so yet."""
    if state is State.OPEN and not in_time(now, deadline_at, grace):
        return State.EXPIRED
    return state


def has_ended(state: State, now: datetime, deadline_at: datetime | None, grace: timedelta) -> bool:
    """Whether the candidate's access to the paper is over."""
    return state_at(state, now, deadline_at, grace) is not State.OPEN


def _later(moment: datetime, *spans: timedelta) -> datetime:
    try:
        return moment + sum(spans, timedelta(0))
    except OverflowError:
        return _END_OF_TIME

"""What the tests of exams share: statements as the database sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event

from hall import Hall


@pytest.fixture
def statements() -> Iterator[Callable[[Hall], list[str]]]:
    """`statements(hall)`: a list that grows with every statement to northwind's database from now on.

    On PostgreSQL with BEGIN, COMMIT and ROLLBACK, which travel there as statements too.
    """
    heard: list[tuple[Any, str, Any]] = []

    def listen(hall: Hall) -> list[str]:
        seen: list[str] = []
        engine = hall.app().engines[None]

        def hear(name: str, listener: Any) -> None:
            event.listen(engine, name, listener)
            heard.append((engine, name, listener))

        hear("before_cursor_execute", lambda _c, _cursor, text, *_: seen.append(text))
        if hall.engine == "postgresql":
            for name in ("begin", "commit", "rollback"):
                hear(name, lambda _connection, word=name: seen.append(word.upper()))
        return seen

    yield listen
    for engine, name, listener in heard:
        event.remove(engine, name, listener)

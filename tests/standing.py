"""Platforms that stand ready: making one and warming it up takes longer than most stories take to tell.

Tests that change no setting share one platform for each engine. What is shared is code: rules, views, compiled
templates and statements. All data is the test's own: its databases, its instance folder, its tenants' apps.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from examhall.extensions import limiter
from examhall.logs import init_logs
from examhall.settings import PROJECT, Settings, load_settings
from examhall.storage.rls import APP, OWNER
from hall import Hall, MakeHall
from servers import Postgres


@dataclass
class Standing:
    """A platform between two tests."""

    hall: Hall
    limits: dict[str, Any]
    listeners: list[int]
    lent: bool = False

    @classmethod
    def of(cls, settings: Settings, engine: str) -> Standing:
        """A platform made now."""
        hall = Hall(settings, engine)
        return cls(hall, vars(limiter).copy(), _listeners(hall))

    def lend(self) -> Hall:
        """A hall on the platform as if it had just been made; its databases are for the caller to lay."""
        self.lent = True
        settings, platform = self.hall.settings, self.hall.platform
        shutil.rmtree(settings.instance_folder, ignore_errors=True)
        for tenant in platform.directory:
            platform.live.evict(tenant.slug)
        # What making a platform sets for the whole process: a test may have made another one since
        vars(limiter).update(self.limits)
        init_logs(settings.log_level)
        return Hall(settings, self.hall.engine, platform)

    def take_back(self) -> None:
        """The test is over; its connections end. If it failed and still listens, the platform is lent to no other."""
        self.hall.dispose()
        self.lent = _listeners(self.hall) != self.listeners


def _listeners(hall: Hall) -> list[int]:
    engines = hall.platform.extensions["engines"]
    return [len(engines.of(tenant).dispatch.before_cursor_execute) for tenant in hall.platform.directory]


@contextmanager
def halls(request: pytest.FixtureRequest, folder: Path) -> Iterator[MakeHall]:
    """`make_hall` for as long as the context lasts; halls of their own keep their files in `folder`."""
    standing: dict[str, Standing] = request.getfixturevalue("standing")
    temporary: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    testing = load_settings({"EXAMHALL_ENV": "testing"})
    folders = count()
    ends = ExitStack()

    def make(engine: str = "sqlite", **changes: object) -> Hall:
        ready = standing.get(engine)
        stands = not changes and not (ready and ready.lent)
        name = f"standing_{os.getpid()}" if stands else f"test_{uuid4().hex}"
        instance = temporary.getbasetemp() / name if stands else folder / f"instance-{next(folders)}"
        values: dict[str, object] = {"instance_folder": instance, "tenants_folder": PROJECT / "tenants"}
        if engine == "postgresql":
            cluster: Postgres = request.getfixturevalue("postgres")
            ends.enter_context(cluster.database(request.getfixturevalue("postgres_template"), name))
            values |= {"database_url": cluster.url(name, user=APP), "owner_database_url": cluster.url(name, user=OWNER)}
        settings = Settings.model_validate(testing.model_dump() | values | changes)
        if stands:
            ready = standing[engine] = ready or Standing.of(settings, engine)
            hall = ready.lend()
            ends.callback(ready.take_back)
        else:
            hall = Hall(settings, engine)
            ends.callback(hall.dispose)
        if engine == "sqlite":
            engines = hall.platform.extensions["engines"]
            for tenant in hall.platform.directory:
                file = Path(engines.url_of(tenant).database)
                file.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(request.getfixturevalue("sqlite_template"), file)
        limiter.reset()
        return hall

    with ends:
        yield make

"""Platforms that stand ready: making one and warming it up takes longer than most stories take to tell.

Tests that change no setting share one platform for each engine. What is shared is code: rules, views, compiled
templates and statements. All data is the test's own: its databases, its instance folder, its tenants' apps.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

from examhall.extensions import limiter
from examhall.logs import init_logs
from examhall.settings import Settings
from hall import Hall


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

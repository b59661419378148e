"""`make bench`: what each main operation costs on both engines: SQL statements, bytes, CPU of server and database.

Calls go through the whole WSGI app in this process, so that host noise stays out: CPU time is this process's own plus
that of the PostgreSQL backends that served it. `BEGIN; SET LOCAL`, sent as one, and COMMIT count as statements. Beside
each call a fixed loop is timed: on a host that is shared all takes up to three times as long for a while, so the tables
also say what a call would have taken at the speed of the fastest loop ("quiet").
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url

from bench_questions import parsed_bodies, readers_and_graders
from examhall.app import create_app
from examhall.cli.bench_bank import AUTHOR, fill_bank
from examhall.cli.bench_data import ACCOUNTS, EXAMS, fill
from examhall.identity.passwords import matches, stand_in_hash
from examhall.settings import PROJECT, Settings, load_settings
from examhall.storage.migrate import migrate_database
from examhall.storage.rls import APP, OWNER, make_roles
from examhall.tenancy.apps import Platform, TenantApp
from examhall.tenancy.tenant import Tenant
from servers import Postgres, own_postgres

HOST = "http://northwind.localhost"
ROUNDS = 60
#: operation -> statements at most, bytes at most, CPU milliseconds aimed at
LIMITS = {
    "list of 50 exams": (6, 16 * 1024, 4.0),
    "start, paper of 40": (12, 32 * 1024, 6.0),
    "save one answer": (9, 500, 3.0),
    "submit and grade 40": (12, 500, 6.0),
    "review of 40": (8, 40 * 1024, 5.0),
    "sign-in": (8, 2 * 1024, 5.0),
}
#: Pages of the list of 20,000 questions: what they ask for. Each takes 4 statements; PostgreSQL's transaction adds its
#: BEGIN, which names the tenant, and its COMMIT.
PAGES = {
    "20,000: list": "",
    "20,000: next page": "page=2",
    "20,000: last changed": "order=-updated_at",
    "20,000: filter": "difficulty=hard&status=ready",
    "20,000: filter, none": "status=retired",
    "20,000: category": "category=area+3",
    "20,000: tag": "tag=rare",
    "20,000: changed since": "changed_since=2020-01-01",
    "20,000: search all": "q=what",
    "20,000: search tenth": "q=tenth",
    "20,000: search few": "q=%22what+is%22+rar",
    "20,000: search + tag": "q=what+is&tag=tenth&difficulty=easy",
}
LIMITS |= dict.fromkeys(PAGES, (6, 96 * 1024, 15.0))


@dataclass
class Meter:
    """Counts statements of one engine, and the CPU time of this process and of the database's backends."""

    engine: Engine
    pids: Callable[[], list[int]]
    statements: int = 0
    #: Operation to its calls: statements, bytes, CPU milliseconds, those of the loops beside it.
    samples: dict[str, list[tuple[int, int, float, float]]] = field(default_factory=dict)
    database: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        postgres = self.engine.dialect.name == "postgresql"

        def count(*_: object, **__: object) -> None:
            self.statements += 1

        event.listen(self.engine, "before_cursor_execute", count)
        if postgres:  # on SQLite reads need no transaction; BEGIN is a statement like any other
            event.listen(self.engine, "rollback", count)
        event.listen(self.engine, "commit", count)

    def run(self, name: str, calls: Iterator[Callable[[], Any]]) -> None:
        """Time each call; the first two warm up and are not counted."""
        before = self._backends()
        rows = []
        for number, call in enumerate(calls):
            self.statements = 0
            loop = _loop()
            began = time.process_time()
            response = call()
            took = time.process_time() - began
            loop = (loop + _loop()) / 2
            assert response.status_code < 300, (name, response.status_code, response.text[:300])
            if number >= 2:
                rows.append((self.statements, len(response.data), took * 1000, loop))
        self.samples[name] = rows
        self.database[name] = (self._backends() - before) * 1000 / (len(rows) + 2)

    def _backends(self) -> float:
        """CPU seconds of all processes of the database's server, the ended ones included in their parent's."""
        total = 0
        for pid in self.pids():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")

    def report(self, title: str, hash_ms: float) -> bool:
        """Print the table; False where a promised number of statements or bytes is missed."""
        print(f"\n{title}")
        print(f"{'operation':<22}{'SQL':>5}{'≤':>5}{'bytes':>9}{'≤':>8}{'CPU ms':>9}{'(db)':>7}{'quiet':>7}{'aim':>7}")
        kept, fastest = True, min(row[3] for rows in self.samples.values() for row in rows)
        for name, rows in self.samples.items():
            statements, size = max(row[0] for row in rows), max(row[1] for row in rows)
            most, largest, aim = LIMITS[name]
            database = self.database[name]
            cpu = mean(row[2] for row in rows) + database
            quiet = cpu * fastest / mean(row[3] for row in rows)
            aimed = f"{aim:.0f}" if name != "sign-in" else f"{hash_ms:.0f}+{aim:.0f}"
            mark = "" if statements <= most and size <= largest else "   ← over"
            kept = kept and not mark
            print(
                f"{name:<22}{statements:>5}{most:>5}{size:>9}{largest:>8}{cpu:>9.2f}{database:>7.2f}{quiet:>7.2f}"
                f"{aimed:>7}{mark}"
            )
        return kept


def _loop() -> float:
    """Milliseconds of CPU of a fixed piece of Python."""
    began = time.process_time()
    counts: dict[int, str] = {}
    for number in range(20_000):
        counts[number % 977] = f"{number}x"
    return (time.process_time() - began) * 1000


def measure(platform: Platform, engine: Engine, pids: Callable[[], list[int]], title: str) -> bool:
    """All operations of the candidates' day, each by another candidate."""
    meter = Meter(engine, pids)
    client = platform.test_client()
    _settle()

    def call(method: str, path: str, token: str = "", body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        extra = {} if body is None else {"json": body}
        return client.open(f"/api/v1{path}", method=method, base_url=HOST, headers=headers, **extra)

    def login(number: int) -> Any:
        return call("POST", "/auth/login", body={"email": ACCOUNTS[number][0], "password": ACCOUNTS[number][1]})

    with platform.tenant_app("northwind").app_context():
        began = time.process_time()
        for _ in range(10):
            matches(stand_in_hash(), "not the password at all")
        hash_ms = (time.process_time() - began) * 100
    meter.run("sign-in", (lambda n=n: login(n) for n in range(ROUNDS)))
    tokens = [login(number).json["access_token"] for number in range(ROUNDS)]
    exams = call("GET", f"/exams?page_size={EXAMS}", tokens[0]).json
    assert len(exams) == EXAMS
    exam = exams[0]["id"]
    meter.run("list of 50 exams", (lambda t=t: call("GET", f"/exams?page_size={EXAMS}", t) for t in tokens))
    with parsed_bodies() as parsed:
        meter.run("start, paper of 40", (lambda t=t: call("POST", f"/exams/{exam}/attempts", t) for t in tokens))
    sittings = [call("POST", f"/exams/{exam}/attempts", token).json for token in tokens]

    def answers(sitting: Any, first: int, last: int, seq: int) -> Any:
        chosen = sitting["paper"][first:last]
        return {
            "answers": [
                {"slot": slot["slot"], "response": {"choice": slot["options"][0]["id"]}, "seq": seq, "base": seq - 1}
                for slot in chosen
            ]
        }

    def save(token: str, sitting: Any, first: int, last: int, seq: int) -> Any:
        return call("PUT", f"/attempts/{sitting['id']}/answers", token, answers(sitting, first, last, seq))

    pairs = list(zip(tokens, sittings, strict=True))
    meter.run("save one answer", (lambda t=t, s=s: save(t, s, 0, 1, 1) for t, s in pairs))
    for token, sitting in pairs:
        assert save(token, sitting, 1, 40, 1).json["refused"] == []
    meter.run(
        "submit and grade 40", (lambda t=t, s=s: call("POST", f"/attempts/{s['id']}/submit", t) for t, s in pairs)
    )
    meter.run("review of 40", (lambda t=t, s=s: call("GET", f"/attempts/{s['id']}/result", t) for t, s in pairs))
    twice = len(parsed) - len(set(parsed))
    kept = meter.report(title, hash_ms) and not twice
    print(f"bodies parsed twice while {ROUNDS} papers of 40 were made: {twice} (≤ 0)" + ("   ← over" if twice else ""))
    return kept


def measure_bank(platform: Platform, engine: Engine, pids: Callable[[], list[int]], bank: UUID, title: str) -> bool:
    """The pages on which an author looks for questions."""
    meter = Meter(engine, pids)
    client = platform.test_client()
    _settle()
    login = {"email": AUTHOR[0], "password": AUTHOR[1]}
    token = client.post("/api/v1/auth/login", base_url=HOST, json=login).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    for name, query in PAGES.items():
        path = f"/manage/banks/{bank}/questions?{query}"
        meter.run(name, (lambda p=path: client.get(p, base_url=HOST, headers=headers) for _ in range(ROUNDS)))
    return meter.report(title, 0)


def _settle() -> None:
    """As `wsgi.py` does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000)


def settings_for(instance: Path, **changes: Any) -> Settings:
    """As production runs, but in a folder of its own."""
    base = load_settings({"EXAMHALL_ENV": "testing"}).model_dump()
    real = {
        "argon2_memory_kib": 19_456,
        "argon2_time_cost": 2,
        "log_level": "WARNING",
        "tenants_folder": PROJECT / "tenants",
    }
    return Settings.model_validate(
        base | real | {"instance_folder": instance, "address_limit": "1000000/minute"} | changes
    )


def on_sqlite(folder: Path) -> bool:
    """The embedded default."""
    platform = create_app(settings_for(folder))
    app = platform.tenant_app("northwind")
    engines = platform.extensions["engines"]
    migrate_database(engines.url_of(app.tenant))
    with app.app_context():
        fill()
    title = "SQLite, a file per tenant, synchronous=FULL"
    kept = measure(platform, engines.of(app.tenant), list, title)
    with app.app_context():
        bank = fill_bank()
    return measure_bank(platform, engines.of(app.tenant), list, bank, f"{title}: an author's pages") and kept


def on_postgres(folder: Path, cluster: Postgres) -> bool:
    """PostgreSQL with row level security and durable commits."""
    name = f"bench_{uuid4().hex[:8]}"
    cluster.execute(f"CREATE DATABASE {name}")
    superuser = create_engine(cluster.url(name), isolation_level="AUTOCOMMIT")
    with superuser.connect() as connection:
        make_roles(connection, name)
    superuser.dispose()
    migrate_database(make_url(cluster.url(name, user=OWNER)))
    platform = create_app(
        settings_for(folder, database_url=cluster.url(name, user=APP), owner_database_url=cluster.url(name, user=OWNER))
    )
    app = platform.tenant_app("northwind")
    with app.app_context():
        fill()
    cluster.execute("ANALYZE", database=name)

    def backends() -> list[int]:
        return [row[0] for row in cluster.execute(f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}'")]

    kept = measure(
        platform,
        platform.extensions["engines"].of(app.tenant),
        backends,
        "PostgreSQL, row level security, synchronous_commit=on",
    )
    with app.app_context():
        bank = fill_bank()
    cluster.execute("VACUUM ANALYZE", database=name)
    engine = platform.extensions["engines"].of(app.tenant)
    kept = measure_bank(platform, engine, backends, bank, "PostgreSQL: an author's pages") and kept
    platform.extensions["engines"].dispose()
    return kept


def a_thousand_tenants(folder: Path) -> bool:
    """What a tenant costs to create and to keep warm."""
    platform = create_app(settings_for(folder))
    pattern = next(iter(platform.directory))
    tenants = []
    for number in range(1000):
        values = pattern.settings.model_copy(update={"id": uuid4(), "hosts": (f"t{number}.example",)})
        tenants.append(Tenant(f"t{number}", pattern.folder / "none", values))
    TenantApp(platform, tenants[0])
    gc.collect()
    began = time.process_time()
    apps = [TenantApp(platform, tenant) for tenant in tenants]
    each_ms = time.process_time() - began
    del apps
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    apps = [TenantApp(platform, tenant) for tenant in tenants]
    for app in apps:
        for endpoint in ("api_login", "api_exams", "api_attempt", "api_answers"):
            app.view_functions[endpoint]
    gc.collect()
    each_kb = (tracemalloc.get_traced_memory()[0] - before) / 1024 / len(apps)
    tracemalloc.stop()
    kept = each_ms <= 1 and each_kb <= 30
    print(
        f"\na thousand tenants: {each_ms:.3f} ms to create one (≤ 1), {each_kb:.1f} KB each warm (≤ 30)"
        + ("" if kept else "   ← over")
    )
    return kept


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="examhall-bench-") as name:
        yield Path(name)


def main() -> int:
    """Run all of it; exit status 1 where a promised count is missed."""
    kept = []
    with _folder() as folder:
        kept.append(on_sqlite(folder))
    with own_postgres(durable=True) as cluster, _folder() as folder:
        kept.append(on_postgres(folder, cluster))
    with _folder() as folder:
        kept.append(a_thousand_tenants(folder))
    kept.append(readers_and_graders())
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())

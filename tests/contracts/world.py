"""Two tenants alike in one database: the same kinds of people and things in each, so that only ids tell them apart.

All tenants share one SQLite file here, which is what a missing `tenant_id` in a query needs to do harm.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examhall.extensions import db, limiter
from examhall.settings import PROJECT, load_settings
from hall import Api, Hall
from sitting import BODIES, body, compose, right_answer, save, started

HOME, AWAY = "northwind", "qalam"


@dataclass
class Side:
    """One tenant: its people's clients by name, and the ids of its things."""

    slug: str
    people: dict[str, Api]
    things: dict[str, str]
    tags: dict[str, str]


def side_of(hall: Hall, slug: str) -> Side:
    """One tenant with somebody of each role and a thing of each kind."""
    names = {"candidate": "candidate", "other candidate": "candidate"}
    roles = names | {role: role for role in ("author", "marker", "invigilator", "admin")}
    people = {name: hall.api(role, slug) for name, role in roles.items()}
    admin, candidate = people["admin"], people["candidate"]
    exam = compose(hall, slug, (*BODIES, "upload"))
    assert candidate.person is not None
    exam.assign(candidate.person)
    finished = started(exam, candidate)
    save(candidate, finished, *[{"slot": 1, "response": right_answer(finished["paper"][0]), "seq": 1}])
    assert candidate.post(f"/attempts/{finished['id']}/submit").status_code == 200
    attempt = started(exam, candidate)
    handed_up = {"slot": "6", "file": (io.BytesIO(b"mine"), "mine.txt")}
    file = candidate.post(f"/attempts/{attempt['id']}/files", data=handed_up, content_type="multipart/form-data").json
    draft = admin.post("/exams", {"title": "A draft", "description": ""}).json["id"]
    bank = people["author"].post("/banks", {"name": "Spare", "description": ""}).json["id"]
    asked = {"type": "true_false", "name": "Asked", "body": body("true_false")}
    question = admin.post(f"/banks/{bank}/questions", asked).json["id"]
    section = admin.post(f"/exams/{draft}/sections", {"title": "Part", "questions": [{"question_id": question}]})
    bell = {"file": (io.BytesIO(b"ID3\x04" + slug.encode()), "bell.mp3")}
    medium = admin.post("/media", data=bell, content_type="multipart/form-data").json["digest"]
    bystander = str(hall.person("candidate", slug).id)
    unused = admin.post(f"/exams/{draft}/assignments", {"user_id": bystander})
    category = admin.post(f"/banks/{bank}/categories", {"name": "Place"}).json["id"]
    faulty = {"file": (io.BytesIO(b"::One:: Is it? {T}\n\n::Two:: Which? {~a ~b"), "q.gift")}
    read = admin.post(f"/banks/{bank}/imports", data=faulty)
    bulk = admin.post(f"/banks/{bank}/bulk", {"action": "tag", "tag": "said", "ids": [question]}).json["id"]
    group = admin.post("/groups", {"name": "A class"}).json["id"]
    member = str(hall.person("candidate", slug).id)
    assert admin.post(f"/groups/{group}/members", {"user_ids": [member]}).status_code == 200
    things = {
        "import": read.json["id"],
        "exam": exam.id, "draft": draft, "bank": bank, "question": question, "section": section.json["id"],
        "assignment": unused.json["id"], "user": bystander, "attempt": attempt["id"], "finished": finished["id"],
        "group": group, "member": member, "category": category, "bulk": bulk,
        "file": file["id"], "medium": medium,
    }  # fmt: skip
    paths = {"draft": f"/exams/{draft}", "bank": f"/banks/{bank}", "question": f"/questions/{question}"}
    paths["group"] = f"/groups/{group}"
    paths["category"] = f"/categories/{category}"
    tags = {name: admin.get(path).headers["ETag"] for name, path in paths.items()}
    return Side(slug, people, things, tags)


def path_of(hall: Hall, endpoint: str, at: str, things: Mapping[str, str]) -> str:
    """The route's path; `at` names the things whose ids, or the words that, stand for its parts, in their order."""
    rule = next(hall.platform.url_map.iter_rules(endpoint)).rule
    names = iter(at.split() or ["css/base.css"])
    return re.sub(r"<[^>]+>", lambda _: things.get(name := next(names), name), rule)


class World:
    """Both sides, and the way back to where they began."""

    def __init__(self, root: Path, empty: Path) -> None:
        self.file = root / "all.sqlite"
        settings = {"tenants_folder": PROJECT / "tenants", "instance_folder": root, "log_level": "ERROR"}
        shared = {"database_url": f"sqlite:///{self.file}", "address_limit": "1000000/minute"}
        self.hall = Hall(load_settings({"EXAMHALL_ENV": "testing"}).model_copy(update=settings | shared), "sqlite")
        shutil.copy(empty, self.file)
        limiter.reset()
        self.home, self.away = (side_of(self.hall, slug) for slug in (HOME, AWAY))
        self._rest()
        self.kept = shutil.copy(self.file, root / "kept.sqlite")
        self._watch = self._look()

    def changed(self) -> bool:
        """Whether anything was committed since this was asked last; SQLite counts that for other connections."""
        before, self._seen = self._seen, self._watch.execute("PRAGMA data_version").fetchone()[0]
        return bool(before != self._seen)

    def restore(self) -> None:
        """Everything as it was in the beginning."""
        self._watch.close()
        self._rest()
        shutil.copy(self.kept, self.file)
        self._watch = self._look()
        limiter.reset()

    def rows_of(self, slug: str) -> str:
        """A digest of every row that a tenant has, in every table."""
        tenant = self.hall.app(slug).tenant.id.hex
        digest = hashlib.sha256()
        for table in db.metadata.sorted_tables:
            found = self._watch.execute(f"SELECT * FROM {table.name} WHERE tenant_id = ? ORDER BY 1, 2", (tenant,))
            digest.update(repr((table.name, found.fetchall())).encode())
        return digest.hexdigest()

    def close(self) -> None:
        self._watch.close()
        self.hall.dispose()

    def _rest(self) -> None:
        """Close every connection, so that the file alone holds everything."""
        self.hall.dispose()
        with closing(sqlite3.connect(self.file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for rest in ("-wal", "-shm"):
            Path(f"{self.file}{rest}").unlink(missing_ok=True)

    def _look(self) -> sqlite3.Connection:
        watch = sqlite3.connect(self.file, check_same_thread=False)
        self._seen: Any = watch.execute("PRAGMA data_version").fetchone()[0]
        return watch


@contextmanager
def standing_world(root: Path, empty: Path) -> Iterator[World]:
    """A world for a whole module of tests."""
    world = World(root, empty)
    yield world
    world.close()

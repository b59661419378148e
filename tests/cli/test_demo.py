"""`flask demo prepare`: what a newcomer finds on a fresh machine."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import Result

from examhall.bank.types import TYPES
from examhall.identity.roles import Role
from hall import PASSWORD, Api, Hall, MakeHall, Person

Flask = Callable[..., Result]


@pytest.fixture
def hall(make_hall: MakeHall, folder: Path) -> Hall:
    return make_hall("sqlite", tenants_folder=folder, environment="development", demo_accounts=True)


@dataclass
class Preparation:
    """What the command said and left in the instance folder."""

    folder: Path
    answer: Result | None = None


@pytest.fixture(scope="module")
def preparation(tmp_path_factory: pytest.TempPathFactory) -> Preparation:
    return Preparation(tmp_path_factory.mktemp("prepared") / "instance")


@pytest.fixture
def prepared(hall: Hall, flask: Flask, preparation: Preparation) -> Result:
    """The command's answer; it runs for the first test, and each later one has a copy of what it left."""
    if preparation.answer:
        shutil.copytree(preparation.folder, hall.settings.instance_folder, dirs_exist_ok=True)
        return preparation.answer
    for slug in ("northwind", "qalam"):
        Path(hall.app(slug).engines[None].url.database or "").unlink()
    answer = flask("demo", "prepare", env={"PORT": "8123"})
    assert answer.exit_code == 0, answer.output
    hall.dispose()  # with its last connection, all that SQLite has written is in the file
    shutil.copytree(hall.settings.instance_folder, preparation.folder)
    preparation.answer = answer
    return answer


def candidate(hall: Hall, slug: str) -> Api:
    return hall.api(Person(uuid4(), f"candidate@{slug}.example", Role.CANDIDATE, slug))


def test_the_end_of_it_says_where_to_go(prepared: Result) -> None:
    lines = [line.split() for line in prepared.output.splitlines()]
    assert ["northwind", "http://northwind.localhost:8123/", "http://127.0.0.1:8123/t/northwind/"] in lines
    assert ["qalam", "http://qalam.localhost:8123/", "http://127.0.0.1:8123/t/qalam/"] in lines
    for name in ("candidate", "author", "admin"):
        assert [f"{name}@qalam.example", PASSWORD] in lines


def test_everybody_can_sign_in_at_once(hall: Hall, prepared: Result) -> None:
    for slug in ("northwind", "qalam"):
        for role in Role:
            me = hall.api(Person(uuid4(), f"{role}@{slug}.example", role, slug)).get("/me").json
            assert (me["role"], me["must_change_password"]) == (role, False)


def test_the_first_exam_can_be_tried_to_its_result(hall: Hall, prepared: Result) -> None:
    for slug in ("northwind", "qalam"):
        api = candidate(hall, slug)
        exams = api.get("/exams").json
        assert len(exams) >= 4
        first = exams[0]
        # It comes first in whichever order a portal lists
        assert min(exams, key=lambda exam: exam["title"]) == min(exams, key=lambda exam: exam["opens_at"]) == first
        assert first["attempts_allowed"] == 5
        attempt: dict[str, Any] = api.post(f"/exams/{first['id']}/attempts").json
        paper = attempt["paper"]
        assert len(paper) == 10
        assert {question["type"] for question in paper} == {"single_choice"}
        answers = [
            {"slot": question["slot"], "seq": 1, "response": {"choice": question["options"][0]["id"]}}
            for question in paper
        ]
        saved = api.put(f"/attempts/{attempt['id']}/answers", {"answers": answers}).json
        assert len(saved["accepted"]) == 10
        assert api.post(f"/attempts/{attempt['id']}/submit").status_code == 200
        result = api.get(f"/attempts/{attempt['id']}/result").json
        assert result["released"] is True
        assert result["grade"]["max"] == "10"
        assert len(result["slots"]) == 10
        assert api.post(f"/exams/{first['id']}/attempts").status_code == 201


def test_there_is_one_exam_of_every_kind(hall: Hall, prepared: Result) -> None:
    author = hall.api(Person(uuid4(), "author@northwind.example", Role.AUTHOR, "northwind"))
    exams = [author.get(f"/exams/{exam['id']}").json for exam in author.get("/exams").json]
    assert {exam["state"] for exam in exams} == {"draft", "published"}
    assert any(exam["access_code"] for exam in exams)
    assert any(exam["time_limit_minutes"] for exam in exams)
    banks = author.get("/banks").json
    counts = {bank["name"]: bank["question_count"] for bank in banks}
    assert len(counts) == 3
    assert min(counts.values()) >= 10


@pytest.mark.parametrize(("slug", "title"), [("northwind", "Every type of question"), ("qalam", "كل أنواع الأسئلة")])
def test_one_exam_asks_a_question_of_each_type(hall: Hall, prepared: Result, slug: str, title: str) -> None:
    api = hall.api(Person(uuid4(), f"candidate@{slug}.example", Role.CANDIDATE, slug), slug)
    (exam,) = [exam for exam in api.get("/exams").json if exam["title"] == title]
    attempt = api.post(f"/exams/{exam['id']}/attempts")
    assert attempt.status_code == 201, attempt.text
    assert {slot["type"] for slot in attempt.json["paper"]} == set(TYPES)


def test_again_it_changes_nothing_and_is_quick(hall: Hall, flask: Flask, prepared: Result) -> None:
    database = Path(hall.app().engines[None].url.database or "")
    hall.dispose()  # the last connection folds the log into the file
    before = database.read_bytes()
    began = time.perf_counter()
    again = flask("demo", "prepare")
    assert time.perf_counter() - began < 1.5
    assert again.exit_code == 0
    assert again.output.startswith("\nPORTAL")
    hall.dispose()
    assert database.read_bytes() == before


def test_what_was_interrupted_is_completed(hall: Hall, flask: Flask, prepared: Result) -> None:
    admin = hall.api(Person(uuid4(), "admin@northwind.example", Role.ADMIN, "northwind"))
    (exam,) = [exam for exam in admin.get("/exams").json if "level 3" in exam["title"]]
    assert admin.delete(f"/exams/{exam['id']}").status_code == 204
    again = flask("demo", "prepare").output.splitlines()
    assert again[0] == "northwind: exam Workplace safety, level 3"
    assert again[1] == ""


def test_only_development_makes_accounts_with_a_published_password(make_hall: MakeHall) -> None:
    hall = make_hall("sqlite")
    answer = hall.platform.test_cli_runner().invoke(args=["demo", "prepare"])
    assert answer.exit_code == 1
    assert "published password" in answer.output
    assert hall.api().post("/auth/login", {"email": "admin@northwind.example", "password": PASSWORD}).status_code == 401


def test_a_bank_that_is_wrong_is_told_with_its_line(hall: Hall, flask: Flask, folder: Path) -> None:
    (folder / "qalam" / "banks" / "more.gift").write_text("Two and two? {=4", "utf-8")
    answer = flask("demo", "prepare")
    assert answer.exit_code == 1
    assert "more.gift: line 1: " in answer.output


def test_a_developer_s_own_tenant_gets_people(hall: Hall, flask: Flask, folder: Path) -> None:
    created = flask("tenants", "create", "acme", "--name", "Acme", "--host", "acme.localhost", "--locale", "en",
                    "--time-zone", "UTC")  # fmt: skip
    assert created.exit_code == 0
    assert flask("demo", "prepare").exit_code == 0
    assert candidate(hall, "acme").get("/exams").json == []

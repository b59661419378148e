"""`flask bank …`: files into a bank and out of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result

from bank.factories import BankFactory, QuestionFactory, gift
from examhall.bank.filing import categories
from examhall.bank.formats import CategoryInfo
from examhall.bank.models import Category
from examhall.bank.reading import question_count
from examhall.extensions import db
from examhall.storage.records import tenant_id
from examhall.storage.transactions import writing
from hall import Hall, MakeHall

Flask = Callable[..., Result]


@pytest.fixture(params=["sqlite", "postgresql"])
def hall(request: pytest.FixtureRequest, make_hall: MakeHall, folder: Path) -> Hall:
    return make_hall(request.param, tenants_folder=folder)


@pytest.fixture
def bank(hall: Hall) -> Any:
    with hall.inside():
        return BankFactory(name="Sums").id


def written(folder: Path, name: str, text: str) -> str:
    file = folder.parent / name
    file.write_text(text, "utf-8")
    return str(file)


def test_files_are_checked_imported_and_exported(hall: Hall, flask: Flask, folder: Path, bank: Any) -> None:
    first, second = written(folder, "a.txt", gift(3)), written(folder, "b.txt", gift(2, 3))
    checked = flask("bank", "check", "northwind", "Sums", first, second)
    assert checked.exit_code == 0, checked.output
    assert "a.txt: gift, 3 questions, 0 errors" in checked.output
    with hall.inside():
        assert question_count(bank) == 0
    done = flask("bank", "import", "northwind", str(bank), first, second, "--duplicates", "skip", "--category", "new")
    assert done.exit_code == 0, done.output
    assert "a.txt: 3 added, 0 new versions, 0 as they were, 0 left out" in done.output
    assert "duplicate: Sum 3: id: Sum 3" in done.output
    assert "b.txt: 1 added, 0 new versions, 0 as they were, 1 left out" in done.output
    out = folder.parent / "out.json"
    exported = flask("bank", "export", "northwind", "Sums", str(out))
    assert exported.exit_code == 0, exported.output
    assert "4 questions in out.json" in exported.output
    questions = json.loads(out.read_text("utf-8"))["questions"]
    assert [(one["name"], one["category"]) for one in questions] == [(f"Sum {n}", "new") for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("name", ["examhall", "moodle_xml"])
def test_what_categories_say_goes_along(hall: Hall, flask: Flask, folder: Path, bank: Any, name: str) -> None:
    with hall.inside(), writing():
        categories.place(bank, ["Sums/Long"], [CategoryInfo("Sums", "top-1", "All of it")])
        QuestionFactory(bank_id=bank, category="Sums/Long")
        other = BankFactory(name="Other").id
    out = folder.parent / "out"
    done = flask("bank", "export", "northwind", str(bank), str(out), "--format", name)
    assert done.exit_code == 0, done.output
    done = flask("bank", "import", "northwind", str(other), str(out))
    assert done.exit_code == 0, done.output
    with hall.inside():
        kept = db.session.scalars(
            sa.select(Category).where(Category.tenant_id == tenant_id(), Category.bank_id == other)
        )
        assert {one.path: (one.external_id, one.description) for one in kept} == {
            "Sums": ("top-1", "All of it"), "Sums/Long": ("", "")}  # fmt: skip


def test_what_is_wrong_is_told_line_by_line_and_not_imported(hall: Hall, flask: Flask, folder: Path, bank: Any) -> None:
    file = written(folder, "faulty.txt", "::One::Is it? {T}\n\n::Two::Which? {=a ~b\n")
    for command in ("check", "import"):
        answer = flask("bank", command, "northwind", "Sums", file)
        assert answer.exit_code == 1
        assert "  error: line 3: " in answer.output
    with hall.inside():
        assert question_count(bank) == 0
    sound = flask("bank", "import", "northwind", "Sums", file, "--leave-out-faulty", "--status", "draft")
    assert sound.exit_code == 0, sound.output
    with hall.inside():
        assert question_count(bank) == 1


def test_what_can_not_be_read_or_found_is_told(flask: Flask, folder: Path, bank: Any) -> None:
    empty = written(folder, "empty.txt", "")
    answer = flask("bank", "check", "northwind", "Sums", empty)
    assert (answer.exit_code, "Nothing in this file tells its format" in answer.output) == (1, True)
    nowhere = flask("bank", "check", "northwind", "Products", empty)
    assert (nowhere.exit_code, "northwind has: Sums" in nowhere.output) == (2, True)
    assert flask("bank", "check", "nobody", "Sums", empty).exit_code == 2
    assert flask("bank", "check", "northwind", "Sums", "/nowhere").exit_code == 2


def test_losses_are_told_and_can_forbid_the_export(hall: Hall, flask: Flask, folder: Path, bank: Any) -> None:
    with hall.inside():
        QuestionFactory(bank_id=bank, name="Pi", type="numeric")
    out = folder.parent / "out.txt"
    strict = flask("bank", "export", "northwind", "Sums", str(out), "--format", "aiken", "--strict")
    assert (strict.exit_code, out.exists()) == (1, False)
    assert "  loss: " in strict.output
    assert flask("bank", "export", "northwind", "Sums", str(out), "--format", "aiken").exit_code == 0
    assert out.exists()

"""The first wall alone: without the guard and without the database's help, views still begin at their tenant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from examhall import models
from examhall.extensions import db
from examhall.storage.scope_guard import refuse_foreign, refuse_unscoped
from hall import Hall, MakeHall


@pytest.fixture
def hall(make_hall: MakeHall) -> Iterator[Hall]:
    hall = make_hall("sqlite", database_url="sqlite:///{instance}/shared.sqlite")
    event.remove(Session, "do_orm_execute", refuse_unscoped)
    event.remove(Session, "before_flush", refuse_foreign)
    yield hall
    event.listen(Session, "do_orm_execute", refuse_unscoped)
    event.listen(Session, "before_flush", refuse_foreign)


def test_the_other_walls_are_down(hall: Hall) -> None:
    hall.person("candidate")
    hall.person("candidate", "qalam")
    with hall.inside():
        assert len(db.session.scalars(sa.select(models.User)).all()) == 2


def test_lists_show_the_tenant_s_own(hall: Hall) -> None:
    for slug in ("northwind", "qalam"):
        with hall.inside(slug, write=True):
            db.session.add_all([models.Bank(name=f"Bank of {slug}"), models.Exam(title=f"Exam of {slug}")])
    admin = hall.api("admin")
    hall.person("candidate", "qalam", email="somebody@qalam.example")
    for path in ("/users", "/users?q=somebody", "/banks", "/exams"):
        answer = admin.get(path)
        assert answer.status_code == 200, path
        assert "qalam" not in answer.text, path
    assert [bank["name"] for bank in admin.get("/banks").json] == ["Bank of northwind"]


def test_a_foreign_id_looks_like_an_absent_one(hall: Hall) -> None:
    foreign = hall.person("candidate", "qalam")
    with hall.inside("qalam", write=True):
        bank, exam = models.Bank(name="B"), models.Exam(title="E")
        db.session.add_all([bank, exam])
    admin = hall.api("admin")
    for path in (f"/users/{foreign.id}", f"/banks/{bank.id}", f"/exams/{exam.id}", f"/banks/{bank.id}/questions"):
        assert admin.get(path).status_code == 404, path
    answer = admin.patch(f"/users/{foreign.id}", {"name": "Renamed"}, headers={})
    assert answer.status_code == 404
    with hall.inside("qalam"):
        names = sa.select(models.User.name).where(models.User.id == foreign.id)
        assert db.session.scalars(names).one() != "Renamed"

"""The second wall alone: two tenants in one SQLite file, so that nothing but the guard stands between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from examhall.extensions import db
from examhall.identity.models import User, UserSession
from examhall.storage.records import new_id
from examhall.storage.scope_guard import ScopeError
from examhall.storage.transactions import writing
from hall import Hall, MakeHall

USERS, SESSIONS = User.__table__, UserSession.__table__


OTHERS = USERS.alias("others")


@pytest.fixture
def hall(make_hall: MakeHall) -> Hall:
    return make_hall("sqlite", database_url="sqlite:///{instance}/shared.sqlite")


@pytest.fixture
def tenants(hall: Hall) -> tuple[UUID, UUID]:
    """Own and foreign tenant's id; each has one person."""
    hall.person("admin", email="own@northwind.example")
    hall.person("admin", "qalam", email="foreign@qalam.example")
    return hall.app("northwind").tenant.id, hall.app("qalam").tenant.id


UNSCOPED: dict[str, Callable[[UUID, UUID], Any]] = {
    "every entity": lambda own, foreign: sa.select(User),
    "every column": lambda own, foreign: sa.select(User.email),
    "a core table": lambda own, foreign: sa.select(USERS.c.email),
    "a count": lambda own, foreign: sa.select(sa.func.count()).select_from(User),
    "another's": lambda own, foreign: sa.select(User).where(User.tenant_id == foreign),
    "own or another's": lambda own, foreign: sa.select(User).where(
        sa.or_(User.tenant_id == own, User.tenant_id == foreign)
    ),
    "own or with a name": lambda own, foreign: sa.select(User).where(sa.or_(User.tenant_id == own, User.name != "")),
    "all but own": lambda own, foreign: sa.select(User).where(sa.not_(User.tenant_id == own)),
    "not own and named": lambda own, foreign: sa.select(User).where(
        sa.not_(sa.and_(User.tenant_id == own, User.name == ""))
    ),
    "own as a column": lambda own, foreign: sa.select(User.email, User.tenant_id == own),
    "in a list": lambda own, foreign: sa.select(User).where(User.tenant_id.in_([own, foreign])),
    "a join that forgets the second": lambda own, foreign: (
        sa.select(User).join(UserSession, UserSession.user_id == User.id).where(User.tenant_id == own)
    ),
    "an outer join that holds the wrong side": lambda own, foreign: sa.select(User).outerjoin(
        UserSession, sa.and_(UserSession.tenant_id == User.tenant_id, UserSession.tenant_id == own)
    ),
    "an outer join of core tables": lambda own, foreign: sa.select(USERS.c.email).select_from(
        USERS.outerjoin(SESSIONS, sa.and_(SESSIONS.c.tenant_id == USERS.c.tenant_id, USERS.c.tenant_id == own))
    ),
    "a subquery that forgets": lambda own, foreign: sa.select(User).where(
        User.tenant_id == own, sa.exists(sa.select(UserSession.id))
    ),
    "the same table once more under another name": lambda own, foreign: (
        sa.select(OTHERS.c.email).join(USERS, USERS.c.role == OTHERS.c.role).where(USERS.c.tenant_id == own)
    ),
    "a name of a table in a subquery": lambda own, foreign: sa.select(User).where(
        User.tenant_id == own, sa.exists(sa.select(OTHERS.c.id))
    ),
    "an update": lambda own, foreign: sa.update(User).values(name="x"),
    "a core update": lambda own, foreign: sa.update(USERS).values(name="x"),
    "a delete": lambda own, foreign: sa.delete(User).where(User.tenant_id == foreign),
    "an insert for another": lambda own, foreign: sa.insert(USERS).values(tenant_id=foreign, id=new_id()),
    "an insert for nobody": lambda own, foreign: sa.insert(USERS).values(id=new_id()),
}
SCOPED: dict[str, Callable[[UUID, UUID], Any]] = {
    "own": lambda own, foreign: sa.select(User.email).where(User.tenant_id == own),
    "own the other way round": lambda own, foreign: sa.select(User.email).where(sa.literal(own) == User.tenant_id),
    "a join whose columns were replaced, as for a count": lambda own, foreign: (
        sa.select(User.id, UserSession.kind)
        .outerjoin(UserSession, sa.and_(UserSession.tenant_id == User.tenant_id, UserSession.user_id == User.id))
        .where(User.tenant_id == own)
        .with_only_columns(User.email, maintain_column_froms=True)
    ),
    "own, and one of two": lambda own, foreign: sa.select(User.email).where(
        User.tenant_id == own, sa.or_(User.name == "x", User.active)
    ),
    "a table held by another": lambda own, foreign: (
        sa.select(User.email)
        .outerjoin(UserSession, sa.and_(UserSession.tenant_id == User.tenant_id, UserSession.user_id == User.id))
        .where(User.tenant_id == own)
    ),
    "an inner join that holds both": lambda own, foreign: sa.select(User.email).where(
        User.tenant_id.in_(
            sa.select(USERS.c.tenant_id).select_from(
                USERS.join(OTHERS, sa.and_(OTHERS.c.tenant_id == USERS.c.tenant_id, OTHERS.c.tenant_id == own))
            )
        ),
        User.tenant_id == own,
    ),
    "an alias": lambda own, foreign: (lambda people: sa.select(people.c.email).where(people.c.tenant_id == own))(
        USERS.alias()
    ),
    "a subquery in a choice": lambda own, foreign: sa.select(User.email).where(
        User.tenant_id == own,
        sa.or_(User.active, sa.exists(sa.select(UserSession.id).where(UserSession.tenant_id == own))),
    ),
    "a cte": lambda own, foreign: (lambda mine: sa.select(mine.c.email))(
        sa.select(User.email).where(User.tenant_id == own).cte()
    ),
    "no table at all": lambda own, foreign: sa.select(sa.literal("own@northwind.example")),
}


@pytest.mark.parametrize("name", UNSCOPED)
def test_what_would_reach_beyond_the_tenant_raises(hall: Hall, tenants: tuple[UUID, UUID], name: str) -> None:
    with hall.inside(), pytest.raises(ScopeError), writing() as session:
        session.execute(UNSCOPED[name](*tenants))


@pytest.mark.parametrize("name", SCOPED)
def test_what_stays_with_the_tenant_passes(hall: Hall, tenants: tuple[UUID, UUID], name: str) -> None:
    with hall.inside():
        assert db.session.scalars(SCOPED[name](*tenants)).all() == ["own@northwind.example"]


@pytest.mark.parametrize("name", sorted(SCOPED.keys() - {"no table at all"}))
def test_a_form_that_passed_is_no_pass_for_another_tenant(hall: Hall, tenants: tuple[UUID, UUID], name: str) -> None:
    own, foreign = tenants
    with hall.inside():
        for _ in range(2):  # the second time by what is remembered of the first
            assert db.session.scalars(SCOPED[name](own, foreign)).all() == ["own@northwind.example"]
        with pytest.raises(ScopeError):
            db.session.scalars(SCOPED[name](foreign, own))
    with hall.inside("qalam"), pytest.raises(ScopeError):
        db.session.scalars(SCOPED[name](own, foreign))


def test_a_form_is_held_by_its_own_values_alone(hall: Hall, tenants: tuple[UUID, UUID]) -> None:
    """Where the tenant's id also stands for something else, that place alone holds nothing."""
    own, foreign = tenants

    def people(tenant: UUID, person: UUID) -> Any:
        return sa.select(User.email).where(User.tenant_id == tenant, User.id == person)

    with hall.inside():
        db.session.scalars(people(own, own))
        with pytest.raises(ScopeError):
            db.session.scalars(people(foreign, own))
        named = sa.select(User.email).where(User.tenant_id == sa.bindparam("tenant"))
        assert db.session.scalars(named, {"tenant": own}).all() == ["own@northwind.example"]
        with pytest.raises(ScopeError):
            db.session.scalars(named, {"tenant": foreign})


def test_a_statement_that_is_made_once_is_held_each_time(hall: Hall, tenants: tuple[UUID, UUID]) -> None:
    own, foreign = tenants
    made = sa.select(User.email).where(User.tenant_id == sa.bindparam("tenant"))
    whole = sa.select(User.email).where(User.tenant_id == own)
    with hall.inside():
        for _ in range(3):  # read, known by its form, known by itself
            assert db.session.scalars(made, {"tenant": own}).all() == ["own@northwind.example"]
            assert db.session.scalars(whole).all() == ["own@northwind.example"]
        for unheld in ({"tenant": foreign}, {"tenant": None}, {}):
            with pytest.raises(ScopeError):
                db.session.scalars(made, unheld)
    with hall.inside("qalam"):
        assert db.session.scalars(made, {"tenant": foreign}).all() == ["foreign@qalam.example"]
        for statement, values in ((made, {"tenant": own}), (whole, {})):
            with pytest.raises(ScopeError):
                db.session.scalars(statement, values)


def test_many_rows_of_which_one_is_another_s_raise(hall: Hall, tenants: tuple[UUID, UUID]) -> None:
    rows = [
        {
            "tenant_id": tenant, "id": new_id(), "email": f"{tenant}@example.org", "name": "x", "role": "admin",
            "password_hash": "-", "must_change_password": False, "active": True, "epoch": 1,
        }
        for tenant in tenants
    ]  # fmt: skip
    with hall.inside(), pytest.raises(ScopeError), writing() as session:
        session.execute(sa.insert(User), rows)


def test_a_record_of_another_tenant_is_not_flushed(hall: Hall, tenants: tuple[UUID, UUID]) -> None:
    _own, foreign = tenants
    with hall.inside("qalam"):
        theirs = db.session.scalars(sa.select(User).where(User.tenant_id == foreign)).one()
        db.session.expunge(theirs)
    for change in (
        lambda session: session.add(User(tenant_id=foreign, email="x", name="x", role="admin", password_hash="-")),
        lambda session: (session.add(theirs), setattr(theirs, "name", "Changed")),
        lambda session: session.delete(theirs),
    ):
        with hall.inside(), pytest.raises(ScopeError), writing() as session:
            change(session)  # flushed with the commit


def test_a_new_record_belongs_to_the_tenant_that_makes_it(hall: Hall, tenants: tuple[UUID, UUID]) -> None:
    with hall.inside("qalam", write=True) as app:
        user = User(email="new@qalam.example", name="x", role="admin", password_hash="-")
        db.session.add(user)
        db.session.flush()
        assert user.tenant_id == app.tenant.id == tenants[1]

"""`flask demo …`: a hall to look at, with people, questions and exams."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import click
import sqlalchemy as sa

from examhall.bank.content.media import store
from examhall.bank.exchange.importing import import_questions, read
from examhall.bank.formats import Import, archive, examhall_json
from examhall.bank.models import Bank, Question
from examhall.bank.operations import create_bank, pool
from examhall.cli import bench_data
from examhall.cli.commands import Commands, show_table, the_engines, the_platform
from examhall.cli.demo_plan import PASSWORD, PLAIN, PLANS, ExamPlan, TenantPlan
from examhall.clock import now
from examhall.errors import ConfigurationError
from examhall.exams.models import Exam, ExamState
from examhall.exams.operations import add_section, assign, assign_all, create_exam, update_exam
from examhall.extensions import db
from examhall.identity.models import User
from examhall.identity.operations import create_user
from examhall.identity.roles import Role
from examhall.settings import Settings
from examhall.storage.migrate import head, migrate, revision_of
from examhall.storage.records import tenant_id
from examhall.storage.transactions import writing
from examhall.tenancy.demonstration import leave_mark
from examhall.tenancy.tenant import Tenant

demo = Commands("demo", help="Demonstration: people, questions and exams of the example tenants.")


@demo.command("prepare")
def prepare() -> None:
    """Make what is missing of the demonstration in every tenant, and print where to go. What is there stays."""
    platform = the_platform()
    if not platform.settings.demo_accounts:
        raise click.ClickException(
            "demonstration accounts have a published password and are for development: set EXAMHALL_ENV=development"
        )
    tenants = list(platform.directory)
    with _quiet():
        for tenant in tenants:
            plan = PLANS.get(tenant.slug, PLAIN)
            leave_mark(platform.settings, tenant.slug)
            _migrate(tenant)
            with platform.tenant_app(tenant.slug).app_context():  # which makes the secrets
                for made in _fill(tenant, plan):
                    click.echo(f"{tenant.slug}: {made}")
    _show(tenants, platform.settings)


@demo.command("bench")
@click.option("--tenant", "slug", required=True, help="Slug of the tenant that gets the data; take one for this alone.")
def bench(slug: str) -> None:
    """Make what `make bench` measures with: a bank of 200 questions, 50 exams and 500 candidates."""
    platform = the_platform()
    if platform.settings.environment == "production":
        raise click.ClickException("500 people with a published password are no part of production")
    tenant = platform.directory.by_slug.get(slug)
    if tenant is None:
        raise click.ClickException(f"there is no tenant {slug!r}; `flask tenants list` shows them")
    _migrate(tenant)
    with _quiet(), platform.tenant_app(slug).app_context():
        if bench_data.is_filled():
            click.echo(f"{slug}: the data is there already")
            return
        bench_data.fill()
    click.echo(
        f"{slug}: {bench_data.QUESTIONS} questions, {bench_data.EXAMS} exams, {bench_data.CANDIDATES} candidates"
    )
    click.echo(f"they are {bench_data.ACCOUNTS[0][0]} and so on, with the password {bench_data.PASSWORD}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave the trail of single writes out of the progress that is shown."""
    audit = logging.getLogger("examhall.audit")
    audit.disabled = True
    yield
    audit.disabled = False


def _migrate(tenant: Tenant) -> None:
    if revision_of(the_engines().url_of(tenant, owner=True)) != head():
        for _ in migrate(the_engines(), [tenant]):
            click.echo(f"{tenant.slug}: database at revision {head()}")


def _fill(tenant: Tenant, plan: TenantPlan) -> Iterator[str]:
    """Make people, banks and exams that are missing, each whole or not at all, and tell of each."""
    people = dict(db.session.execute(sa.select(User.email, User.id).where(User.tenant_id == tenant_id())).all())
    banks = dict(db.session.execute(sa.select(Bank.name, Bank.id).where(Bank.tenant_id == tenant_id())).all())
    titles = set(db.session.scalars(sa.select(Exam.title).where(Exam.tenant_id == tenant_id())))
    db.session.rollback()
    roles = [(role.value, name, role) for role, name in plan.staff.items()]
    roles += [(address, name, Role.CANDIDATE) for address, name in plan.candidates.items()]
    for address, name, role in roles:
        email = _address(tenant, address)
        if email not in people:
            people[email] = create_user(email, name, role, PASSWORD)[0].id
            yield f"{role.value} {email}"
    bank_of = {}
    for file in sorted((tenant.folder / "banks").glob("*.gift")):
        name = _title(file)
        if name not in banks:
            banks[name], count = _import(file, name)
            yield f"{count} questions from {file.name}"
        bank_of[file.stem] = banks[name]
    for folder in sorted(path.parent for path in (tenant.folder / "banks").glob(f"*/{examhall_json.CONTENT}")):
        title, parsed = _unpacked(folder)
        if title not in banks:
            banks[title], count = _put(title, parsed)
            yield f"{count} questions from {folder.name}/"
        bank_of[folder.name] = banks[title]
    moment = now().replace(minute=0, second=0, microsecond=0)
    for exam in plan.exams:
        if exam.title not in titles:
            _compose(exam, bank_of[exam.bank], people[_address(tenant, plan.slower)], moment)
            yield f"exam {exam.title}"


def _address(tenant: Tenant, name: str) -> str:
    return f"{name}@{tenant.slug}.example"


def _title(file: Path) -> str:
    """What the first comment of a GIFT file says that it is about; else the file's name."""
    first, _, _ = file.read_text("utf-8").partition("\n")
    about = first.removeprefix("//").strip().rpartition(": ")[2].rstrip(".")
    return about[:1].upper() + about[1:] if first.startswith("//") and about else file.stem


def _unpacked(folder: Path) -> tuple[str, Import]:
    """Title and questions of a folder that holds what an Examhall archive does."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.*"))}
    title = json.loads(files[examhall_json.CONTENT])["title"]
    return title, read(archive.write(files), examhall_json.FORMAT.name)


def _import(file: Path, name: str) -> tuple[UUID, int]:
    parsed = read(file.read_bytes())
    if parsed.errors:
        raise ConfigurationError.together(
            [ConfigurationError(file, f"line {error.line}", error.text % dict(error.params)) for error in parsed.errors]
        )
    return _put(name, parsed)


def _put(name: str, parsed: Import) -> tuple[UUID, int]:
    with writing():
        for medium in parsed.media.values():
            store(medium.name, medium.data)
        bank = create_bank(name)
        import_questions(bank.id, parsed.questions)
    return bank.id, len(parsed.questions)


def _compose(plan: ExamPlan, bank_id: UUID, slower: UUID, moment: datetime) -> None:
    with writing():
        exam = create_exam(
            title=plan.title, description=plan.description, opens_at=moment + plan.opens, **plan.settings
        )
        if plan.whole:
            everything = sa.select(Question.id).where(Question.tenant_id == tenant_id(), Question.bank_id == bank_id)
            ids = db.session.scalars(everything.order_by(Question.id))
            add_section(exam, questions=[{"question_id": id, "points": Decimal(1)} for id in ids])
        if plan.choices:
            choices = [question.question_id for question in pool(bank_id) if question.type == "single_choice"]
            spread = choices[:: len(choices) // plan.choices][: plan.choices]
            add_section(exam, questions=[{"question_id": id, "points": Decimal(1)} for id in spread])
        for draw in plan.draws:
            add_section(
                exam, title=draw.title,
                draw={"bank_id": bank_id, "count": draw.count, "category": draw.category, "tag": "",
                      "points": Decimal(draw.points)},
            )  # fmt: skip
        if plan.published:
            if "time_limit_minutes" in plan.settings:
                assign(exam.id, [slower], extra_minutes=15)
            assign_all(exam.id)
            update_exam(exam, state=ExamState.PUBLISHED)


def _show(tenants: list[Tenant], settings: Settings) -> None:
    port = os.environ.get("PORT", "8000")
    click.echo()
    show_table(
        ("PORTAL", "ADDRESS", "WHERE THAT NAME DOES NOT RESOLVE"),
        [
            (tenant.slug, f"http://{tenant.settings.hosts[0]}:{port}/", f"http://127.0.0.1:{port}/t/{tenant.slug}/")
            for tenant in tenants
        ],
    )
    click.echo()
    show_table(
        ("ACCOUNT", "PASSWORD"),
        [(_address(tenant, name), PASSWORD) for tenant in tenants for name in ("candidate", "author", "admin")],
    )
    codes = [
        (exam.title, exam.settings["access_code"])
        for tenant in tenants
        for exam in PLANS.get(tenant.slug, PLAIN).exams
        if "access_code" in exam.settings
    ]
    if codes:
        click.echo()
        show_table(("EXAM", "ACCESS CODE"), codes)
    click.echo()

"""`flask bank …`: files into a bank and out of it, with the same readers and reports as in the portal."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click
import sqlalchemy as sa

from examhall.bank.exchange import importing, imports
from examhall.bank.exchange.exporting import Chosen, export
from examhall.bank.formats import Message
from examhall.bank.formats.folder import Lost, Report
from examhall.bank.formats.registry import READ, WRITTEN
from examhall.bank.models import Bank, ImportJob, ImportState, Status
from examhall.cli.commands import Commands, tenant_named, the_platform
from examhall.errors import Problem
from examhall.extensions import db
from examhall.storage.records import tenant_id

bank = Commands("bank", help="Question banks: check, import, export.")

#: Seconds between two looks at a reader.
PAUSE = 0.2
FILES = click.Path(exists=True, dir_okay=False, path_type=Path)
READS = click.option("--format", "format_", type=click.Choice(READ), help="Without it the file's content tells.")


class _File:
    """A file of the operator's, as imports take it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def save(self, dst: Path) -> None:
        shutil.copyfile(self.path, dst)


@bank.command("check")
@click.argument("slug")
@click.argument("name")
@click.argument("files", nargs=-1, required=True, type=FILES)
@READS
def check(slug: str, name: str, files: tuple[Path, ...], format_: str | None) -> None:
    """Tell what files would bring into a bank, and write nothing. Exit status 1 if anything in them is wrong.

    SLUG is the tenant's, NAME the name or the id of its bank.
    """
    faulty = 0
    with _bank(slug, name) as found:
        for file in files:
            with _read(found, file, imports.Options(format=format_ or "")) as (job, report):
                faulty += _tell(file, job, report)
    if faulty:
        raise click.ClickException(f"{faulty} errors; mend them before you import")


@bank.command("import")
@click.argument("slug")
@click.argument("name")
@click.argument("files", nargs=-1, required=True, type=FILES)
@READS
@click.option("--duplicates", type=click.Choice(["add", "skip", "new_version"]), default="add", show_default=True,
              help="What becomes of questions that the bank has already.")  # fmt: skip
@click.option("--category", default="", help="Category below which all are filed.")
@click.option("--status", type=click.Choice([status.value for status in Status]), help="The status that all get.")
@click.option("--leave-out-faulty", is_flag=True, help="Import the sound questions of a faulty file.")
def import_(
    slug: str, name: str, files: tuple[Path, ...], format_: str | None, duplicates: imports.Duplicates, category: str,
    status: str | None, leave_out_faulty: bool,
) -> None:  # fmt: skip
    """Import files into a bank, each whole or not at all. Exit status 1 if one of them could not be imported.

    SLUG is the tenant's, NAME the name or the id of its bank.
    """
    options = imports.Options(
        format=format_ or "", duplicates=duplicates, category=category, leave_out_faulty=leave_out_faulty,
        status=Status(status) if status else None,
    )  # fmt: skip
    refused = []
    with _bank(slug, name) as found:
        for file in files:
            with _read(found, file, options) as (job, report):
                if _tell(file, job, report) and not leave_out_faulty:
                    refused.append(file.name)
                else:
                    done = importing.commit(job).found
                    click.echo(f"{file.name}: {done['added']} added, {done['versions']} new versions, "
                               f"{done['unchanged']} as they were, {done['skipped']} left out")  # fmt: skip
    if refused:
        raise click.ClickException(f"not imported: {', '.join(refused)}")


@bank.command("export")
@click.argument("slug")
@click.argument("name")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--format", "format_", type=click.Choice(WRITTEN), default=WRITTEN[0], show_default=True)
@click.option("--strict", is_flag=True, help="Write nothing where anything would be lost.")
def export_(slug: str, name: str, file: Path, format_: str, strict: bool) -> None:
    """Write a bank's questions to a file, and tell what the format can't say.

    SLUG is the tenant's, NAME the name or the id of its bank.
    """
    with _bank(slug, name) as found, click.progressbar(length=2, label=found.name) as bar:
        done = export(found, format_, Chosen())
        bar.update(1)
        if not (strict and done.losses):
            file.write_bytes(done.file.data)
        bar.update(1)
    _tell_losses(done.losses)
    if strict and done.losses:
        raise click.ClickException("nothing was written: take another format, or leave out --strict")
    click.echo(f"{done.questions} questions in {file.name}")


@contextmanager
def _bank(slug: str, name: str) -> Iterator[Bank]:
    """The bank of that name or id, inside its tenant."""
    tenant = tenant_named(slug)
    with the_platform().tenant_app(tenant.slug).app_context():
        statement = sa.select(Bank).where(Bank.tenant_id == tenant_id())
        try:
            statement = statement.where(Bank.id == UUID(name))
        except ValueError:
            statement = statement.where(Bank.name == name)
        found = db.session.scalars(statement).all()
        if len(found) != 1:
            known = ", ".join(db.session.scalars(sa.select(Bank.name).where(Bank.tenant_id == tenant_id()).limit(20)))
            several = "there are several banks of this name, so give its id" if found else "there is no such bank"
            raise click.BadParameter(f"{several}; {slug} has: {known or 'none'}")
        yield found[0]


@contextmanager
def _read(bank: Bank, file: Path, options: imports.Options) -> Iterator[tuple[ImportJob, Report]]:
    """A file that is read, with a bar meanwhile; what is not in the bank in the end is forgotten."""
    try:
        job = imports.begin(bank.id, _File(file), file.name, options, patience=0)
        with click.progressbar(length=100, label=file.name) as bar:
            while job.state == ImportState.READING.value:
                time.sleep(PAUSE)
                stage, share = imports.progress(job)
                bar.update(int(share * 50) + (50 if stage == "comparing" else 0) - bar.pos)
                db.session.rollback()
                job = imports.load_import(job.id)
            bar.update(100 - bar.pos)
        if job.state == ImportState.FAILED.value:
            imports.discard(job)
            raise click.ClickException(f"{file.name}: {job.failure % job.found.get('params', {})}")
        try:
            yield job, imports.report(job)
        finally:
            if job.state == ImportState.READ.value:
                imports.discard(job)
    except Problem as problem:
        errors = [f"{file.name}: {error.message % dict(error.params)}" for error in problem.errors]
        raise click.ClickException("\n".join(errors or [f"{file.name}: {problem}"])) from problem


def _tell(file: Path, job: ImportJob, report: Report) -> int:
    """What a file holds, line by line; gives the number of errors."""
    figures = report.figures
    click.echo(f"{file.name}: {report.format}, {figures['questions']} questions, {figures['errors']} errors, "
               f"{figures['warnings']} warnings, {figures['duplicates'] + figures['near']} duplicates")  # fmt: skip
    _tell_messages("error", report.errors)
    for entry in imports.entries(job):
        _tell_messages("warning", entry.item.warnings)
        for twin in entry.twins:
            click.echo(f"  duplicate: {entry.item.name}: {twin.kind}: {twin.name}")
    _tell_losses(report.losses)
    return len(report.errors)


def _tell_messages(kind: str, messages: Iterable[Message]) -> None:
    for message in messages:
        click.echo(f"  {kind}: {importing.place_of(message)}: {message.text % dict(message.params)}")


def _tell_losses(losses: Iterable[Lost]) -> None:
    for lost in losses:
        first = lost.samples[0]
        where = ", ".join(dict.fromkeys(importing.place_of(sample) for sample in lost.samples))
        click.echo(f"  loss: {first.text % dict(first.params)} ({lost.count} times: {where})")

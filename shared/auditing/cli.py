"""`yuanban audit …`: whether the audit trail is whole, what it says of something, and its anchors."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

import click
import sqlalchemy as sa
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.exc import DatabaseError

from shared.audit import AuditEntry
from shared.auditing.anchors import BATCH, AuditAnchor, content_of, told
from shared.auditing.findings import Damage, Finding
from shared.auditing.queries import every_entry_of
from shared.auditing.verifying import Report, count_entries, verify
from shared.auditing.witnesses import Witness, read_witnesses
from shared.clock import PARK_TZ
from shared.installation import opened
from shared.service import Runtime, installed_services


@click.group()
def audit() -> None:
    """The audit trail: verify it, read it."""


@audit.command("verify")
@click.argument("service", required=False)
@click.option(
    "--anchors",
    "kept",
    type=click.File(encoding="utf-8"),
    help="Anchors kept outside: a file with lines of the workers' JSON log or of `yuanban audit anchors`.",
)
@click.option("--anchor", "hashes", multiple=True, help="The hash of one that was kept outside.")
def verify_trail(service: str | None, kept: TextIO | None, hashes: tuple[str, ...]) -> None:
    """Look for anything that was edited, dropped, moved or put in later, in SERVICE or in every service.

    Exit status 1 when something was found.
    """
    names = [service] if service else [each.name for each in installed_services()]
    witnesses = list(read_witnesses(kept)) if kept else []
    if kept and not witnesses:
        raise click.UsageError(f"no anchor is in {kept.name}")
    with opened(*names) as runtimes, _needs_tables():
        found = sum([_verify(runtime, witnesses) for runtime in runtimes])
        for unknown in set(hashes) - _anchor_hashes(runtimes):
            click.echo(f"{Damage.NO_WITNESS}: no anchor here has the hash {unknown}")
            found += 1
    if found:
        raise click.ClickException(f"the audit trail is damaged in {found} places")


def _verify(runtime: Runtime, witnesses: Sequence[Witness]) -> int:
    """Verify one service aloud; returns how much was found."""
    service = runtime.service.name
    report = Report()
    found = 0
    console = Console(stderr=True)
    shown = Progress(console=console, transient=True, disable=not console.is_terminal)
    with runtime.database.read_slowly() as session, shown as progress:
        task = progress.add_task(service, total=count_entries(session) if console.is_terminal else None)
        for finding in verify(session, service, witnesses, report, lambda more: progress.advance(task, more)):
            click.echo(_line(service, finding))
            found += 1
    click.echo(_summary(service, report, found))
    return found


def _line(service: str, finding: Finding) -> str:
    return f"{service}  {finding.damage}  {finding.place}: {finding.text}"


def _summary(service: str, report: Report, found: int) -> str:
    verdict = f"findings: {found}" if found else "whole"
    anchored = f"anchored on {report.last_day} for the last time" if report.anchors else "no anchor yet"
    newer = report.entries - report.covered
    read = f"{report.entries} entries in {report.chains} chains"
    return f"{service}: {verdict}; {read}; {anchored}, newer: {newer}"


def _anchor_hashes(runtimes: Sequence[Runtime]) -> set[str]:
    found: set[str] = set()
    for runtime in runtimes:
        with runtime.read() as session:
            found |= set(session.scalars(sa.select(AuditAnchor.hash)))
    return found


@audit.command()
@click.argument("service")
@click.argument("aggregate_type")
@click.argument("aggregate_id")
def show(service: str, aggregate_type: str, aggregate_id: str) -> None:
    """Everything that was done to one thing, e.g. `enterprise case 0198…`; times are the park's."""
    with opened(service) as (runtime,), _needs_tables():
        with runtime.database.read_slowly() as session:
            entry = None
            for entry in every_entry_of(session, aggregate_type, aggregate_id):
                click.echo(_story(entry))
            if entry is None:
                raise click.ClickException(f"nothing is written of {aggregate_type} {aggregate_id}")


def _story(entry: AuditEntry) -> str:
    by = f"{entry.actor_name} ({entry.actor_kind} {entry.actor_id or ''})".replace(" )", ")")
    said = [f"{entry.number:>4}  {entry.at.astimezone(PARK_TZ):%Y-%m-%d %H:%M:%S}  {entry.action}  by {by}"]
    if entry.on_behalf_of:
        said.append(f"for {entry.on_behalf_of}")
    if entry.address:
        said.append(f"from {entry.address}")
    if entry.request_id:
        said.append(f"request {entry.request_id}")
    if entry.details:
        said.append(json.dumps(entry.details, ensure_ascii=False))
    return "  ".join(said)


@audit.command()
@click.argument("service", required=False)
def anchors(service: str | None) -> None:
    """The daily anchors, one line of JSON each, to be kept where nobody can change them."""
    names = [service] if service else [each.name for each in installed_services()]
    with opened(*names) as runtimes, _needs_tables():
        for runtime in runtimes:
            with runtime.database.read_slowly() as session:
                query = sa.select(AuditAnchor).order_by(AuditAnchor.number)
                for anchor in session.scalars(query.execution_options(yield_per=BATCH)):
                    click.echo(json.dumps(told(content_of(anchor), runtime.service.name)))


@contextmanager
def _needs_tables() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        said = f"a database is not ready; run `yuanban migrate` first ({error.orig})"
        raise click.ClickException(said) from error

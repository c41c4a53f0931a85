"""`yuanban capacity …`: whether the ledgers say what the bookings say, and letting them."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from facilities.capacity.auditing.repairing import rebuild
from facilities.capacity.auditing.verifying import Finding, audit
from facilities.capacity.ledger.model import Ledger
from shared.actor import SYSTEM
from shared.clock import PARK_TZ
from shared.installation import opened
from shared.service import Runtime, installed_services

_TABLES = "facilities:migrations/versions"


@click.group()
def capacity() -> None:
    """The slot ledgers of facilities: audit them against the bookings, rebuild them from the bookings."""


@capacity.command("audit")
@click.argument("service", required=False)
def audit_ledgers(service: str | None) -> None:
    """Compare the ledgers of SERVICE, or of every service that has any, with its bookings.

    Exit status 1 when something differs. Times are the park's.
    """
    found = 0
    with opened(*_chosen(service)) as runtimes:
        for runtime in runtimes:
            found += _audit(runtime)
    if found:
        raise click.ClickException(f"the ledgers differ from the bookings in {found} places")


@capacity.command("rebuild")
@click.argument("service", required=False)
def rebuild_ledgers(service: str | None) -> None:
    """Compute the ledgers of SERVICE, or of every service that has any, anew, then audit them.

    It may run while people book. Exit status 1 when something is left that only a person can mend.
    """
    found = 0
    with opened(*_chosen(service)) as runtimes:
        for runtime in runtimes:
            with runtime.read() as session, _needing_tables():
                ledgers = list(session.scalars(sa.select(Ledger.id).order_by(Ledger.id)))
            mended = 0
            for ledger in ledgers:
                with runtime.transaction(SYSTEM) as tx:
                    mended += rebuild(tx, ledger)
            click.echo(f"{runtime.service.name}: {mended} slots mended")
            found += _audit(runtime)
    if found:
        raise click.ClickException(f"{found} places are left that only a person can mend")


def _audit(runtime: Runtime) -> int:
    """Audit one service aloud; returns how much was found."""
    name = runtime.service.name
    found = 0
    with _needing_tables():
        for finding in audit(runtime.database, runtime.clock.now()):
            click.echo(f"{name}  {_line(finding)}")
            found += 1
    click.echo(f"{name}: {f'findings: {found}' if found else 'the ledgers say what the bookings say'}")
    return found


def _line(finding: Finding) -> str:
    if finding.span is None:
        return f"{finding.place}: {finding.what}"
    start, end = (each.astimezone(PARK_TZ) for each in (finding.span.start, finding.span.end))
    when = f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"
    return f"{finding.place}, {when}: {finding.what} is {finding.said}, should be {finding.should}"


def _chosen(service: str | None) -> list[str]:
    having = [each.name for each in installed_services() if _TABLES in each.migrations]
    if service is None:
        return having
    if service not in having:
        raise click.UsageError(f"{service!r} has no ledgers; these have: {', '.join(having)}")
    return [service]


@contextmanager
def _needing_tables() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        said = f"a database is not ready; run `yuanban migrate` first ({error.orig})"
        raise click.ClickException(said) from error

"""The database itself refuses to change the audit trail or to drop any of it."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from shared.auditing.anchors import Anchorer
from shared.service import Runtime, installed_services
from shared.testing.systems import SystemFactory
from tests.integration.auditing.trail import act, report

TABLES = ("audit_entry", "audit_anchor")
SQLITE_ONLY = ("INSERT OR REPLACE INTO {table} SELECT * FROM {table}",)
POSTGRES_ONLY = ("TRUNCATE {table}", "TRUNCATE {table} RESTART IDENTITY CASCADE")
EVERYWHERE = (
    "UPDATE {table} SET hash = 'x'",
    "DELETE FROM {table}",
    "DELETE FROM {table} WHERE hash IS NOT NULL",
)


def refused(runtime: Runtime, statement: str) -> bool:
    try:
        with runtime.database.write() as session:
            session.execute(sa.text(statement))
    except DBAPIError as error:
        assert "only grows" in str(error.orig)
        return True
    return False


@pytest.mark.parametrize("table", TABLES)
def test_nobody_changes_or_drops_what_is_written(runtime: Runtime, table: str) -> None:
    act(runtime, "a", times=2)
    Anchorer(runtime).keep()
    own = SQLITE_ONLY if runtime.database.is_sqlite else POSTGRES_ONLY
    for statement in (*EVERYWHERE, *own):
        assert refused(runtime, statement.format(table=table)), statement
    seen = report(runtime)
    assert (seen.entries, seen.anchors) == (2, 1)


def test_the_trail_of_every_service_is_guarded(make_sqlite_system: SystemFactory) -> None:
    system = make_sqlite_system(installed_services())
    for service in installed_services():
        runtime = system.runtime(service.name)
        act(runtime, "a")
        Anchorer(runtime).keep()
        for table in TABLES:
            for statement in EVERYWHERE:
                assert refused(runtime, statement.format(table=table)), (service.name, statement)

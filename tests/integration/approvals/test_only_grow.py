"""The database itself refuses to change what a case's dates and state are computed from."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from shared.clock import ManualClock
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.notices import at
from tests.integration.approvals.refusals import nothing_changes
from tests.integration.approvals.test_supervision import MONDAY


def test_facts_log_and_supervision_records_are_never_edited_or_dropped(
    enterprise_desk: Desk, clock: ManualClock
) -> None:
    system = enterprise_desk.system
    clock.set(at(MONDAY))
    enterprise_desk.accepted()
    clock.set(at(MONDAY.replace(day=30)))
    system.settle()
    database = system.runtime("enterprise").database
    statements = ["UPDATE {table} SET case_id = case_id", "DELETE FROM {table}"]
    if not database.is_sqlite:
        statements.append("TRUNCATE {table}")
    with nothing_changes(system):
        for table in ("case_fact", "case_entry", "supervision_record"):
            for statement in statements:
                with pytest.raises(DBAPIError, match="only grows"), database.write() as session:
                    session.execute(sa.text(statement.format(table=table)))

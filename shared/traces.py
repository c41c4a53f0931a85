"""What a transaction leaves beside its own rows, written last: audit entries, events, appointments.

On PostgreSQL a few of them go in one statement, for each round trip costs more than the rows. SQLite has no
round trips, and long lists have statements of their own.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared import audit
from shared.audit import Act, AuditEntry
from shared.database import dialect_of, table_of
from shared.inserting import Kinds, Rows, combined, insert_together, named
from shared.messaging import outbox, timers
from shared.messaging.outbox import OutboxMessage

Row = Mapping[str, Any]

_FEW = 2
"""Appointments that go with an event and an entry: each number is a statement of its own to be kept ready."""


def write(
    session: Session,
    acts: Sequence[Act],
    events: Sequence[Row],
    appointments: Sequence[Row],
    made: Rows = (),
) -> None:
    """Write all of them, and rows that were made (`Transaction.add_last`).

    The aggregates go first: of two writers the later one fails at its version (412). And their row locks are
    held before an event takes its position, so that within an aggregate the order of positions is the order
    of commits.
    """
    session.flush()
    entries = audit.rows_of(session, acts)
    # In which order the rows of one statement get their positions is not laid down.
    together = len(events) == 1 and len(entries) <= 1 and len(appointments) <= _FEW
    if together and dialect_of(session) == "postgresql":
        kinds = tuple((entity, tuple(row)) for entity, row in made)
        statement = _together(kinds, len(entries), len(appointments))
        rows = [*(row for _, row in made), *entries, *appointments, *events]
        session.connection().execute(statement, named(rows))
        return
    insert_together(session, made)
    for each in appointments:
        timers.write(session, each)
    if together:
        said: Rows = [*((AuditEntry, each) for each in entries), *((OutboxMessage, each) for each in events)]
        insert_together(session, said)
        return
    audit.add_all(session, entries)
    outbox.add_all(session, events)


@cache
def _together(kinds: Kinds, entries: int, appointments: int) -> sa.Insert:
    """One event, an entry or none, and so many appointments, beside rows of these kinds; built once."""
    return combined(
        [
            *[(sa.insert(table_of(entity)), columns) for entity, columns in kinds],
            *[(sa.insert(table_of(AuditEntry)), audit.COLUMNS)] * entries,
            *[(timers.make_or_move("postgresql"), timers.COLUMNS)] * appointments,
            (sa.insert(table_of(OutboxMessage)), outbox.COLUMNS),
        ]
    )

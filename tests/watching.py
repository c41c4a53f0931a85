"""Watching every transaction of a test: whoever changes something leaves an entry in the audit trail."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from shared.audit import AuditEntry
from shared.database import Aggregate

NO_ACTS = {
    "outbox_message": "says what was done, in the words of an event",
    "inbox_message": "says what was heard",
    "timer": "an appointment that a command makes or keeps",
    "idempotency_record": "the answer to a command",
    "audit_anchor": "is about the trail",
    "enterprise_copy": "its owner's trail has the act; the inbox has the event that led here",
    "manager": "a copy; the gateway's trail has the act, the inbox the event that led here",
    "number_series": "counts",
    "gate_event": "what a device tells, kept as it came; what follows for a stay or an alarm is an act",
    "gate_opening": "the same of a barrier; what is opened by hand is an act on its lane",
    "parking_car_turn": "whose turn it is",
    "parking_sandbox": "the books of somebody outside, whom we only play",
    "sign_in_throttle": "counts attempts, and forgets them",
}
"""Tables whose rows are nobody's act, and why."""
NO_ACT = {("INSERT", "message"): "tells of an act in another service, whose event it names"}

_CHANGE = re.compile(
    r'(?:^|\()\s*(?:(INSERT)(?: OR \w+)? INTO|(UPDATE)|(DELETE) FROM) "?(\w+)', re.IGNORECASE
)
"""At the beginning of a statement, or of each of those that are sent as one."""


@dataclass
class Watch:
    """What was seen."""

    silent: list[str] = field(default_factory=list)
    """What was changed and committed without a word about it."""
    entries: int = 0
    """Entries committed."""


@dataclass
class _Running:
    """One transaction."""

    changes: set[str] = field(default_factory=set)
    aggregates: set[tuple[str, str]] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    """Aggregates that its entries are about."""
    entries: int = 0

    @property
    def silent(self) -> list[str]:
        """An aggregate must be named itself; for other tables any entry of the transaction will do."""
        unnamed = [f"{kind} {identity}" for kind, identity in self.aggregates if identity not in self.named]
        return unnamed + ([] if self.entries else sorted(self.changes))


def _of(connection: sa.Connection) -> _Running:
    found: _Running = connection.info.setdefault("watched", _Running())
    return found


def _executed(
    connection: sa.Connection, cursor: Any, statement: str, _given: Any, context: Any, _many: bool
) -> None:
    if cursor.rowcount == 0:
        return
    running = _of(connection)
    for *verbs, table in _CHANGE.findall(statement):
        verb = next(verb for verb in verbs if verb).upper()
        if table not in NO_ACTS and (verb, table) not in NO_ACT:
            running.changes.add(f"{verb} {table}")
    entry = f"INSERT {AuditEntry.__tablename__}"
    if entry in running.changes:
        running.changes.remove(entry)
        _note_entries(running, context.compiled_parameters)


def _note_entries(running: _Running, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        # Of what goes in one statement the entries are what says `action`.
        entries = [name.removeprefix("action") for name in row if name.startswith("action")]
        running.entries += len(entries)
        running.named |= {row[f"aggregate_id{number}"] for number in entries}


def _flushed(session: Session, _context: Any) -> None:
    for entity in (*session.new, *session.dirty, *session.deleted):
        if isinstance(entity, Aggregate) and (session.is_modified(entity) or entity in session.deleted):
            (identity,) = sa.inspect(type(entity)).primary_key_from_instance(entity)
            _of(session.connection()).aggregates.add((type(entity).__name__, str(identity)))


def _rolled_back(connection: sa.Connection) -> None:
    connection.info.pop("watched", None)


@contextmanager
def watched() -> Iterator[Watch]:
    """Look at every change and every commit of this process until the end of the block.

    How many rows a statement changed must be known at once; SQLite does not know it while it returns rows.
    """
    watch = Watch()

    def committed(connection: sa.Connection) -> None:
        running = connection.info.pop("watched", _Running())
        watch.silent += running.silent
        watch.entries += running.entries

    listening: list[tuple[Any, str, Any]] = [
        (sa.Engine, "after_cursor_execute", _executed),
        (sa.Engine, "commit", committed),
        (sa.Engine, "rollback", _rolled_back),
        (Session, "after_flush", _flushed),
    ]
    for target, name, listener in listening:
        event.listen(target, name, listener)
    try:
        yield watch
    finally:
        for target, name, listener in listening:
            event.remove(target, name, listener)

"""A service whose audit trail is written to, and tampered with."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.actor import SYSTEM
from shared.audit import AuditEntry, entry_hash
from shared.auditing.anchors import AuditAnchor, anchor_hash, content_of
from shared.auditing.findings import Damage
from shared.auditing.verifying import Report, verify
from shared.auditing.witnesses import Witness
from shared.service import Runtime
from tests.integration.owner import lift_triggers


def act(runtime: Runtime, thing: str, times: int = 1) -> None:
    """Somebody does something to a thing, in transactions of their own."""
    for _ in range(times):
        with runtime.transaction(SYSTEM) as tx:
            tx.audit("thing.touched", "thing", thing, {"fields": ["a", "b"]})


@contextmanager
def as_owner(runtime: Runtime) -> Iterator[Session]:
    """A transaction of whoever owns the database: triggers do not hold against them."""
    with runtime.database.write() as session:
        lift_triggers(session, AuditEntry.__tablename__, AuditAnchor.__tablename__)
        yield session


def rewrite(runtime: Runtime, *, first: int, name: str) -> None:
    """Forge an entry at position `first` and make the hashes of its chain right from there on."""
    with as_owner(runtime) as session:
        forged = session.get_one(AuditEntry, first)
        forged.actor_name = name
        chain = session.scalars(
            sa.select(AuditEntry)
            .where(AuditEntry.aggregate_id == forged.aggregate_id, AuditEntry.number >= forged.number)
            .order_by(AuditEntry.number)
        ).all()
        before = forged.previous_hash
        for entry in chain:
            entry.previous_hash = before
            entry.hash = before = entry_hash(entry)


def rewrite_anchors(runtime: Runtime, **changes: Any) -> None:
    """Change the first anchor and make the hashes of all of them right."""
    with as_owner(runtime) as session:
        before = ""
        for anchor in session.scalars(sa.select(AuditAnchor).order_by(AuditAnchor.number)).all():
            for name, value in changes.items() if anchor.number == 1 else ():
                setattr(anchor, name, value)
            anchor.previous_hash = before
            anchor.hash = before = anchor_hash(content_of(anchor), runtime.service.name)


def found(runtime: Runtime, *witnesses: Witness) -> list[tuple[Damage, str]]:
    """What verifying finds, and where."""
    with runtime.database.read_slowly() as session:
        return [(each.damage, each.text) for each in verify(session, runtime.service.name, witnesses)]


def damages(runtime: Runtime, *witnesses: Witness) -> list[Damage]:
    """The kinds alone."""
    return [damage for damage, _text in found(runtime, *witnesses)]


def report(runtime: Runtime) -> Report:
    """What verifying looks at."""
    seen = Report()
    with runtime.database.read_slowly() as session:
        assert list(verify(session, runtime.service.name, report=seen)) == []
    return seen


def anchors(runtime: Runtime) -> list[AuditAnchor]:
    """All there are."""
    with runtime.read() as session:
        return list(session.scalars(sa.select(AuditAnchor).order_by(AuditAnchor.number)))

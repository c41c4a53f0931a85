"""Whether the tables that migrations make are the tables that the models expect."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from shared.audit import AuditEntry
from shared.auditing.anchors import AuditAnchor
from shared.database import Base, Database
from shared.http.idempotency import IdempotencyRecord
from shared.messaging.inbox import InboxMessage
from shared.messaging.outbox import OutboxMessage
from shared.messaging.timers import Timer

_SHARED = (AuditAnchor, AuditEntry, IdempotencyRecord, InboxMessage, OutboxMessage, Timer)
"""What every service has, whether or not its code has imported it."""


def schema_differences(database: Database, *packages: str) -> list[Any]:
    """What Alembic would still change so that the mapped classes of these packages (and of shared) fit."""
    owned = tuple(f"{package}." for package in packages)
    tables = {each.__tablename__ for each in _SHARED} | {
        mapper.local_table.description
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith(owned)
    }

    def concerns_us(thing: Any, name: str | None, kind: str, reflected: bool, _compared_to: object) -> bool:
        table = name if kind == "table" else thing.table.name
        return table in tables or (reflected and table != "alembic_version")

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": concerns_us, "compare_type": True}
        )
        return list(compare_metadata(context, Base.metadata))

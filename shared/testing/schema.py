"""Whether the tables that migrations make are the tables that the models expect."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from shared.database import Base, Database

_OWN = {"shared"}


def schema_differences(database: Database, *packages: str) -> list[Any]:
    """What Alembic would still change so that the mapped classes of these packages (and of shared) fit."""
    tables = {
        mapper.local_table.description
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith(tuple(f"{each}." for each in {*packages, *_OWN}))
    }

    def concerns_us(thing: Any, name: str | None, kind: str, reflected: bool, _compared_to: object) -> bool:
        table = name if kind == "table" else thing.table.name
        return table in tables or (reflected and table != "alembic_version")

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": concerns_us, "compare_type": True}
        )
        return list(compare_metadata(context, Base.metadata))

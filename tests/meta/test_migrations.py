"""The migrations of each service make exactly the tables its models map."""

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from shared.database import Base
from shared.migrate import alembic_config
from shared.service import Service, installed_services
from shared.testing.systems import SystemFactory

SERVICES = installed_services()


def test_every_mapped_table_belongs_to_the_migrations_of_some_service(
    make_sqlite_system: SystemFactory,
) -> None:
    system = make_sqlite_system(SERVICES)
    made: set[str] = set()
    for service in SERVICES:
        made |= set(sa.inspect(system.runtime(service.name).database.engine).get_table_names())
    assert set(Base.metadata.tables) <= made


def test_migrations_and_models_agree_on_every_table(make_system: SystemFactory) -> None:
    system = make_system(SERVICES)
    for service in SERVICES:
        with system.runtime(service.name).database.engine.connect() as connection:
            assert _differences(connection) == [], service.name


def _differences(connection: sa.Connection) -> list[Any]:
    present = set(sa.inspect(connection).get_table_names())

    def belongs_here(thing: Any, _name: object, kind: str, _reflected: object, _other: object) -> bool:
        return (thing if kind == "table" else thing.table).name in present

    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "include_object": belongs_here}
    )
    found: list[Any] = compare_metadata(context, Base.metadata)
    return found


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_each_branch_of_a_service_has_one_head_and_a_label(service: Service) -> None:
    script = ScriptDirectory.from_config(alembic_config(service.migrations))
    assert len(script.get_heads()) == len(service.migrations)
    for head in script.get_revisions(script.get_heads()):
        assert head.branch_labels


def test_every_choice_of_a_model_is_let_in_by_its_table(make_system: SystemFactory) -> None:
    """What Alembic does not compare: the values that the CHECK of an enumeration names."""
    system = make_system(SERVICES)
    for service in SERVICES:
        inspector = sa.inspect(system.runtime(service.name).database.engine)
        for name in set(inspector.get_table_names()) & set(Base.metadata.tables):
            allowed = " ".join(check["sqltext"] for check in inspector.get_check_constraints(name))
            for column in Base.metadata.tables[name].columns:
                if isinstance(column.type, sa.Enum):
                    missing = [value for value in column.type.enums if f"'{value}'" not in allowed]
                    assert missing == [], f"{service.name}: {name}.{column.name}"


def test_partial_indexes_name_a_flag_on_sqlite_as_queries_do(make_sqlite_system: SystemFactory) -> None:
    """SQLite takes such an index only for the very words of its condition, and a query says `flag = 1`."""
    system = make_sqlite_system(SERVICES)
    wrong = []
    for service in SERVICES:
        with system.runtime(service.name).database.engine.connect() as connection:
            found = connection.execute(
                sa.text("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%'")
            )
            for table, words in found:
                condition = words.rpartition("WHERE")[2].strip()
                column = Base.metadata.tables[table].columns.get(condition)
                if column is not None and isinstance(column.type, sa.Boolean):
                    wrong.append(words)
    assert wrong == []

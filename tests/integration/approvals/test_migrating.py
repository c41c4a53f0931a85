"""A migration that makes a table anew loses nothing: neither rows nor what holds the table together."""

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.exc import IntegrityError

from shared.database import Database
from shared.migrate import alembic_config, tables_made_anew, upgrade
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.refusals import dump

BEFORE = "approvals_0003"


def _go_back(database: Database, locations: tuple[str, ...]) -> None:
    config = alembic_config(locations)
    with database.engine.connect() as connection, tables_made_anew(connection):
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
        connection.commit()


def _rules(database: Database) -> dict[str, set[str]]:
    """The CHECKs and indexes of the table that is made anew, by their names."""
    inspector = sa.inspect(database.engine)
    return {
        "checks": {str(check["name"]) for check in inspector.get_check_constraints("task")},
        "indexes": {str(index["name"]) for index in inspector.get_indexes("task")},
        "partial": {
            str(index["name"]) for index in inspector.get_indexes("task") if index.get("dialect_options")
        },
    }


def test_tasks_and_what_refers_to_them_survive_the_way_there_and_back(enterprise_desk: Desk) -> None:
    enterprise_desk.reviewed()
    runtime = enterprise_desk.system.runtime("enterprise")
    database, locations = runtime.database, runtime.service.migrations
    rows, rules = dump(enterprise_desk.system), _rules(database)
    _go_back(database, locations)
    upgrade(database, locations)

    after = dump(enterprise_desk.system)
    for table in ("task", "opinion", "approval_case"):
        assert len(after[table]) == len(rows[table]) > 0, table
    assert _rules(database) == rules
    assert {"ck_task_taskkind", "ck_task_taskstate", "ck_task_claimed_by"} <= rules["checks"]
    assert rules["partial"] >= {"uq_task_live"}
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(sa.text("UPDATE task SET kind = 'nothing'"))
    with database.write() as session:
        session.execute(sa.text("UPDATE task SET kind = 'delivery' WHERE state = 'open'"))

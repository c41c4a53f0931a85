"""The way from the first tables of machines to the present ones and back: what was there before stays."""

import pytest
import sqlalchemy as sa
from alembic import command

from shared.database import Database
from shared.migrate import alembic_config, tables_made_anew, upgrade
from shared.testing.databases import Databases
from tests.integration.facilities.machines.test_moving import move
from tests.integration.facilities.machines.test_series import book
from tests.integration.facilities.machines.test_waitlist import join
from tests.integration.facilities.machines.trade import BORROWER, Trade

THE_WAY = (
    *(f"production_000{number}" for number in (5, 4, 3, 2, 1)),
    *(f"facilities_000{number}" for number in (4, 3, 2)),
)
FROM_THE_FIRST = ("machine", "machine_price", "machine_booking", "machine_booking_entry", "machine_charge")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Daily on SQLite, where a table that changes is made anew."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    return found


def rows(database: Database, *tables: str) -> dict[str, int]:
    with database.read() as session:
        return {
            each: session.scalar(sa.select(sa.func.count()).select_from(sa.table(each))) or 0
            for each in tables
        }


def tables(database: Database) -> dict[str, set[str]]:
    """Every table with its columns."""
    inspector = sa.inspect(database.engine)
    return {
        each: {str(c["name"]) for c in inspector.get_columns(each)} for each in inspector.get_table_names()
    }


def test_what_was_there_survives_the_way_back_and_there_again(trade: Trade) -> None:
    machine = trade.machine(rules={"needs_approval": False})
    series = trade.ok(book(trade, machine))
    trade.ok(join(trade, machine, 24, 26))
    trade.ok(move(trade, series["occurrences"][1]["booking_id"], 24 * 8, 24 * 8 + 3))
    given_up = trade.booked(machine, 30, 32)
    trade.ok(trade.act(BORROWER, given_up, "cancel"))
    runtime = trade.assembly["production"]
    database, locations = runtime.database, runtime.service.migrations
    before, shape = (
        rows(database, *FROM_THE_FIRST, "booking", "booking_claim", "ledger_slot"),
        tables(database),
    )
    config = alembic_config(locations)
    for revision in THE_WAY:
        with database.engine.connect() as connection, tables_made_anew(connection):
            config.attributes["connection"] = connection
            command.downgrade(config, revision)
            connection.commit()
    assert not {"booking_series", "waitlist_entry", "posting"} & tables(database).keys()
    upgrade(database, locations)

    assert tables(database) == shape
    assert rows(database, *before) == before and all(before.values())
    assert trade.booking(given_up)["balance_fen"] == 0
    assert trade.ok(trade.hold(machine, 30, 32))["state"] == "held"
    with database.read() as session:
        total = sa.text("SELECT sum(amount_fen) FROM posting WHERE side = 'customer'")
        charged = sa.text("SELECT sum(amount_fen) FROM machine_charge")
        assert session.scalar(total) == session.scalar(charged)

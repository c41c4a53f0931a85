"""Filling a migrated database with a park by the quickest way that each kind has: consistent to the row.

What is written is what the engine's verbs would have left: `yuanban capacity audit` finds nothing. Rows lie
in the order in which time brings them, not sorted by resource, in the ledger's tables as in the scan's.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from bench.bookings import scan
from bench.bookings.park import GRID, HOURS, POLICY, Booked, Park
from facilities.capacity.bookings.model import Booking
from facilities.capacity.ledger.model import BookingClaim, ClaimRule, Ledger, LedgerSlot, OpeningCalendar
from facilities.capacity.lifecycle import State
from shared.database import Database, table_of
from shared.ids import new_id

CUSTOMER = "91990101MA0DEM048E"
_RULES = json.dumps(POLICY.to_json())
_LINES = json.dumps(
    [{"kind": "time", "what": {"zh": "使用费", "en": "Use"}, "amount_fen": 56000}], ensure_ascii=False
)
_BATCH = 20_000

Row = tuple[Any, ...]


def fill(database: Database, park: Park, bookings: Sequence[Booked]) -> None:
    """Everything of the park, and the tables of the scan beside it."""
    scan.METADATA.create_all(database.engine)
    with database.write() as session:
        _enter_resources(session.connection(), park)
    entering = _Sqlite(database) if database.is_sqlite else _Postgres(database)
    ids = [new_id() for _ in bookings]
    written = _Written(park, entering.uuid, entering.instant)
    entering.enter(table_of(Booking), _BOOKING, map(written.booking, ids, bookings))
    entering.enter(table_of(BookingClaim), _CLAIM, map(written.claim, ids, bookings))
    entering.enter(scan.BOOKING, _INTERVAL, map(written.interval, ids, bookings))
    slots = ((ledger, slot, used, cap, 0) for ledger, slot, used, cap in park.taken(by_day=entering.by_day))
    entering.enter(table_of(LedgerSlot), _SLOT, slots)
    entering.close()


def _enter_resources(connection: sa.Connection, park: Park) -> None:
    """Each with a ledger, a rule and an opening calendar of its own, as the trade of machines makes them."""
    calendars = {each.number: new_id() for each in park.resources}
    hours = HOURS.to_json()
    connection.execute(
        sa.insert(table_of(OpeningCalendar)),
        [{"id": each, "name": {"zh": "", "en": ""}, "hours": hours} for each in calendars.values()],
    )
    connection.execute(
        sa.insert(table_of(Ledger)),
        [
            {
                "id": each.number,
                "grain_s": GRID.grain_s,
                "tz": GRID.tz.key,
                "default_cap": each.capacity,
                "most_slots": 400,
                "calendar_id": calendars[each.number],
                "version": 0,
            }
            for each in park.resources
        ],
    )
    rules = [{"resource_id": each.id, "ledger_id": each.number, "units": 1} for each in park.resources]
    connection.execute(sa.insert(table_of(ClaimRule)), rules)
    resources = [{"id": each.id, "capacity": each.capacity} for each in park.resources]
    connection.execute(sa.insert(scan.RESOURCE), resources)
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"ALTER SEQUENCE ledger_id_seq RESTART WITH {len(resources) + 1}"))


_BOOKING = (
    "id version event_sequence trade resource_id customer booked_name starts_at ends_at quantity state "
    "price_fen price_lines rules created_at updated_at"
).split()
_CLAIM = "booking_id ledger_id slot_from slot_to units".split()
_INTERVAL = "id resource_id starts_at ends_at quantity".split()
_SLOT = "ledger_id slot used cap overflow".split()


class _Written:
    """Bookings as rows of one kind of database."""

    def __init__(self, park: Park, uuid: Callable[[UUID], str], instant: Callable[[datetime], str]) -> None:
        self._park = park
        self._uuid = uuid
        self._now = instant(park.now)
        self._resources = {each.number: uuid(each.id) for each in park.resources}
        self._at = cache(lambda slot: instant(GRID.start_of(park.first + slot)))

    def booking(self, made: UUID, booked: Booked) -> Row:
        past = booked.stop <= self._park.present
        head = (self._uuid(made), 2, 2, "machine", self._resources[booked.resource.number], CUSTOMER, "")
        time = (self._at(booked.start), self._at(booked.stop), booked.quantity)
        state = State.DONE if past else State.CONFIRMED
        return (*head, *time, state.value, 56000, _LINES, _RULES, self._now, self._now)

    def claim(self, made: UUID, booked: Booked) -> Row:
        first = self._park.first
        return (
            self._uuid(made),
            booked.resource.number,
            first + booked.start,
            first + booked.stop,
            booked.quantity,
        )

    def interval(self, made: UUID, booked: Booked) -> Row:
        resource = self._resources[booked.resource.number]
        return (self._uuid(made), resource, self._at(booked.start), self._at(booked.stop), booked.quantity)


class _Sqlite:
    """Rows by the batch, with neither journal nor disk to wait for, and the indexes built afterwards."""

    by_day = False
    """A table without rowid lies in the order of its key, whatever came first."""

    def __init__(self, database: Database) -> None:
        self._connection = database.engine.raw_connection()
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-200000"):
            self._connection.cursor().execute(f"PRAGMA {pragma}")

    @staticmethod
    def uuid(value: UUID) -> str:
        return value.hex

    @staticmethod
    def instant(value: datetime) -> str:
        return f"{value:%Y-%m-%d %H:%M:%S}.000000"

    def enter(self, table: sa.Table, columns: Sequence[str], rows: Iterable[Row]) -> None:
        cursor: Any = self._connection.cursor()
        indexes = cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
            [table.name],
        ).fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("BEGIN IMMEDIATE")
        marks = ", ".join("?" * len(columns))
        names = ", ".join(columns)
        cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)  # noqa: S608 - ours
        cursor.execute("COMMIT")
        for _, said in indexes:
            cursor.execute(said)

    def close(self) -> None:
        self._connection.cursor().execute("PRAGMA journal_mode=WAL")
        self._connection.detach()
        self._connection.close()


class _Postgres:
    """COPY, with the keys and indexes built afterwards from what is there."""

    by_day = True

    def __init__(self, database: Database) -> None:
        self._connection = database.engine.raw_connection()
        # No row's references are looked up one by one: all that they name was entered above.
        self._execute("SET session_replication_role = replica", "SET maintenance_work_mem = '256MB'")

    @staticmethod
    def uuid(value: UUID) -> str:
        return str(value)

    @staticmethod
    def instant(value: datetime) -> str:
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}+00"

    def enter(self, table: sa.Table, columns: Sequence[str], rows: Iterable[Row]) -> None:
        drop, build = self._of_indexes(table)
        self._execute(*drop)
        cursor: Any = self._connection.cursor()
        with cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
            left = iter(rows)
            while batch := list(islice(left, _BATCH)):
                copy.write(_lines(batch))
        self._connection.commit()
        self._execute(*build)

    def close(self) -> None:
        driver = self._connection.driver_connection
        assert driver is not None
        self._connection.detach()
        driver.autocommit = True
        driver.execute("VACUUM")
        driver.execute("ANALYZE")  # in production it happens by itself, sooner or later
        # What people look at all day is in the server's memory; COPY has written past it.
        driver.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        for name in ("scan_booking", "ix_scan_booking", "ledger_slot", "pk_ledger_slot"):
            driver.execute("SELECT pg_prewarm($1)", [name])
        driver.close()

    def _of_indexes(self, table: sa.Table) -> tuple[list[str], list[str]]:
        """How to take a table's keys and indexes away, and how to build the same again."""
        cursor: Any = self._connection.cursor()
        keys = cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint mine"
            " WHERE conrelid = $1::regclass AND contype = 'p'"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint other WHERE other.confrelid = mine.conrelid)",
            [table.name],
        ).fetchall()
        indexes = cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = $1::regclass AND NOT indisprimary",
            [table.name],
        ).fetchall()
        drop = [f"ALTER TABLE {table.name} DROP CONSTRAINT {name}" for name, _ in keys]
        build = [f"ALTER TABLE {table.name} ADD CONSTRAINT {name} {said}" for name, said in keys]
        return (
            drop + [f"DROP INDEX {name}" for name, _ in indexes],
            build + [said for _, said in indexes],
        )

    def _execute(self, *statements: str) -> None:
        for statement in statements:
            self._connection.cursor().execute(statement)
        self._connection.commit()


def _lines(rows: Sequence[Row]) -> str:
    """Rows as COPY reads them; what is written here holds no tab and no backslash."""
    return "".join("\t".join(map(str, row)) + "\n" for row in rows)

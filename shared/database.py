"""One database a service: SQLite in the embedded shape, PostgreSQL in the distributed one, same models."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from shared.pool import ask_where_in_doubt

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every mapped entity; which tables a database really has is decided by its migrations."""

    metadata = sa.MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in Python, `timestamptz` on PostgreSQL, naive UTC on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values: a forgotten zone is a wrong legal date."""
        if value is None:
            return None
        utc = _in_utc(value)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """Straight to the text that SQLite keeps: a dozen instants are written with every event at a gate."""
        return _text_of_instant if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """Straight from the text that SQLite keeps."""
        return _instant_of_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("naive datetime given to a UtcDateTime column")
    return value.astimezone(UTC)


def _text_of_instant(value: datetime | None) -> str | None:
    # As SQLAlchemy writes it, so what was written before is ordered with it.
    return None if value is None else _in_utc(value).replace(tzinfo=None).isoformat(" ", "microseconds")


def _instant_of_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


JsonDoc = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
"""A JSON document column (JSONB on PostgreSQL)."""


def text_enum(kind: type[StrEnum]) -> sa.Enum:
    """A column that holds the values of `kind` as text, with a CHECK, alike on both databases."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [member.value for member in members],
        name=kind.__name__.lower(),
    )


BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A 64-bit identity; SQLite autoincrements only an INTEGER primary key."""


BUSY_S = 15
"""For so long whoever writes to SQLite waits for others."""
MAPPED_BYTES = 2**31 - 2**16
"""So much of a SQLite file, all that it allows, is read where the kernel keeps it, not copied by the page."""
LONGEST_SILENCE_S = 60
"""PostgreSQL ends a transaction of ours that says nothing for so long."""


class Aggregate:
    """Columns of an entity that others guard by version and follow by event sequence."""

    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    """Goes up by one with each update; it is the entity's ETag."""
    event_sequence: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    """Number of the last event this aggregate emitted; gap-free because `version` lets one writer win."""


class Database:
    """The engine of one service and its two ways of opening a transaction."""

    def __init__(self, url: str, engine: Engine | None = None) -> None:
        """`engine` is one that others go on using (tests): what is listened to here is not heard there."""
        self.url = sa.make_url(url)
        self.engine = make_engine(self.url) if engine is None else engine.execution_options()
        # Where one only reads, each statement is a transaction of its own. On PostgreSQL that is two round
        # trips fewer, and plans stay with prepared statements, all of which psycopg forgets with a ROLLBACK.
        # On SQLite nothing has to be said for it (see `_prepare_sqlite`).
        self._read_engine = (
            self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._turn = threading.Lock()

    @property
    def is_sqlite(self) -> bool:
        """True in the embedded shape."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads: it takes no write lock, and what is changed in it is not written.

        Each statement sees what is committed when it begins, as it would on PostgreSQL in a transaction.
        """
        with Session(self._read_engine, autoflush=False, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that writes: committed when the block ends well, rolled back when it raises."""
        with (
            self._in_turn(),
            Session(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            if self.is_sqlite:
                begin_sqlite(session.connection())
            yield session

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Where one transaction writes at a time, let the threads of this process wait in line for it.

        SQLite has whoever waits look again and again, sleeping longer each time; who comes later overtakes.
        """
        waited = self.is_sqlite and self._turn.acquire(timeout=BUSY_S)  # else it is told that all is busy
        try:
            yield
        finally:
            if waited:
                self._turn.release()

    @contextmanager
    def read_at_once(self) -> Iterator[Session]:
        """A session that reads and sees one moment, however many queries it makes."""
        with self.read() as session:
            if self.is_sqlite:
                session.connection().exec_driver_sql("BEGIN")
            else:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    @contextmanager
    def read_slowly(self) -> Iterator[Session]:
        """A transaction that only reads and may be silent for long, while what it read is used elsewhere."""
        with Session(self.engine, autoflush=False, expire_on_commit=False) as session:
            if self.is_sqlite:
                session.connection().exec_driver_sql("BEGIN")
            else:
                session.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            yield session

    def ping(self) -> None:
        """Raise when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def table_of(entity: type[Base]) -> sa.Table:
    """The table itself: for rows by the hundred the mapper would cost more than the database."""
    return cast(sa.Table, entity.__table__)


def insert(dialect: str, entity: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT in the words of a database, which can say what to do on a conflict."""
    table = table_of(entity)
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def dialect_of(session: Session) -> str:
    """The kind of database: `postgresql` or `sqlite`."""
    return session.get_bind().dialect.name


def insert_if_absent(session: Session, table: type[Base], values: Mapping[str, Any]) -> bool:
    """Insert a row unless its key exists; True when this call inserted it.

    A concurrent insert of the same key waits for the other transaction and then counts as present.
    """
    return bool(insert_all_absent(session, table, [values], sa.literal_column("1")))


def insert_all_absent(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], returning: Any
) -> set[Any]:
    """Insert the rows whose keys do not exist, in one statement; returns `returning` of those inserted.

    All rows name the same columns.
    """
    statement = insert(dialect_of(session), table)
    if isinstance(statement, postgresql.Insert):
        # Each column as one array: hundreds of single parameters cost more than the inserting.
        columns = list(rows[0])
        arrays = (
            sa.bindparam(name, [row[name] for row in rows], _array_of(table_of(table).c[name].type))
            for name in columns
        )
        source = sa.select(*map(sa.func.unnest, arrays))
        many = statement.from_select(columns, source, include_defaults=False)
        return set(session.execute(many.on_conflict_do_nothing().returning(returning)).scalars())
    each = statement.on_conflict_do_nothing().returning(returning)
    return set(session.execute(each, [dict(row) for row in rows]).scalars())


def _array_of(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """An array of a column's values; `dimensions` keeps a JSON list from being taken for rows."""
    if type(kind) is sa.String:
        kind = sa.String()  # with its length it would be cast, and cut off without a word
    return postgresql.ARRAY(kind, dimensions=1)


def take_turns(session: Session, name: str) -> None:
    """Wait for every other transaction that has asked for the same name, until this one ends.

    SQLite needs no asking: one transaction writes at a time.
    """
    if dialect_of(session) == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))


def take_turn_if_free(session: Session, name: str) -> bool:
    """Take the turn of `take_turns` if nobody has it: for whoever holds what others wait for."""
    if dialect_of(session) != "postgresql":
        return True
    turn = sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(name, 0))
    return bool(session.scalar(sa.select(turn)))


def make_engine(url: sa.URL) -> Engine:
    """Connections to a database as every service wants them."""
    # Parameters are hidden in error messages: they are what people typed.
    if url.get_backend_name() != "sqlite":
        engine = sa.create_engine(
            url,
            pool_size=10,
            max_overflow=10,
            pool_timeout=10,
            hide_parameters=True,
            # In the server's own words: psycopg would look for the names of parameters anew each time
            # where there are more than fifty of them.
            paramstyle="numeric_dollar",
            connect_args={"cursor_factory": psycopg.RawCursor},
        )
        event.listen(engine, "connect", _prepare_postgres)
        ask_where_in_doubt(engine)
        return engine
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, pool_size=10, max_overflow=20, pool_timeout=30, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_postgres(connection: Any, _record: object) -> None:
    connection.server_cursor_factory = psycopg.RawServerCursor
    with connection.cursor() as cursor:
        # A process frozen amid a transaction holds its row locks; without this, until somebody thaws it.
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{LONGEST_SILENCE_S}s'")
        # Every query here is over in milliseconds; to compile one first takes ten times as long.
        cursor.execute("SET jit = off")
    connection.commit()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling is switched off: what nobody has begun (see
    # `begin_sqlite`) is a transaction statement by statement.
    connection.isolation_level = None
    cursor = connection.cursor()
    pragmas = (
        *("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_S * 1000}", "foreign_keys=ON"),
        "cache_size=-16000",  # KiB: what every query looks at stays there whatever else is read
        f"mmap_size={MAPPED_BYTES}",
    )
    # Without the last one INSERT OR REPLACE deletes rows past the triggers that guard the audit trail.
    for pragma in (*pragmas, "recursive_triggers=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin_sqlite(connection: Connection) -> None:
    """Begin a transaction that writes: nobody else can until it ends."""
    # It takes the lock at its start: upgrading a read lock later cannot wait, it fails. It is said where a
    # transaction begins, for an event of the engine would be looked for with every statement.
    connection.exec_driver_sql("BEGIN IMMEDIATE")

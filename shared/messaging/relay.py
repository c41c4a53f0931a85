"""From the outbox to the broker: one relay a service at work, nothing marked that was not confirmed."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shared.messaging import outbox
from shared.messaging.brokers.base import BrokerError, Message, Published
from shared.messaging.figures import Figures
from shared.service import Runtime
from shared.testing.crash import crash_point

log = structlog.get_logger(__name__)

BATCH = 500
SHORTEST_PAUSE_S = 0.05  # rows gather meanwhile: a batch costs something by itself, here and at every hearer
LONGEST_PAUSE_S = 0.5
STAND_BY_PAUSE_S = 1.0
LONGEST_TROUBLE_PAUSE_S = 10.0  # shorter than LOCK_IDLE_S: a broker that refuses us costs us no lock
LOCK = 0x79624F42  # advisory lock: one relay a database
LOCK_IDLE_S = 15
"""A holder silent for so long (frozen, cut off) is disconnected by the server: the lock is free then."""


def mark(session: Session, runtime: Runtime, rows: Sequence[outbox.Pending], published: Published) -> None:
    """Write down what became of a batch. Rows that are in none of its sets stay as they are."""
    now = runtime.clock.now()
    taken: list[int] = []
    unroutable: list[int] = []
    refused: list[outbox.Pending] = []
    for row in rows:
        event_id = row.message.event_id
        if event_id in published.confirmed:
            taken.append(row.position)
        elif event_id in published.unroutable:
            unheard = _may_be_unheard(runtime, row.message.type)
            (taken if unheard else unroutable).append(row.position)
        elif event_id in published.refused:
            refused.append(row)
    if taken:
        outbox.mark_published(session, taken, now)
    if unroutable:
        outbox.mark_unroutable(session, unroutable, now)
        log.error("events reached no queue", service=runtime.service.name, count=len(unroutable))
    if refused:
        outbox.mark_refused(session, refused, now)
        log.error("broker refused events", service=runtime.service.name, count=len(refused))


def _may_be_unheard(runtime: Runtime, event_type: str) -> bool:
    return event_type in runtime.contracts and runtime.contracts.get(event_type).subscribers_optional


class Publisher(Protocol):
    """Hands batches to the broker."""

    def publish(self, batch: Sequence[Message], while_waiting: Callable[[], None]) -> Published:
        """The broker's word on every message; BrokerError when any outcome is unknown."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class Relay:
    """Publishes the outbox of one service while it holds the lock; stands by while another does.

    Lock, reading and marking share one database connection. Whoever lost the lock has lost that connection
    too and cannot mark. Publishing twice is harmless, and marking what was confirmed always true: the lock
    saves work, safety does not hang on it.
    """

    def __init__(self, runtime: Runtime, publisher: Publisher, figures: Figures | None = None) -> None:
        self._runtime = runtime
        self._publisher = publisher
        self._figures = figures or Figures(runtime)
        # Not from the pool: this connection is held for long and ends with the lock.
        self._engine = sa.create_engine(runtime.database.url, poolclass=sa.NullPool, hide_parameters=True)
        self._connection: sa.Connection | None = None
        self._stop = threading.Event()

    def run_forever(self, stop: threading.Event) -> None:
        """Relay until `stop`; trouble is logged and tried again, later and later."""
        self._stop = stop
        pause = SHORTEST_PAUSE_S
        trouble = STAND_BY_PAUSE_S
        while not stop.is_set():
            try:
                moved = self.run_once()
            except (BrokerError, SQLAlchemyError, OSError) as error:
                log.warning("relay cannot go on", service=self._runtime.service.name, error=str(error))
                self._figures.relay_trouble()
                stop.wait(trouble)
                trouble = min(trouble * 2, LONGEST_TROUBLE_PAUSE_S)
                continue
            trouble = STAND_BY_PAUSE_S
            if moved is None:
                stop.wait(STAND_BY_PAUSE_S)
                continue
            pause = SHORTEST_PAUSE_S if moved else min(pause * 2, LONGEST_PAUSE_S)
            if moved < BATCH:
                stop.wait(pause)
        self.close()

    def run_once(self) -> int | None:
        """Publish one batch; returns its size, or None while another relay holds the lock.

        Raises BrokerError when the broker's word is missing and SQLAlchemyError when our database does not
        answer; either way every row of the batch is as it was.
        """
        try:
            if self._connection is None and not self._take_lock():
                return None
            rows = self._pending()
            if not rows:
                return 0
            crash_point("relay.before_publish")
            published = self._publisher.publish([row.message for row in rows], self._hold_on)
            crash_point("relay.before_commit")
            with self._session() as session, session.begin():
                mark(session, self._runtime, rows, published)
            crash_point("relay.after_commit")
        except SQLAlchemyError:
            self._let_go()
            raise
        self._figures.relayed(rows, published)
        return len(rows)

    def close(self) -> None:
        """Give up lock and connections; the stand-by takes over."""
        self._let_go()
        self._publisher.close()
        self._engine.dispose()

    def _pending(self) -> list[outbox.Pending]:
        with self._session() as session:
            return outbox.pending(session, self._runtime.clock.now(), BATCH)

    def _session(self) -> Session:
        return Session(self._connection)

    def _take_lock(self) -> bool:
        connection = self._engine.connect()
        try:
            connection.execute(sa.text(f"SET idle_session_timeout = '{LOCK_IDLE_S}s'"))
            connection.execute(sa.text("SET idle_in_transaction_session_timeout = '60s'"))
            # Only marks are committed here. One that a crash of the server loses is published once more.
            connection.execute(sa.text("SET synchronous_commit = off"))
            taken = connection.execute(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK}).scalar()
            connection.commit()
        except BaseException:
            connection.close()
            raise
        if not taken:
            connection.close()
            return False
        log.info("relay at work", service=self._runtime.service.name)
        self._connection = connection
        return True

    def _hold_on(self) -> None:
        """Keep the lock's connection from counting as idle; raises when it is gone, or we shall stop.

        A broker that blocks publishers may do so for hours.
        """
        if self._stop.is_set():
            raise BrokerError("told to stop before all confirms came")
        if self._connection is not None:
            self._connection.execute(sa.text("SELECT 1"))
            self._connection.rollback()

    def _let_go(self) -> None:
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.close()
            self._connection = None

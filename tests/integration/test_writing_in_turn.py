"""Threads of one process that write to SQLite wait in line, and do not look again and again."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from shared.database import Database

THREADS, TIMES = 8, 20


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[list[Database]]:
    """The same file opened twice, by two who do not wait at all when it is busy."""
    opened = [Database(f"sqlite:///{tmp_path}/counted.sqlite3") for _ in range(2)]
    for each in opened:
        sa.event.listen(each.engine, "connect", _give_up_at_once)
    with opened[0].write() as session:
        session.execute(sa.text("CREATE TABLE counted (number INTEGER)"))
        session.execute(sa.text("INSERT INTO counted VALUES (0)"))
    yield opened
    for each in opened:
        each.close()


def _give_up_at_once(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout=0")


def _count(database: Database) -> None:
    with database.write() as session:
        session.execute(sa.text("UPDATE counted SET number = number + 1"))


def test_threads_of_one_process_wait_in_line(impatient: list[Database]) -> None:
    database = impatient[0]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: _count(database), range(THREADS * TIMES)))
    with database.read() as session:
        assert session.scalar(sa.text("SELECT number FROM counted")) == THREADS * TIMES


def test_whoever_does_not_stand_in_line_finds_it_busy(impatient: list[Database]) -> None:
    writing, done = threading.Event(), threading.Event()

    def write_for_a_while() -> None:
        with impatient[0].write() as session:
            session.execute(sa.text("UPDATE counted SET number = number + 1"))
            writing.set()
            assert done.wait(30)

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write_for_a_while)
        assert writing.wait(30)
        with pytest.raises(OperationalError, match="locked"):
            _count(impatient[1])
        done.set()
        written.result()


def test_a_writer_that_fails_lets_the_next_one_go_on(impatient: list[Database]) -> None:
    with pytest.raises(RuntimeError), impatient[0].write():
        raise RuntimeError
    _count(impatient[0])

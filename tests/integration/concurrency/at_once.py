"""Requests that start at the same moment, and what they leave behind."""

import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any

import sqlalchemy as sa

from tests.park.park import Park
from tests.park.requests import Request

Effect = dict[str, int]
"""By table: rows, versions, numbers given out; whatever a second effect would add to."""

_GIVE_UP_S = 60


def at_once(park: Park, caller: str, requests: Sequence[Request]) -> list[Any]:
    """Every request from a thread of its own, all let go together; the answers in the same order."""
    start = threading.Barrier(len(requests), timeout=_GIVE_UP_S)

    def send(request: Request) -> Any:
        start.wait()
        return park.ask(caller, request.method, request.path, **request.options)

    with _closely_interleaved(), ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests, timeout=_GIVE_UP_S))


@contextmanager
def _closely_interleaved() -> Iterator[None]:
    """Threads take turns fifty times as often as usual, so that many orders of events are met."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 50)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


@contextmanager
def effect(park: Park) -> Iterator[Effect]:
    """What the block adds to the databases of all services; filled in when it ends."""
    before = _standing(park)
    found: Effect = {}
    yield found
    after = _standing(park)
    found.update({name: after[name] - before[name] for name in after if after[name] != before[name]})


def _standing(park: Park) -> Effect:
    return {
        f"{service}.{name}": value
        for service in park.services
        for name, value in _standing_of(park.system.runtime(service).database.engine).items()
    }


def _standing_of(engine: sa.Engine) -> Effect:
    with engine.connect() as connection:
        row = connection.execute(_sums(engine)).mappings().one()
        return {name: int(value) for name, value in row.items()}


@cache
def _sums(engine: sa.Engine) -> sa.Select[Any]:
    """One query for how many rows each table has, and for the sums of its counting columns."""
    inspector = sa.inspect(engine)
    sums = []
    for table, columns in inspector.get_multi_columns().items():
        name = table[1]
        counting = sorted({column["name"] for column in columns} & {"version", "event_sequence", "last"})
        counted: dict[str, sa.ColumnElement[int]] = {
            f"{name}.{each}": sa.func.coalesce(sa.func.sum(sa.column(each)), 0) for each in counting
        }
        if name != "number_series":  # a series begins with the first number that it gives out
            counted[f"{name}.rows"] = sa.func.count()
        sums += [
            sa.select(each).select_from(sa.table(name)).scalar_subquery().label(label)
            for label, each in counted.items()
        ]
    return sa.select(*sums)

"""When a zone is open at all: what is claimed for weeks leaves out the hours in which nobody can park."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from sqlalchemy.orm import Session

from facilities.capacity.grid import Span
from facilities.capacity.ledger.locking import exceptions_of
from facilities.capacity.ledger.queries import pool_of

Taken = tuple[Span, int]
"""Units that are taken over a time."""


def open_spans(session: Session, ledger_id: int, span: Span) -> Iterator[Span]:
    """The parts of a time in which the ledger holds anything, by its opening hours and exceptions."""
    pool = pool_of(session, ledger_id)
    slots = pool.grid.slots(span)
    capacities = pool.capacities(slots, exceptions_of(session, {ledger_id: slots})[ledger_id])
    for is_open, run in groupby(zip(slots, capacities, strict=True), key=lambda each: each[1] > 0):
        first, *rest = (slot for slot, _capacity in run)
        if is_open:
            whole = pool.grid.span_of(range(first, (rest[-1] if rest else first) + 1))
            yield Span(max(whole.start, span.start), min(whole.end, span.end))


def levels(span: Span, taken: Sequence[Taken]) -> Iterator[Taken]:
    """How much is taken of each part of a time, parts next to each other differing in what takes them."""
    edges = {edge for each, _units in taken for edge in (each.start, each.end)}
    cuts = sorted({span.start, span.end, *(edge for edge in edges if span.start < edge < span.end)})
    for start, end in pairwise(cuts):
        yield Span(start, end), sum(n for each, n in taken if each.start <= start and end <= each.end)

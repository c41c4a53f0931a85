"""What is done with capacity that becomes free, in the very transaction that gives it back.

Ledgers and bookings only say what has become free; whoever waits for it stands above them. The service names,
as a resource, what is to be done.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from facilities.capacity.grid import Span
from shared.transaction import Transaction

_FAR = timedelta(days=3660)


class WhenFreed:
    """Nothing is done: nobody waits."""

    def freed(self, tx: Transaction, held: Collection[int], spans: Mapping[int, Span]) -> None:
        """Capacity of these ledgers may have become free within these times.

        `held` are all the ledgers that the transaction has taken; it takes no further ones after this unless
        they are free.
        """


def tell_freed(tx: Transaction, held: Collection[int], freed: Iterable[tuple[int, Span]]) -> None:
    """Say what has become free: the last step of a verb, with its ledgers still taken."""
    spans: dict[int, Span] = {}
    for ledger, span in freed:
        known = spans.get(ledger, span)
        spans[ledger] = Span(min(known.start, span.start), max(known.end, span.end))
    if spans:
        tx.resource(WhenFreed).freed(tx, held, spans)


class _Noted(WhenFreed):
    """Nothing is done yet."""

    def __init__(self) -> None:
        self.spans: list[tuple[int, Span]] = []

    def freed(self, tx: Transaction, held: Collection[int], spans: Mapping[int, Span]) -> None:
        """Remember it."""
        self.spans += spans.items()


@contextmanager
def telling_at_the_end(tx: Transaction) -> Iterator[Transaction]:
    """The transaction for the parts of a step that gives back and takes again: what is free is said after it.

    Else whoever waits would be offered what the next part needs. Nothing is said where the step is refused.
    """
    noted = _Noted()
    yield replace(tx, context=replace(tx.context, resources=tx.context.resources.but(WhenFreed, noted)))
    # Of a part that was undone too much is said, and looked at in vain. Which ledgers are held is left open:
    # one that was taken in such a part is not; those that are held can be had without waiting.
    tell_freed(tx, (), noted.spans)


def from_now_on(now: datetime) -> Span:
    """All the time for which anybody may wait."""
    return Span(now, now + _FAR)

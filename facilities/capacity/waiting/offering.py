"""What becomes free is offered to those who wait for it, within the transaction that frees it.

The line is tried in its order: priority, then who came first. Whose wish fits gets a held booking; whose does
not is passed over, and counts how often somebody behind was served in the same time. After `MOST_SKIPS` of
those nobody behind it is served there any more, so that what becomes free piece by piece adds up for it.

Why that waits for nobody. All that is taken beside the ledgers of the verb is taken without waiting: further
ledgers, the turn in which a customer's quotas are counted, the entries themselves. What cannot be had at once
is looked at again by an appointment, in a transaction of its own that takes the ledgers first and in order.
And nothing is missed by that: a verb on an entry holds all the ledgers of its resource, and of two releases
that touch the same entry one has its row, and the other sees that and makes an appointment.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.bookings.commands import enter
from facilities.capacity.bookings.policy import quota_turn, require_allowed
from facilities.capacity.freeing import WhenFreed
from facilities.capacity.grid import Span
from facilities.capacity.ledger.commands import claim, takings
from facilities.capacity.ledger.locking import Pool, lock, lock_if_free
from facilities.capacity.ledger.queries import free_by_slot, rules_of, units_of
from facilities.capacity.refusals import Full
from facilities.capacity.rules import offered_for
from facilities.capacity.waiting.model import WaitlistEntry, WaitState
from facilities.capacity.waiting.queries import (
    as_they_are,
    in_line,
    kept_room_for,
    place_in_line,
    taken_without_waiting,
)
from facilities.capacity.waiting.trades import Prepared, Trades
from shared.actor import SYSTEM
from shared.database import take_turn_if_free
from shared.errors import Problem
from shared.ids import new_id
from shared.transaction import Transaction

MOST_SKIPS = 3
"""How often somebody behind may be served before one whose wish needs more than there is."""
LOOK_TIMER = "waitlist-look"


class Waitlist(WhenFreed):
    """Whoever waits is offered what has become free."""

    def freed(self, tx: Transaction, held: Collection[int], spans: Mapping[int, Span]) -> None:
        """Offer it along the line."""
        offer(tx, held, spans)


class _Served(Enum):
    YES = auto()
    FULL = auto()
    """Others stand behind it: it is passed over."""
    NOT_ALLOWED = auto()
    """Its own rules or quotas forbid it now; that is no matter of the line."""
    LATER = auto()
    """Something that it needs could not be had without waiting."""


@dataclass(frozen=True, slots=True)
class _Want:
    """What an entry would take of a ledger."""

    ledger: int
    slots: range
    units: int

    def meets(self, other: "_Want") -> bool:
        """Whether both want the same slot."""
        return (
            self.ledger == other.ledger
            and self.slots.start < other.slots.stop
            and other.slots.start < self.slots.stop
        )


class _Free:
    """What is free of the ledgers that anybody in the line needs; kept up while they are served.

    For ledgers that are not taken it is only a guess: claiming is what decides.
    """

    def __init__(self, tx: Transaction, line: Sequence[WaitlistEntry]) -> None:
        takes: dict[UUID, list[tuple[Pool, int]]] = {}
        rules = rules_of(tx.session, {each.resource_id for each in line}) if line else ()
        for resource, pool, units in rules:
            takes.setdefault(resource, []).append((pool, units))
        self._wants = {
            each.id: [
                _Want(pool.id, pool.grid.slots(each.takes), units * each.quantity)
                for pool, units in takes.get(each.resource_id, ())
            ]
            for each in line
        }
        self._pools = {pool.id: pool for each in takes.values() for pool, _units in each}
        windows: dict[int, range] = {}
        for want in (want for wants in self._wants.values() for want in wants):
            known = windows.get(want.ledger, want.slots)
            windows[want.ledger] = range(min(known.start, want.slots.start), max(known.stop, want.slots.stop))
        looked = {ledger: (self._pools[ledger], slots) for ledger, slots in windows.items()}
        self._windows = windows
        self._free = free_by_slot(tx.session, looked) if looked else {}

    def spans(self) -> dict[int, Span]:
        """From when until when anybody in the line would take something of each ledger."""
        return {ledger: self._pools[ledger].grid.span_of(slots) for ledger, slots in self._windows.items()}

    def wants(self, entry: WaitlistEntry) -> list[_Want]:
        """What the entry would take."""
        return self._wants[entry.id]

    def fits(self, entry: WaitlistEntry) -> bool:
        """Whether there is as much."""
        wants = self._wants[entry.id]
        return bool(wants) and all(min(self._of(want)) >= want.units for want in wants)

    def take(self, entry: WaitlistEntry) -> None:
        """It has been served."""
        for want in self._wants[entry.id]:
            start = want.slots.start - self._windows[want.ledger].start
            rest = [left - want.units for left in self._of(want)]
            self._free[want.ledger][start : start + len(rest)] = rest

    def _of(self, want: _Want) -> list[int]:
        start = want.slots.start - self._windows[want.ledger].start
        return self._free[want.ledger][start : start + len(want.slots)]


def offer(tx: Transaction, held: Collection[int], spans: Mapping[int, Span]) -> int:
    """Serve whom these times of these ledgers suffice for; returns how many. `held` are taken already.

    In the name of the system: whoever frees something, or leaves, serves nobody.
    """
    tx = replace(tx, actor=SYSTEM)
    having = set(held)
    kept_room: set[UUID] = set()
    ahead = [spans]
    served = 0
    while ahead:
        line = _Line(tx, having, ahead.pop())
        served += line.serve()
        # Who stood back for one of these did so through all of its time, and not only in what is free now.
        for entry, theirs in line.no_longer_kept_room_for():
            if entry not in kept_room:
                kept_room.add(entry)
                ahead.append(theirs)
    return served


class _Line:
    """Who waits for some times of some ledgers, in their order; `having` are the ledgers that are taken.

    With them whoever room is kept for where they would take something, at whatever time.
    """

    def __init__(self, tx: Transaction, having: set[int], spans: Mapping[int, Span]) -> None:
        self._tx = tx
        self._having = having
        self._passed: list[WaitlistEntry] = []
        self._settled: list[WaitlistEntry] = []
        self._elsewhere: list[WaitlistEntry] = []
        """Somebody else looks at them: their rows are not ours to count skips in."""
        self._taken: set[UUID] = set()
        self._entries: list[WaitlistEntry] = []
        self._free = _Free(tx, ())
        found: list[UUID] = []
        more = in_line(tx.session, spans, tx.now)
        while more:
            found += more
            taken = taken_without_waiting(tx.session, found)
            self._taken = {each.id for each in taken}
            # Read after that: who was served by somebody else meanwhile is none of them any more.
            missed = [each for each in found if each not in self._taken]
            others = as_they_are(tx.session, missed) if missed else ()
            self._entries = sorted([*taken, *others], key=place_in_line)
            self._free = _Free(tx, self._entries)
            spans = self._free.spans()
            keeping = kept_room_for(tx.session, spans, tx.now, MOST_SKIPS) if spans else ()
            more = [each for each in keeping if each not in found]

    def serve(self) -> int:
        """One after the other; how many have been."""
        served = 0
        for entry in self._entries:
            if entry.id not in self._taken:
                look_later(self._tx, entry.id)
                self._elsewhere.append(entry)
                continue
            if _stands_back(self._free, entry, [*self._passed, *self._elsewhere]):
                continue
            outcome = _serve(self._tx, entry, self._having) if self._free.fits(entry) else _Served.FULL
            if outcome is _Served.YES:
                served += 1
                self._free.take(entry)
                _count_skips(self._tx, self._free, entry, self._passed)
            if outcome in (_Served.YES, _Served.NOT_ALLOWED):
                self._settled.append(entry)
            else:
                self._passed.append(entry)
            if outcome is _Served.LATER:
                look_later(self._tx, entry.id)
        return served

    def no_longer_kept_room_for(self) -> Iterator[tuple[UUID, Mapping[int, Span]]]:
        """For whom others stood back, and need not now: each with its times of its ledgers."""
        for entry in self._settled:
            if entry.skips >= MOST_SKIPS:
                ledgers = [want.ledger for want in self._free.wants(entry)]
                yield entry.id, dict.fromkeys(ledgers, entry.takes)


def look(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The appointment of an entry that could not be looked at before: its whole line is, as it is now."""
    entry = tx.session.get(WaitlistEntry, UUID(str(payload["entry"])))
    if entry is not None and entry.state is WaitState.WAITING:
        units = units_of(tx.session, entry.resource_id)
        lock(tx.session, units)
        offer(tx, units, dict.fromkeys(units, entry.takes))


def look_later(tx: Transaction, entry_id: UUID) -> None:
    """Look at an entry in a transaction of its own, as soon as this one has ended."""
    # Under a new key each time: one that is being kept would have to be waited for.
    tx.schedule(LOOK_TIMER, f"{entry_id}/{new_id()}", tx.now, {"entry": str(entry_id)})


def _stands_back(free: _Free, entry: WaitlistEntry, passed: Iterable[WaitlistEntry]) -> bool:
    """Whether somebody before it has been passed over too often in the same time."""
    return any(
        mine.meets(theirs)
        for before in passed
        if before.skips >= MOST_SKIPS
        for theirs in free.wants(before)
        for mine in free.wants(entry)
    )


def _count_skips(
    tx: Transaction, free: _Free, served: WaitlistEntry, passed: Iterable[WaitlistEntry]
) -> None:
    skipped = [
        each.id
        for each in passed
        if any(mine.meets(theirs) for mine in free.wants(served) for theirs in free.wants(each))
    ]
    if skipped:
        # Past the version: it is nothing that whoever has read the entry would have to read again.
        tx.session.execute(
            sa.update(WaitlistEntry)
            .where(WaitlistEntry.id.in_(skipped))
            .values(skips=WaitlistEntry.skips + 1)
        )


def _serve(tx: Transaction, entry: WaitlistEntry, having: set[int]) -> _Served:
    try:
        prepared = tx.resource(Trades).of(entry).prepare(tx, entry)
    except Problem:
        return _Served.NOT_ALLOWED
    order = prepared.order
    units = units_of(tx.session, order.resource_id)
    if others := units.keys() - having:
        having |= lock_if_free(tx.session, others)
        if not units.keys() <= having:
            return _Served.LATER
    if order.policy.quotas and order.customer is not None:
        turn = quota_turn(order.trade, order.customer)
        if not take_turn_if_free(tx.session, turn):
            return _Served.LATER
    try:
        require_allowed(tx, order.trade, order.customer, order.wish, order.policy)
        _book(tx, entry, prepared, units)
    except Full:
        return _Served.FULL
    except Problem:
        return _Served.NOT_ALLOWED
    return _Served.YES


def _book(tx: Transaction, entry: WaitlistEntry, prepared: Prepared, units: Mapping[int, int]) -> None:
    """Hold it for them; raises Full where what was a guess is not so, before anything is written down."""
    policy = prepared.order.policy
    kept_for = offered_for(policy, tx.now, entry.starts_at)
    order = replace(prepared.order, policy=replace(policy, hold_for=kept_for))
    pools = lock(tx.session, units)  # ours by now, so nobody is waited for: capacities as they are
    span = Span(order.wish.starts_at, order.wish.ends_at).padded(policy.padding)
    takes = takings(pools, {ledger: n * order.wish.quantity for ledger, n in units.items()}, span)
    booking_id = new_id()
    claim(tx.session, booking_id, takes)
    booking = enter(tx, booking_id, order, entry.joined_by, entry.joined_name)
    tx.session.flush()  # the entry refers to it
    entry.state = WaitState.OFFERED
    entry.booking_id = booking.id
    entry.updated_at = tx.now
    tx.session.flush()
    details = {"booking": str(booking.id)}
    tx.audit("waitlist.offered", "waitlist_entry", entry.id, details, on_behalf_of=entry.customer)
    prepared.keep(tx, booking)

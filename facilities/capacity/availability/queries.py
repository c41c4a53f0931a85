"""What is free, by one measure: capacity by the rules, less what is claimed, less what is there all the same.

`free_units` says it of a span and of any number of resources, in a number of queries that does not grow with
them; `timeline` says it slot by slot of one. Tests hold them to each other and to a sweep over the bookings.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.availability.timeline import (
    Timeline,
    alternatives,
    overlay,
    reach_of_alternatives,
    stretches,
)
from facilities.capacity.grid import Grid, Padding, Span
from facilities.capacity.ledger.locking import Pool, exceptions_of, listed
from facilities.capacity.ledger.model import BookingClaim, LedgerSlot
from facilities.capacity.ledger.queries import free_by_slot, rules_of
from facilities.capacity.opening import Exceptional
from facilities.capacity.refusals import Alternative
from facilities.capacity.rules import Policy, Wish, violations


@dataclass(frozen=True, slots=True)
class Found:
    """A resource and how many of its units are free all through the span that was asked for."""

    resource_id: UUID
    free: int


def search(session: Session, resources: Mapping[UUID, Padding], span: Span, quantity: int = 1) -> list[Found]:
    """These resources, those first that are free for the quantity; each group in the order of `resources`."""
    free = free_units(session, resources, span)
    found = [Found(resource, free.get(resource, 0)) for resource in resources]
    return sorted(found, key=lambda each: each.free < quantity)


def free_units(session: Session, resources: Mapping[UUID, Padding], span: Span) -> dict[UUID, int]:
    """How many units of each resource are free all through the span, with all that belongs to a booking.

    A resource that takes no ledger is left out. Ledgers of one grid and one padding share their queries.
    """
    windows: dict[tuple[Grid, Padding], _Window] = {}
    uses: list[tuple[UUID, _Window, int, int]] = []
    for resource, pool, units in rules_of(session, resources):
        padding = resources[resource]
        window = windows.get((pool.grid, padding))
        if window is None:
            window = _Window(pool.grid, pool.grid.slots(span.padded(padding)), {}, {})
            windows[pool.grid, padding] = window
        window.pools[pool.id] = pool
        uses.append((resource, window, pool.id, units))
    for window in windows.values():
        window.least = _least(session, window)
    found: dict[UUID, int] = {}
    for resource, window, ledger, units in uses:
        free = max(window.least[ledger], 0) // units
        found[resource] = min(found.get(resource, free), free)
    return found


@dataclass(slots=True)
class _Window:
    """Ledgers of one grid that are looked at over the same slots."""

    grid: Grid
    slots: range
    pools: dict[int, Pool]
    least: dict[int, int]


def _least(session: Session, window: _Window) -> dict[int, int]:
    """The least that is free of each ledger in any of the slots."""
    # Rows have the capacity of the rules in them. Slots without a row are free as far as the rules go, and
    # taking the rules' least over all slots instead of over those alone changes nothing: a row's is no less.
    free = sa.func.min(LedgerSlot.cap - LedgerSlot.used - LedgerSlot.overflow)
    rows = (
        sa.select(LedgerSlot.ledger_id, free)
        .where(
            LedgerSlot.ledger_id.in_(listed(window.pools)),
            LedgerSlot.slot >= window.slots.start,
            LedgerSlot.slot < window.slots.stop,
        )
        .group_by(LedgerSlot.ledger_id)
    )
    taken = dict(session.execute(rows).all())
    exceptions = exceptions_of(session, dict.fromkeys(window.pools, window.slots))
    open_: dict[UUID | None, bool] = {}
    found = {}
    for ledger, pool in window.pools.items():
        if pool.calendar_id not in open_:
            opening = pool.opening
            open_[pool.calendar_id] = opening is None or all(opening.open_slots(window.grid, window.slots))
        by_rules = 0
        if open_[pool.calendar_id]:
            by_rules = _least_by_rules(pool, window.slots, exceptions[ledger])
        found[ledger] = min(taken.get(ledger, by_rules), by_rules)
    return found


def _least_by_rules(pool: Pool, slots: range, exceptions: Sequence[Exceptional]) -> int:
    """Of a ledger that is open in all of the slots."""
    if not exceptions:
        return pool.default_cap
    return min(pool.capacities(slots, exceptions))


def timeline(session: Session, resource_id: UUID, span: Span, but: UUID | None = None) -> Timeline:
    """What is free of a resource over a time of at most some weeks; LookupError when it takes no ledger.

    What the booking `but` has taken counts as free: it is to be moved.
    """
    takes = rules_of(session, [resource_id])
    if not takes:
        raise LookupError(f"resource {resource_id} takes no ledger")
    windows = {pool.id: (pool, pool.grid.slots(span)) for _resource, pool, _units in takes}
    free = free_by_slot(session, windows)
    for ledger, slots, units in _taken_by(session, but, windows) if but is not None else ():
        for place in slots:
            free[ledger][place] += units
    lines = [
        list(stretches(pool.grid, windows[pool.id][1], free[pool.id], units))
        for _resource, pool, units in takes
    ]
    return overlay(span, lines)


def _taken_by(
    session: Session, booking_id: UUID, windows: Mapping[int, tuple[Pool, range]]
) -> Iterator[tuple[int, range, int]]:
    """What a booking has taken within these windows: places counted from the beginning of each, and units."""
    query = sa.select(BookingClaim).where(
        BookingClaim.booking_id == booking_id, BookingClaim.ledger_id.in_(listed(windows))
    )
    for claim in session.scalars(query):
        slots = windows[claim.ledger_id][1]
        first, last = max(claim.slot_from, slots.start), min(claim.slot_to, slots.stop)
        yield claim.ledger_id, range(first - slots.start, last - slots.start), claim.units


def calendar(
    session: Session, resource_id: UUID, policy: Policy, first: date, days: int
) -> Iterator[tuple[date, Timeline]]:
    """What is free on each of so many days of the resource's zone; the same queries however many they are."""
    dates = [first + timedelta(days=n) for n in range(days + 1)]
    midnights = [datetime.combine(day, time(), policy.tz) for day in dates]
    whole = timeline(session, resource_id, Span(midnights[0], midnights[-1]))
    for day, (start, end) in zip(dates[:-1], pairwise(midnights), strict=True):
        span = Span(start, end)
        inside = [each for each in whole.stretches if each.span.overlaps(span)]
        yield day, overlay(span, [inside])


def alternatives_to(
    session: Session,
    resource_id: UUID,
    wish: Wish,
    policy: Policy,
    now: datetime,
    *,
    but: UUID | None = None,
) -> list[Alternative]:
    """Up to three other times at which the wish would fit, by the rules and by what is free.

    What the booking `but` has taken counts as free.
    """
    span = Span(wish.starts_at, wish.ends_at)
    line = timeline(session, resource_id, reach_of_alternatives(span, policy), but)

    def allowed(candidate: Span) -> bool:
        return not violations(Wish(candidate.start, candidate.end, wish.quantity), policy, now)

    return alternatives(line, span, wish.quantity, policy, allowed)

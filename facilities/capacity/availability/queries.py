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

from facilities.capacity.availability.needs import Need, Window, needs_of
from facilities.capacity.availability.timeline import (
    Timeline,
    alternatives,
    overlay,
    reach_of_alternatives,
    stretches,
)
from facilities.capacity.grid import DAY_S, Padding, Span
from facilities.capacity.ledger.locking import Pool, exceptions_of, grid_of, listed
from facilities.capacity.ledger.model import BookingClaim, LedgerSlot
from facilities.capacity.ledger.queries import free_by_slot, rules_of
from facilities.capacity.opening import capacities
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

    A resource that takes no ledger is left out. One query; another where exceptions stand in the span, and
    another for what is booked by the day.
    """
    if not resources:
        return {}
    windows: dict[Padding, Window] = {}
    asked: list[tuple[UUID, Window]] = []
    for resource, padding in resources.items():
        window = windows.get(padding)
        if window is None:
            window = windows[padding] = Window(span.padded(padding))
        asked.append((resource, window))
    found: list[int | None] = [None] * len(asked)
    for place, free in _free(session, asked):
        known = found[place]
        found[place] = free if known is None else min(known, free)
    return {each: free for (each, _), free in zip(asked, found, strict=True) if free is not None}


def _free(session: Session, asked: Sequence[tuple[UUID, Window]]) -> Iterator[tuple[int, int]]:
    """For each ledger of each resource the place of the resource, and how many of its units have room there.

    Rows have the capacity of the rules in them. Slots without a row are free as far as the rules go; to take
    the rules' least over all slots instead of over those alone changes nothing, for a row's is no less.
    """
    special: list[tuple[Need, Window]] = []
    for need in needs_of(session, asked):
        place, units, _ledger, capacity, grain_s, tz, hours, least, excepted = need
        window = asked[place][1]
        if excepted or grain_s == DAY_S:
            special.append((need, window))
            continue
        by_rules = capacity if hours is None or window.is_open(hours, grain_s, tz) else 0
        free = by_rules if least is None or least > by_rules else least
        yield place, free // units if free > 0 else 0
    if special:
        yield from _special(session, special)


def _special(session: Session, needs: Sequence[tuple[Need, Window]]) -> Iterator[tuple[int, int]]:
    """The same where exceptions stand, and of ledgers of days."""
    ranges: dict[int, range] = {}
    for need, window in needs:  # a ledger may be looked at over several windows
        slots = window.slots(*need[4:6])
        known = ranges.get(need[2], slots)
        ranges[need[2]] = range(min(known.start, slots.start), max(known.stop, slots.stop))
    exceptions = exceptions_of(session, ranges)
    days = _days(session, {need[2]: ranges[need[2]] for need, _window in needs if need[4] == DAY_S})
    for need, window in needs:
        place, units, ledger, capacity, grain_s, tz, hours, least, _excepted = need
        slots = window.slots(grain_s, tz)
        by_rules = min(capacities(grid_of(grain_s, tz), slots, capacity, None, exceptions[ledger]))
        if hours is not None and not window.is_open(hours, grain_s, tz):
            by_rules = 0
        if grain_s == DAY_S:
            least = min((left for slot, left in days[ledger].items() if slot in slots), default=None)
        free = by_rules if least is None else min(least, by_rules)
        yield place, max(free, 0) // units


def _days(session: Session, ranges: Mapping[int, range]) -> dict[int, dict[int, int]]:
    """What is free of ledgers of days where they have rows; no query where there are no such ledgers."""
    found: dict[int, dict[int, int]] = {ledger: {} for ledger in ranges}
    if found:
        left = LedgerSlot.cap - LedgerSlot.used - LedgerSlot.overflow
        rows = sa.select(LedgerSlot.ledger_id, LedgerSlot.slot, left).where(
            LedgerSlot.ledger_id.in_(listed(found)),
            LedgerSlot.slot >= min(each.start for each in ranges.values()),
            LedgerSlot.slot < max(each.stop for each in ranges.values()),
        )
        for ledger, slot, free in session.execute(rows):
            found[ledger][slot] = free
    return found


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

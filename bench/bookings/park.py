"""A park whose machines are booked a given number of times, made out before any database has seen it.

Seeded: every database of a measurement gets the same one. Times are whole quarters of an hour between 06:00
and 22:00, over 157 days of which the present is the middle.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from uuid import UUID

from facilities.capacity.grid import Grid, Span
from facilities.capacity.opening import Hours, Opening
from facilities.capacity.rules import Policy, Wish
from shared.clock import PARK_TZ, local_date
from shared.ids import new_id

GRID = Grid(900, PARK_TZ)
SLOTS_A_DAY = 96
OPENS, CLOSES = 24, 88
"""The quarters of the day at which a machine opens and closes."""
HOURS = Opening(tuple(Hours(day, time(6), time(22)) for day in range(1, 8)))
DAYS = 157
LONGEST = 16
"""A booking takes from 2 to as many quarters."""
POLICY = Policy(
    horizon=timedelta(days=DAYS),
    shortest=timedelta(minutes=30),
    longest=timedelta(minutes=15 * LONGEST),
    most=10,
)
_SEED = 20261123


@dataclass(frozen=True, slots=True)
class Resource:
    """A machine: its number is the ledger's, too."""

    number: int
    id: UUID
    capacity: int


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking by slots counted from the park's first one."""

    resource: Resource
    start: int
    stop: int
    quantity: int


class Park:
    """Resources, and how many units of each are booked in each slot."""

    def __init__(self, resources: int, now: datetime) -> None:
        self.random = Random(_SEED)
        self.now = now
        midnight = datetime.combine(local_date(now), time(), PARK_TZ).astimezone(UTC)
        self.first = GRID.slot_of(midnight) - DAYS // 2 * SLOTS_A_DAY
        self.present = GRID.slot_of(now) - self.first
        self.resources = [
            Resource(number, new_id(), self.random.randint(1, 10)) for number in range(1, resources + 1)
        ]
        self.used = {each.number: bytearray(DAYS * SLOTS_A_DAY) for each in self.resources}

    def fill(self, count: int) -> list[Booked]:
        """So many bookings of any time that fit, in the order of their beginnings."""
        found = [self.book(0) for _ in range(count)]
        return sorted(found, key=lambda each: each.start)

    def book(self, after: int | None = None) -> Booked:
        """One more booking that fits, from a slot on; from tomorrow on unless said otherwise."""
        random = self.random
        first_day = self.present // SLOTS_A_DAY + 1 if after is None else after
        while True:
            resource = self.resources[int(random.random() * len(self.resources))]
            length = 2 + int(random.random() * (LONGEST - 1))
            day = first_day + int(random.random() * (DAYS - first_day))
            start = day * SLOTS_A_DAY + OPENS + int(random.random() * (CLOSES - OPENS - length + 1))
            quantity = 1 + int(random.random() * min(3, resource.capacity))
            used = self.used[resource.number]
            if max(used[start : start + length]) + quantity <= resource.capacity:
                taken = bytes(each + quantity for each in used[start : start + length])
                used[start : start + length] = taken
                return Booked(resource, start, start + length, quantity)

    def taken(self, *, by_day: bool) -> Iterator[tuple[int, int, int, int]]:
        """Ledger, slot, units and capacity where something is taken; ordered by ledger, or by day."""
        length = SLOTS_A_DAY if by_day else DAYS * SLOTS_A_DAY
        for start in range(0, DAYS * SLOTS_A_DAY, length):
            for resource in self.resources:
                used = self.used[resource.number][start : start + length]
                for slot, units in enumerate(used, self.first + start):
                    if units:
                        yield resource.number, slot, units, resource.capacity

    def span(self, booked: Booked) -> Span:
        """The time of a booking."""
        return GRID.span_of(range(self.first + booked.start, self.first + booked.stop))

    def wish(self, booked: Booked) -> Wish:
        """A booking as it would be asked for."""
        span = self.span(booked)
        return Wish(span.start, span.end, booked.quantity)

    def look(self, count: int) -> tuple[list[Resource], Span]:
        """Some resources and two hours of one of the days to come: what a search asks for."""
        random = self.random
        day = random.randrange(self.present // SLOTS_A_DAY + 1, DAYS)
        start = day * SLOTS_A_DAY + random.randrange(OPENS, CLOSES - 8)
        span = GRID.span_of(range(self.first + start, self.first + start + 8))
        return random.sample(self.resources, count), span

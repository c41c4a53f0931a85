"""The grid of a ledger: into which slots time is cut, and which of them a span takes. Pure.

A slot of less than a day is a number of whole grains since 1970 in UTC; every offset from UTC in use is a
multiple of a quarter of an hour. A slot of a day is a local date, as its ordinal: a day of 23 or of 25 hours
is one slot like any other. Spans are half-open and rounded outwards: whoever takes a part of a slot takes all
of it, so what is free by the ledger is free in truth.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_S = 86_400
GRAINS_S = (300, 900, 1800, 3600, DAY_S)
"""The lengths that a slot may have, in seconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT = datetime.resolution


@dataclass(frozen=True, slots=True)
class Padding:
    """Time that a booking takes beside the booked time itself; not shown to others as bookable.

    The gaps between two bookings add up: after the first one its `after`, then `before` and `set_up` of the
    second. For a single turnaround between two set one of them alone.
    """

    before: timedelta = timedelta(0)
    set_up: timedelta = timedelta(0)
    after: timedelta = timedelta(0)


NO_PADDING = Padding()


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant up to another one that is no part of it any more; kept in UTC, whatever was given."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Aware, and not empty; ValueError otherwise."""
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a span of naive instants")
        # Two instants of one zone would be compared and subtracted by their wall times.
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.start >= self.end:
            raise ValueError("a span that ends before it begins")

    @property
    def length(self) -> timedelta:
        """How much time passes."""
        return self.end - self.start

    def padded(self, padding: Padding) -> "Span":
        """With the time before and after that belongs to it."""
        return Span(self.start - padding.before - padding.set_up, self.end + padding.after)

    def overlaps(self, other: "Span") -> bool:
        """Whether they have an instant in common."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Grid:
    """Slots of one length in one time zone; slots are numbers, several are a `range`."""

    grain_s: int
    tz: ZoneInfo

    def __post_init__(self) -> None:
        """Only the lengths that divide an hour, an hour and a day; ValueError otherwise."""
        if self.grain_s not in GRAINS_S:
            raise ValueError(f"no grain of {self.grain_s} s")

    @property
    def by_day(self) -> bool:
        """Whether a slot is a local date."""
        return self.grain_s == DAY_S

    def slot_of(self, instant: datetime) -> int:
        """The slot in which an aware instant lies."""
        if self.by_day:
            return instant.astimezone(self.tz).toordinal()
        return (instant - _EPOCH) // timedelta(seconds=self.grain_s)

    def start_of(self, slot: int) -> datetime:
        """The first instant of a slot, in UTC."""
        if not self.by_day:
            return _EPOCH + timedelta(seconds=slot * self.grain_s)
        # Where midnight does not exist, `fold=0` reads it as the instant of the change, which is what it is.
        return datetime.combine(date.fromordinal(slot), time(), self.tz).astimezone(UTC)

    def slots(self, span: Span) -> range:
        """Every slot of which the span takes a part."""
        return range(self.slot_of(span.start), self.slot_of(span.end - _MOMENT) + 1)

    def slots_within(self, span: Span) -> range:
        """Every slot that lies wholly in the span; may be none."""
        return range(self.slot_of(span.start - _MOMENT) + 1, self.slot_of(span.end))

    def span_of(self, slots: range) -> Span:
        """The time of these slots, which are at least one."""
        return Span(self.start_of(slots.start), self.start_of(slots.stop))

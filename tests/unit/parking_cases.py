"""Random sound tariffs and stays, and a second way to reckon: minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from facilities.living.parking.tariffs.charging import MINUTE
from facilities.living.parking.tariffs.fees import Coupon, Covered
from facilities.living.parking.tariffs.overstaying import Charging
from facilities.living.parking.tariffs.tariff import (
    Band,
    Block,
    Overstay,
    Period,
    Rate,
    Restart,
    Tariff,
    Window,
)
from facilities.living.parking.vehicles import Exemption, VehicleClass
from shared.clock import PARK_TZ
from shared.text import Text

NAME = Text("示例", "Example")
LENGTHS = st.sampled_from([1, 7, 15, 30, 60, 90, 180, 720, 1440])
AMOUNTS = st.integers(0, 2_000)
BLOCKS = st.builds(Block, LENGTHS, AMOUNTS)
QUARTERS = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))


@st.composite
def bands(draw: st.DrawFn) -> tuple[Band, ...]:
    """Up to three hours of the day that do not overlap, over midnight or not, of some weekdays."""
    walls = sorted(draw(st.lists(QUARTERS, unique=True, max_size=3)))
    pairs = list(zip(walls, walls[1:] + walls[:1], strict=True))
    chosen = [pair for pair in pairs if pair[0] != pair[1] and draw(st.booleans())]
    weekdays = draw(st.frozensets(st.integers(1, 7), min_size=1))
    capped = st.none() | st.integers(0, 5_000)
    return tuple(
        Band(Text("时段", "Hours"), since, until, draw(BLOCKS), draw(capped), weekdays)
        for since, until in chosen
    )


CAPS = st.lists(st.integers(0, 5_000), max_size=4).map(tuple)
PERIODS = st.builds(Period, st.sampled_from(Window), CAPS, st.sampled_from(Restart)) | st.builds(
    Period,
    st.just(Window.CALENDAR_DAY),
    st.integers(0, 5_000).map(lambda cap: (cap,)),
    st.sampled_from(Restart),
    st.just(True),
)


def rates(classes: frozenset[VehicleClass]) -> st.SearchStrategy[Rate]:
    """Rates of these classes; caps may fall from day to day."""
    return st.builds(
        Rate,
        classes=st.just(classes),
        unit=BLOCKS,
        free_minutes=st.sampled_from([0, 15, 30, 120]),
        free_included=st.booleans(),
        first=st.none() | BLOCKS,
        bands=bands(),
        period=st.none() | PERIODS,
        lost_entry_fen=st.none() | AMOUNTS,
        monthly_fen=st.none() | AMOUNTS,
    )


ALL_CLASSES = frozenset(VehicleClass)
TARIFFS = st.builds(
    Tariff,
    number=st.just(1),
    effective_on=st.just(date(2026, 1, 1)),
    name=st.just(NAME),
    rates=rates(ALL_CLASSES).map(lambda rate: (rate,)),
    exempt=st.frozensets(st.sampled_from(Exemption)),
    nev_discount_bp=st.sampled_from([0, 3_333, 5_000, 10_000]),
    grace_minutes=st.sampled_from([0, 15]),
    overstay=st.none()
    | st.builds(Overstay, BLOCKS, st.sampled_from([0, 10, 30]), st.none() | st.integers(0, 5_000)),
)
# Seconds too, around the ends of months and of a year, and any time of two years with a leap day.
ENTRIES = st.one_of(
    st.integers(0, 730 * 86_400).map(
        lambda seconds: datetime(2027, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    ),
    st.sampled_from(
        [
            datetime(2026, 12, 31, 15, 59, 30, tzinfo=UTC),
            datetime(2028, 2, 28, 15, 0, tzinfo=UTC),
            datetime(2026, 11, 30, 16, 0, tzinfo=UTC),
        ]
    ),
)
SPANS = st.one_of(st.integers(0, 300), st.integers(0, 4 * 1440)).map(lambda minutes: minutes * MINUTE)
COUPONS = st.lists(
    st.one_of(
        st.integers(1, 600).map(lambda minutes: Coupon("m", NAME, minutes=minutes)),
        st.integers(1, 3_000).map(lambda fen: Coupon("a", NAME, fen=fen)),
    ),
    max_size=3,
).map(tuple)

COVERED = st.none() | st.builds(Covered, st.just(NAME), st.none() | ENTRIES)


@st.composite
def charging(draw: st.DrawFn, entered: datetime) -> tuple[Charging, ...]:
    """Up to three times at charging points, one after another, the last one perhaps still going on."""
    marks = sorted(draw(st.lists(st.integers(0, 4 * 1440), max_size=6)))
    at = [entered + minutes * MINUTE for minutes in marks]
    return tuple(
        Charging("C001", ended, freed) for ended, freed in zip(at[::2], [*at[1::2], None], strict=False)
    )


def by_the_minute(rate: Rate, entered_at: datetime, left_at: datetime, earlier: dict[date, int]) -> int:
    """What `accounts` should come to: walk through the stay minute by minute and charge what begins."""
    minutes = (left_at - entered_at) // MINUTE
    kept = _Walk(rate, entered_at, minutes)
    for minute in range(minutes):
        kept.minute(minute)
    return kept.total(earlier)


class _Walk:
    """One stay, as somebody with a clock and a purse would reckon it."""

    def __init__(self, rate: Rate, entered_at: datetime, minutes: int) -> None:
        self.rate, self.entered_at, self.minutes = rate, entered_at, minutes
        self.periods: dict[int, tuple[datetime, int]] = {}
        self.rounds: dict[Any, int] = {}
        self.period, self.period_start = -1, 0
        self.next_at: int | None = None
        self.first = rate.first

    def minute(self, minute: int) -> None:
        wall = (self.entered_at + minute * MINUTE).astimezone(PARK_TZ)
        if self._new_period(minute):
            self.period, self.period_start = self.period + 1, minute
            self.periods[self.period] = (wall, 0)
            self._restart(minute)
        if self.next_at != minute:
            return
        price, length = self._price(wall)
        start, so_far = self.periods[self.period]
        self.periods[self.period] = (start, so_far + price)
        self.next_at = minute + length

    def _new_period(self, minute: int) -> bool:
        if minute == 0:
            return True
        if self.rate.period is None:
            return False
        if self.rate.period.window is Window.ROLLING:
            return minute % 1440 == 0
        # The first minute that begins on the next day, seconds kept: the day turns within the one before.
        before, now = (
            (self.entered_at + each * MINUTE).astimezone(PARK_TZ).date() for each in (minute - 1, minute)
        )
        return before != now

    def _restart(self, minute: int) -> None:
        restart = self.rate.period.restart if self.rate.period else Restart.NOTHING
        if self.period == 0 or restart is Restart.ALL:
            free = self.rate.free_minutes
            self.first = self.rate.first
            self.next_at = minute if self.rate.free_included else minute + free
            if self._length(minute, restart) <= free:
                self.next_at = None
        elif restart is Restart.UNITS and self.next_at is not None:
            free_until = 0 if self.rate.free_included else self.rate.free_minutes
            self.next_at, self.first = max(minute, free_until), self.rate.first

    def _length(self, minute: int, restart: Restart) -> int:
        """How long what the free time is held against lasts: the stay, or this period of it."""
        if restart is not Restart.ALL:
            return self.minutes
        end = next((each for each in range(minute + 1, self.minutes) if self._new_period(each)), self.minutes)
        return end - minute

    def _price(self, wall: datetime) -> tuple[int, int]:
        if self.first is not None:
            block, self.first = self.first, None
            return block.fen, block.minutes
        for number, band in enumerate(self.rate.bands):
            begun = self._begun(band, wall)
            if begun is not None:
                price = band.unit.fen
                if band.cap_fen is not None:
                    used = self.rounds.get((number, begun), 0)
                    price = min(price, band.cap_fen - used)
                    self.rounds[number, begun] = used + price
                return price, band.unit.minutes
        return self.rate.unit.fen, self.rate.unit.minutes

    @staticmethod
    def _begun(band: Band, wall: datetime) -> date | None:
        """On which day the hours began in which this is; None when it is in none."""
        over_midnight = band.until <= band.since
        for day in (wall.date(), wall.date() - timedelta(days=1)):
            start = datetime.combine(day, band.since, PARK_TZ)
            end = datetime.combine(day + timedelta(days=over_midnight), band.until, PARK_TZ)
            if day.isoweekday() in band.weekdays and start <= wall < end:
                return day
        return None

    def total(self, earlier: dict[date, int]) -> int:
        found = 0
        for number, (start, fen) in self.periods.items():
            cap = self.rate.period.cap_of(number) if self.rate.period else None
            if cap is not None and self.rate.period is not None and self.rate.period.shared:
                cap = max(cap - earlier.get(start.date(), 0), 0)
            found += fen if cap is None else min(fen, cap)
        return found


def at(words: str) -> datetime:
    """`23 08:00` is that time of 23 November 2026, a Monday, in the park."""
    day, clock = words.split()
    wall = datetime.combine(date(2026, 11, int(day)), time.fromisoformat(clock), PARK_TZ)
    return wall.astimezone(UTC)

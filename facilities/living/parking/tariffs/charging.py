"""What a stay is charged before any discount: its periods, and the blocks that have begun in them. Pure.

A fee never falls while a car stands. Which blocks there are, when each begins and to which period and which
hours it belongs follows from the entry alone: a later end adds blocks and takes none away. Prices are not
negative; what hours or a period cost is the sum of their blocks or their cap, if that is less, and the fee is
the sum over the periods. Free time only sets when the first block begins; where it is charged once exceeded,
blocks that were nothing until then come in. So every sound tariff has it, and `checking` need not refuse one.

Time is counted in whole minutes since the entry: a minute that has begun is none yet, so that somebody who
came and left at the same minute of the clock as the free time ends has parked no longer than that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter

from facilities.capacity.bands import stretches
from facilities.capacity.grid import Span
from facilities.living.parking.tariffs.tariff import Block, Period, Rate, Restart, Window
from shared.clock import PARK_TZ, local_date

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Charge:
    """Blocks of one price that follow one another, all begun in the same period and the same hours."""

    start: datetime
    count: int
    block: Block
    first: bool
    """Whether it is the first block and not units."""
    band: int | None
    fen: int
    """What they cost."""
    capped_fen: int
    """What they cost when the cap of their hours is kept; what the period's cap makes of it is not in it."""


@dataclass(frozen=True, slots=True)
class Account:
    """One period of a stay and what it is charged."""

    span: Span
    charges: tuple[Charge, ...]
    cap_fen: int | None
    earlier_fen: int
    """What earlier stays of the day have used of the cap."""

    @property
    def gross_fen(self) -> int:
        """Before the cap of the period."""
        return sum(charge.capped_fen for charge in self.charges)

    @property
    def fen(self) -> int:
        """What the period costs."""
        if self.cap_fen is None:
            return self.gross_fen
        return min(self.gross_fen, max(self.cap_fen - self.earlier_fen, 0))


@dataclass(frozen=True, slots=True)
class _Segment:
    """Time of one period and of the same hours."""

    start: datetime
    end: datetime
    band: int | None
    round: int
    """Which time round the hours are, counted over the stay."""
    period: int


def accounts(
    rate: Rate, entered_at: datetime, left_at: datetime, earlier: Mapping[date, int] | None = None
) -> list[Account]:
    """The periods of a stay with what they are charged; none for less than a minute.

    `earlier` is what earlier stays of the plate were charged (`Fee.charged`) by local day, where they share
    a cap.
    """
    minutes = (left_at - entered_at) // MINUTE
    if minutes < 1:
        return []
    stay = Span(entered_at, entered_at + minutes * MINUTE)
    periods = list(_periods(rate.period, stay))
    charges: list[list[Charge]] = [[] for _ in periods]
    left: dict[int, int] = {}
    for segment, start, count, first in _blocks(rate, stay, periods):
        charge = _charge(rate, segment, start, count, first, left)
        charges[segment.period].append(charge)
    shared = earlier if earlier and rate.period and rate.period.shared else {}
    return [
        Account(
            span,
            tuple(charges[number]),
            None if rate.period is None else rate.period.cap_of(number),
            shared.get(local_date(span.start), 0),
        )
        for number, span in enumerate(periods)
    ]


def _periods(period: Period | None, stay: Span) -> Iterator[Span]:
    start = stay.start
    while start < stay.end:
        end = stay.end if period is None else min(_next(period.window, start), stay.end)
        yield Span(start, end)
        start = end


def _next(window: Window, start: datetime) -> datetime:
    if window is Window.ROLLING:
        return start + DAY
    return datetime.combine(local_date(start) + DAY, time(), PARK_TZ).astimezone(UTC)


def _blocks(
    rate: Rate, stay: Span, periods: Sequence[Span]
) -> Iterator[tuple[_Segment, datetime, int, bool]]:
    """Every block that has begun, equal ones together: where, its start, how many, whether the first."""
    segments = list(_segments(rate, stay, periods))
    restart = Restart.NOTHING if rate.period is None else rate.period.restart
    if restart is Restart.NOTHING:
        yield from _ladder(rate, _charged_from(rate, stay), segments)
        return
    begin = _charged_from(rate, stay)
    for number, own in groupby(segments, key=attrgetter("period")):
        if restart is Restart.ALL:
            begin = _charged_from(rate, periods[number])
        if begin is not None:
            yield from _ladder(rate, max(begin, periods[number].start), own)


def _charged_from(rate: Rate, span: Span) -> datetime | None:
    """When charging begins; None while the free time lasts."""
    free_until = span.start + rate.free_minutes * MINUTE
    if span.end <= free_until:
        return None
    return span.start if rate.free_included else free_until


def _segments(rate: Rate, stay: Span, periods: Sequence[Span]) -> Iterator[_Segment]:
    number = 0
    for turn, stretch in enumerate(stretches(stay, rate.bands, PARK_TZ)):
        start = stretch.start
        while start < stretch.end:
            while periods[number].end <= start:
                number += 1
            end = min(stretch.end, periods[number].end)
            yield _Segment(start, end, stretch.band, turn, number)
            start = end


def _ladder(
    rate: Rate, begin: datetime | None, segments: Iterable[_Segment]
) -> Iterator[tuple[_Segment, datetime, int, bool]]:
    """The first block and then units, one after the other, as far as the segments go."""
    at, first = begin, rate.first
    for segment in segments:
        if at is None or at >= segment.end:
            continue
        if first is not None:
            yield segment, at, 1, True
            at, first = at + first.minutes * MINUTE, None
        if at < segment.end:
            length = _unit(rate, segment.band).minutes * MINUTE
            count = -((at - segment.end) // length)
            yield segment, at, count, False
            at += count * length


def _unit(rate: Rate, band: int | None) -> Block:
    return rate.unit if band is None else rate.bands[band].unit


def _charge(
    rate: Rate, segment: _Segment, start: datetime, count: int, first: bool, left: dict[int, int]
) -> Charge:
    """The price of blocks; `left` is what the cap of the hours leaves, by time round."""
    if first and rate.first is not None:
        return Charge(start, 1, rate.first, True, None, rate.first.fen, rate.first.fen)
    unit = _unit(rate, segment.band)
    fen = capped = count * unit.fen
    cap = None if segment.band is None else rate.bands[segment.band].cap_fen
    if cap is not None:
        capped = min(fen, left.setdefault(segment.round, cap))
        left[segment.round] -= capped
    return Charge(start, count, unit, False, segment.band, fen, capped)

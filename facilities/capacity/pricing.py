"""What a use costs by one version of a price, line by line. Pure.

Time is billed in steps that run from the beginning of the booking, so that a longer booking has all the steps
of a shorter one: it never costs less. What is a part of a fen is rounded half up for each unit of time, so
that two bookings which meet where a unit ends cost as much as one, set-up and minimum charge apart. What is
counted in pieces or batches costs the same however long it takes.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import count, pairwise
from typing import Any

from facilities.capacity.amounts import WHOLE_BP, number_text, part_of, ratio, rounded
from facilities.capacity.bands import Boundary, Stretch, stretches
from facilities.capacity.grid import Span
from facilities.capacity.tariff import UNIT_NAMES, Operator, PriceVersion, Unit
from shared.errors import FieldError
from shared.text import Text

MOST_PIECES = 1_000_000

_USE = Text("使用费", "Use")
_OPERATOR = Text("操作员", "Operator")
_SET_UP = Text("换型调试费", "Set-up")
_MINIMUM = Text("补足最低消费", "Up to the minimum charge")
_PIECES = Text("请填写数量", "Say how many")
_NO_PIECES = Text(
    "此设备按时间计价，无需填写件数或批数", "It is priced by time; pieces or batches do not count"
)
_FEW = Text("起订量为{least}{unit}", "The minimum order is {least} {unit}")
_MANY = Text("一次最多{most}{unit}", "{most} {unit} at a time at most")
_NOBODY = Text("此设备不提供操作员", "No operator is offered with it")

ONCE = Text("次", "×")
"""The unit of what is paid once."""


@dataclass(frozen=True, slots=True)
class Use:
    """What is to be priced: when, how many units of the resource, how many pieces or batches."""

    span: Span
    units: int = 1
    pieces: int | None = None
    """Of what is priced by the piece or batch, on all units together."""
    with_operator: bool = False

    def __post_init__(self) -> None:
        """At least one unit; ValueError otherwise."""
        if self.units < 1:
            raise ValueError("a use of nothing")


class Kind(StrEnum):
    """For what a line is."""

    USE = "use"
    BAND = "band"
    OPERATOR = "operator"
    SET_UP = "set_up"
    MINIMUM = "minimum"
    OVERTIME = "overtime"
    EARLY = "early"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a price; what is given back has a negative amount."""

    kind: Kind
    what: Text
    quantity: Fraction
    unit: Text
    unit_price_fen: int
    amount_fen: int

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept and shown."""
        return {
            "kind": self.kind,
            "what": self.what.to_dict(),
            "quantity": number_text(self.quantity),
            "unit": self.unit.to_dict(),
            "unit_price_fen": self.unit_price_fen,
            "amount_fen": self.amount_fen,
        }


@dataclass(frozen=True, slots=True)
class Quote:
    """A price: its lines, which are all of it, and what is to be deposited beside it."""

    version: int
    """Number of the version of the price."""
    lines: tuple[Line, ...]
    deposit_fen: int

    @property
    def total_fen(self) -> int:
        """What it costs, without the deposit."""
        return sum(line.amount_fen for line in self.lines)


def wrong_use(version: PriceVersion, use: Use) -> Sequence[FieldError]:
    """Why this cannot be priced; the times themselves are a matter of the rules for booking."""
    wrong = [] if version.counted else _uncounted(use)
    if version.counted:
        wrong = list(_of_pieces(version, use.pieces))
    if use.with_operator and version.operator is Operator.NONE:
        wrong.append(FieldError("/with_operator", "no_operator", _NOBODY))
    return wrong


def quote(version: PriceVersion, use: Use) -> Quote:
    """What it costs. ValueError for what `wrong_use` names."""
    if wrong := wrong_use(version, use):
        raise ValueError(f"no price for that: {[error.code for error in wrong]}")
    return Quote(version.number, tuple(_lines(version, use)), version.deposit_fen * use.units)


@dataclass(frozen=True, slots=True)
class Parts:
    """What of one unit of time is billed, and how much of that lies in which band."""

    billed: Fraction
    in_bands: Mapping[int, Fraction] = field(default_factory=dict)


def billed_time(version: PriceVersion, span: Span) -> list[Parts]:
    """The units of time that are billed for a span, in order."""
    units = list(_units(version, span))
    if not version.bands:
        return [Parts(Fraction(steps, version.steps)) for _, steps in units]
    cut = stretches(Span(span.start, units[-1][0].end), version.bands, version.tz)
    found, first = [], 0
    for unit, steps in units:
        while cut[first].end <= unit.start:
            first += 1
        found.append(_parts(version, unit, steps, cut[first:]))
    return found


def _units(version: PriceVersion, span: Span) -> Iterator[tuple[Span, int]]:
    """Every unit of time that has begun, and how many of its steps are billed."""
    for start, end in pairwise(_unit_starts(version, span.start)):
        if start >= span.end:
            return
        used = min(ratio(span.end - start, end - start), Fraction(1))
        yield Span(start, end), rounded(used * version.steps, version.rounding)


def _unit_starts(version: PriceVersion, start: datetime) -> Iterator[datetime]:
    if version.unit is Unit.DAY:
        wall = start.astimezone(version.tz)
        # By the wall, and counted from the first: a day has 23 or 25 hours where the clocks change.
        return ((wall + timedelta(days=number)).astimezone(UTC) for number in count())
    length = version.shift if version.unit is Unit.SHIFT else timedelta(hours=1)
    return (start + number * length for number in count())


def _parts(version: PriceVersion, unit: Span, steps: int, cut: Sequence[Stretch]) -> Parts:
    billed = Fraction(steps, version.steps)
    found: dict[int, Fraction] = defaultdict(Fraction)
    for stretch in cut:
        if stretch.start >= unit.end:
            break
        since, until = (_position(unit, each) for each in (stretch.start, stretch.end))
        if version.boundary is Boundary.FOLLOW_THROUGH:
            # A step is where its beginning is: the next beginning counts from either end.
            since, until = (Fraction(-(-each * version.steps // 1), version.steps) for each in (since, until))
        share = min(until, billed) - since
        if stretch.band is not None and share > 0:
            found[stretch.band] += share
    return Parts(billed, found)


def _position(unit: Span, at: datetime) -> Fraction:
    """Where an instant lies in a unit: 0 where it begins or before, 1 where it ends or later."""
    return min(max(ratio(at - unit.start, unit.length), Fraction(0)), Fraction(1))


def _lines(version: PriceVersion, use: Use) -> Iterator[Line]:
    lines = list(_counted(version, use) if version.counted else _timed(version, use))
    if version.set_up_fen:
        lines.append(_line(Kind.SET_UP, _SET_UP, Fraction(use.units), ONCE, version.set_up_fen))
    yield from lines
    short = version.minimum_fen - sum(line.amount_fen for line in lines)
    if short > 0:
        yield _line(Kind.MINIMUM, _MINIMUM, Fraction(1), ONCE, short)


def _counted(version: PriceVersion, use: Use) -> Iterator[Line]:
    pieces, unit = Fraction(use.pieces or 0), UNIT_NAMES[version.unit]
    yield _line(Kind.USE, _USE, pieces, unit, version.unit_fen)
    if use.with_operator and version.operator is Operator.EXTRA:
        yield _line(Kind.OPERATOR, _OPERATOR, pieces, unit, version.operator_fen)


def _timed(version: PriceVersion, use: Use) -> Iterator[Line]:
    time = billed_time(version, use.span)
    billed = [each.billed for each in time]
    yield _time_line(Kind.USE, _USE, version, use, billed, version.unit_fen)
    for number, band in enumerate(version.bands):
        inside = [each.in_bands[number] for each in time if number in each.in_bands]
        surcharge = part_of(version.unit_fen, Fraction(band.surcharge_bp, WHOLE_BP))
        if inside and surcharge:
            yield _time_line(Kind.BAND, band.name, version, use, inside, surcharge)
    if use.with_operator and version.operator is Operator.EXTRA:
        yield _time_line(Kind.OPERATOR, _OPERATOR, version, use, billed, version.operator_fen)


def _time_line(
    kind: Kind, what: Text, version: PriceVersion, use: Use, parts: Sequence[Fraction], price_fen: int
) -> Line:
    amount = sum(part_of(price_fen, part) for part in parts) * use.units
    return Line(kind, what, sum(parts, Fraction(0)) * use.units, UNIT_NAMES[version.unit], price_fen, amount)


def _line(kind: Kind, what: Text, quantity: Fraction, unit: Text, price_fen: int) -> Line:
    return Line(kind, what, quantity, unit, price_fen, int(quantity * price_fen))


def _uncounted(use: Use) -> list[FieldError]:
    return [] if use.pieces is None else [FieldError("/pieces", "uncounted", _NO_PIECES)]


def _of_pieces(version: PriceVersion, pieces: int | None) -> Iterator[FieldError]:
    unit = UNIT_NAMES[version.unit]
    if pieces is None:
        yield FieldError("/pieces", "required", _PIECES)
    elif pieces < version.minimum_order:
        yield FieldError("/pieces", "too_few", _FEW.format(least=version.minimum_order, unit=unit))
    elif pieces > MOST_PIECES:
        yield FieldError("/pieces", "too_many", _MANY.format(most=MOST_PIECES, unit=unit))

"""What a stay costs, line by line: the lines are all of it, in whole fen. Pure.

In this order: free time, blocks by their hours and the caps of these, the cap of each period, coupons for
minutes, coupons for an amount, the share that new-energy vehicles are spared. No step takes more than is
left. A coupon for minutes makes the fee that of a stay which ended so much earlier. Each step turns a fee
that does not fall with time into one that does not either, so what a longer stay costs is never less. What
standing on at a charging point costs comes on top of all that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from facilities.capacity.amounts import WHOLE_BP, number_text, part_of, say_fen
from facilities.living.parking.tariffs.charging import MINUTE, Account, Charge, accounts
from facilities.living.parking.tariffs.overstaying import Charging, overstayed
from facilities.living.parking.tariffs.tariff import Overstay, Rate, Tariff, Window
from facilities.living.parking.vehicles import EXEMPTION_NAMES, NEW_ENERGY, Exemption, VehicleClass
from shared.clock import PARK_TZ, local_date
from shared.text import Text

_HOURS_MINUTES = Text("{hours}小时{minutes}分钟", "{hours} h {minutes} min")
_HOURS = Text("{hours}小时", "{hours} h")
_MINUTES = Text("{minutes}分钟", "{minutes} min")
_FREE = Text("停车{length}，{free}以内免费", "Parked for {length}; up to {free} are free")
_SHORT = Text("停车不足1分钟", "Parked for less than a minute")
_FREE_FIRST = Text("前{free}免费", "The first {free} are free")
_FIRST = Text("{since} 起首段{length}内{price}", "First block of {length} from {since}: {price}")
_UNITS = Text(
    "{name}：{since} 起{count}个计费单位，每{length}{price}",
    "{name}: {count} × {length} from {since}, {price} each",
)
_PARKING = Text("停车", "Parking")
_OTHER_HOURS = Text("其他时段", "Other hours")
_BAND_CAP = Text("{name}时段封顶{cap}", "{name}: at most {cap}")
_ROLLING_CAP = Text("{since} 起24小时内封顶{cap}", "At most {cap} for the 24 hours from {since}")
_DAY_CAP = Text("{day} 当日封顶{cap}", "At most {cap} on {day}")
_SHARED_CAP = Text(
    "{day} 当日多次进出合计封顶{cap}，此前已计{earlier}",
    "At most {cap} on {day} for all entries together; {earlier} were charged before",
)
_MINUTES_COUPON = Text("减免券“{name}”：减免{length}", "Coupon {name}: {length} free")
_AMOUNT_COUPON = Text("减免券“{name}”：减免{amount}", "Coupon {name}: {amount} off")
_LARGER = Text(
    "减免券“{name}”：面额{amount}，按应付金额抵扣",
    "Coupon {name}: of its {amount} as much as there is to pay",
)
_NEV = Text("新能源车优惠{percent}%", "New-energy vehicles: {percent} % off")
_EXEMPT = Text("{name}免费停放", "{name}: parks free")
_COVERED = Text("{name}：停车免费", "{name}: parking costs nothing more")
_COVERED_UNTIL = Text("{name}至 {until} 有效，此后计费", "{name} until {until}; charged from then on")
_OVERSTAY = Text(
    "充电车位{bay}占位费：{since} 起{count}个计费单位，每{length}{price}",
    "Standing on at charging bay {bay}: {count} × {length} from {since}, {price} each",
)
_OVERSTAY_CAP = Text("充电占位费封顶{cap}", "Standing on after charging: at most {cap}")
_LOST = Text("无入场记录，按规定收取", "No record of the entry: charged as laid down")


class Kind(StrEnum):
    """For what a line is."""

    FREE = "free"
    FIRST = "first"
    UNITS = "units"
    BAND_CAP = "band_cap"
    CAP = "cap"
    COUPON = "coupon"
    NEV = "nev"
    EXEMPT = "exempt"
    LOST_ENTRY = "lost_entry"
    COVERED = "covered"
    OVERSTAY = "overstay"
    OVERSTAY_CAP = "overstay_cap"
    GRACE = "grace"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a fee in words, with its amount; what is taken off has a negative one."""

    kind: Kind
    what: Text
    amount_fen: int
    quantity: int = 1
    coupon: str | None = None
    """Of which coupon, by the id that it came with."""

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept and shown."""
        return {
            "kind": self.kind,
            "what": self.what.to_dict(),
            "amount_fen": self.amount_fen,
            "quantity": self.quantity,
            "coupon": self.coupon,
        }


@dataclass(frozen=True, slots=True)
class Coupon:
    """What a merchant or a host gives to a stay: minutes or an amount, one of them."""

    id: str
    name: Text
    minutes: int = 0
    fen: int = 0

    def __post_init__(self) -> None:
        """Exactly one of them, and positive; ValueError otherwise."""
        if min(self.minutes, self.fen) != 0 or max(self.minutes, self.fen) < 1:
            raise ValueError("a coupon gives minutes or an amount")


@dataclass(frozen=True, slots=True)
class Covered:
    """By what parking was paid for otherwise, a pass or the bays of a firm."""

    name: Text
    until: datetime | None = None
    """When it ended, though the car may stand there still; None: it holds."""


@dataclass(frozen=True, slots=True)
class Stay:
    """What is to be priced: a vehicle from its entry until it leaves, or until now."""

    vehicle: VehicleClass
    entered_at: datetime
    left_at: datetime
    exemption: Exemption | None = None
    coupons: tuple[Coupon, ...] = ()
    earlier: Mapping[date, int] = field(default_factory=dict)
    """What earlier stays of the plate were charged (`Fee.charged`) by local day, added up."""
    covered: Covered | None = None
    charging: tuple[Charging, ...] = ()
    """Its times at charging points; none overlaps another."""


@dataclass(frozen=True, slots=True)
class Fee:
    """What a stay costs and why."""

    tariff: int
    """Number of the version."""
    lines: tuple[Line, ...]
    charged: Mapping[date, int] = field(default_factory=dict)
    """What counts towards a shared cap, by local day: after caps, before coupons and discounts."""
    charging: tuple[Charging, ...] = ()
    """The times at charging points that it was reckoned with."""

    @property
    def total_fen(self) -> int:
        """All of it."""
        return sum(line.amount_fen for line in self.lines)

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept and shown."""
        return {
            "tariff": self.tariff,
            "total_fen": self.total_fen,
            "lines": [line.to_json() for line in self.lines],
            "charged": {day.isoformat(): fen for day, fen in self.charged.items()},
            "charging": [each.to_json() for each in self.charging],
        }


def fee(tariff: Tariff, stay: Stay) -> Fee:
    """What a stay costs by a version of a tariff; an end before the beginning costs nothing."""
    if stay.exemption in tariff.exempt and stay.exemption is not None:
        words = _EXEMPT.format(name=EXEMPTION_NAMES[stay.exemption])
        return Fee(tariff.number, (Line(Kind.EXEMPT, words, 0),))
    rule = tariff.overstay
    return replace(_with_overstay(tariff, rule, stay), charging=() if rule is None else stay.charging)


def _with_overstay(tariff: Tariff, rule: Overstay | None, stay: Stay) -> Fee:
    """What parking costs, with what was paid for it otherwise, and standing on at charging points."""
    over = [] if rule is None else list(_overstay_lines(rule, stay))
    if stay.covered is None:
        parking = _parking(tariff, stay)
        return replace(parking, lines=(*parking.lines, *over))
    end = stay.covered.until
    if end is None or end >= stay.left_at:
        words = _COVERED.format(name=stay.covered.name)
        return Fee(tariff.number, (Line(Kind.COVERED, words, 0), *over))
    rest = _parking(tariff, replace(stay, entered_at=max(end, stay.entered_at)))
    words = _COVERED_UNTIL.format(name=stay.covered.name, until=_moment(end))
    return Fee(tariff.number, (Line(Kind.COVERED, words, 0), *rest.lines, *over), rest.charged)


def _parking(tariff: Tariff, stay: Stay) -> Fee:
    """What parking itself costs."""
    rate = tariff.rate_for(stay.vehicle)
    periods = accounts(rate, stay.entered_at, stay.left_at, stay.earlier)
    lines = [*_free(rate, stay, periods), *_charged_lines(rate, periods)]
    lines += _discounts(tariff, rate, stay, sum(period.fen for period in periods))
    return Fee(tariff.number, tuple(lines), _by_day(rate, periods))


def _overstay_lines(rule: Overstay, stay: Stay) -> Iterator[Line]:
    """What is charged of its times at charging points."""
    for each in overstayed(rule, stay.charging, stay.left_at):
        words = _OVERSTAY.format(
            bay=each.bay,
            since=_moment(each.since),
            count=each.count,
            length=say_minutes(rule.unit.minutes),
            price=say_fen(rule.unit.fen),
        )
        yield Line(Kind.OVERSTAY, words, each.fen, each.count)
        if each.capped_fen < each.fen:
            words = _OVERSTAY_CAP.format(cap=say_fen(each.capped_fen))
            yield Line(Kind.OVERSTAY_CAP, words, each.capped_fen - each.fen)


def lost_entry_fee(tariff: Tariff, vehicle: VehicleClass) -> Fee | None:
    """What is charged when nobody knows when the car came; None where the tariff does not say.

    It is the amount laid down, else what a first period costs at most; then somebody has to decide.
    """
    rate = tariff.rate_for(vehicle)
    cap = None if rate.period is None else rate.period.cap_of(0)
    amount = cap if rate.lost_entry_fen is None else rate.lost_entry_fen
    return None if amount is None else Fee(tariff.number, (Line(Kind.LOST_ENTRY, _LOST, amount),))


def say_minutes(minutes: int) -> Text:
    """A length of time in words: 90 is `1 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    form = _MINUTES if not hours else _HOURS_MINUTES if rest else _HOURS
    return form.format(hours=hours, minutes=rest)


def _free(rate: Rate, stay: Stay, periods: Sequence[Account]) -> Iterator[Line]:
    """What is said of free time: all of it was, or it comes off the beginning."""
    free = say_minutes(rate.free_minutes)
    if not periods:
        yield Line(Kind.FREE, _SHORT, 0)
    elif not any(period.charges for period in periods):
        length = say_minutes((stay.left_at - stay.entered_at) // MINUTE)
        yield Line(Kind.FREE, _FREE.format(length=length, free=free), 0)
    elif rate.free_minutes and not rate.free_included:
        yield Line(Kind.FREE, _FREE_FIRST.format(free=free), 0)


def _charged_lines(rate: Rate, periods: Iterable[Account]) -> Iterator[Line]:
    for period in periods:
        for charge in period.charges:
            yield _charge_line(rate, charge)
            if charge.capped_fen < charge.fen and charge.band is not None:
                band = rate.bands[charge.band]
                words = _BAND_CAP.format(name=band.name, cap=say_fen(band.cap_fen or 0))
                yield Line(Kind.BAND_CAP, words, charge.capped_fen - charge.fen)
        if period.fen < period.gross_fen:
            yield Line(Kind.CAP, _cap_words(rate, period), period.fen - period.gross_fen)


def _charge_line(rate: Rate, charge: Charge) -> Line:
    said = {
        "since": _moment(charge.start),
        "length": say_minutes(charge.block.minutes),
        "price": say_fen(charge.block.fen),
    }
    if charge.first:
        return Line(Kind.FIRST, _FIRST.format(**said), charge.fen)
    other = _OTHER_HOURS if rate.bands else _PARKING
    name = other if charge.band is None else rate.bands[charge.band].name
    return Line(Kind.UNITS, _UNITS.format(name=name, count=charge.count, **said), charge.fen, charge.count)


def _cap_words(rate: Rate, period: Account) -> Text:
    said = {
        "since": _moment(period.span.start),
        "day": local_date(period.span.start).isoformat(),
        "cap": say_fen(period.cap_fen or 0),
        "earlier": say_fen(period.earlier_fen),
    }
    if period.earlier_fen:
        return _SHARED_CAP.format(**said)
    rolling = rate.period is not None and rate.period.window is Window.ROLLING
    return (_ROLLING_CAP if rolling else _DAY_CAP).format(**said)


def _discounts(tariff: Tariff, rate: Rate, stay: Stay, left: int) -> Iterator[Line]:
    """What comes off, each from what the one before has left."""
    until = stay.left_at
    for coupon in (each for each in stay.coupons if each.minutes):
        until -= coupon.minutes * MINUTE
        shorter = sum(period.fen for period in accounts(rate, stay.entered_at, until, stay.earlier))
        words = _MINUTES_COUPON.format(name=coupon.name, length=say_minutes(coupon.minutes))
        yield Line(Kind.COUPON, words, shorter - left, coupon=coupon.id)
        left = shorter
    for coupon in (each for each in stay.coupons if each.fen):
        off = min(coupon.fen, left)
        form = _AMOUNT_COUPON if off == coupon.fen else _LARGER
        words = form.format(name=coupon.name, amount=say_fen(coupon.fen))
        yield Line(Kind.COUPON, words, -off, coupon=coupon.id)
        left -= off
    if tariff.nev_discount_bp and stay.vehicle in NEW_ENERGY:
        share = Fraction(tariff.nev_discount_bp, WHOLE_BP)
        words = _NEV.format(percent=number_text(share * 100))
        yield Line(Kind.NEV, words, -part_of(left, share))


def _by_day(rate: Rate, periods: Iterable[Account]) -> dict[date, int]:
    if rate.period is None or not rate.period.shared:
        return {}
    return {local_date(period.span.start): period.fen for period in periods}


def _moment(at: datetime) -> str:
    return f"{at.astimezone(PARK_TZ):%Y-%m-%d %H:%M}"

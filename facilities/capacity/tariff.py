"""What a resource costs: versions of its price, each from a day on. Data only; `pricing` does the sums. Pure.

A version that a booking was quoted by is never changed: another price is another version.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from facilities.capacity.amounts import MOST_FEN, Rounding, say_fen
from facilities.capacity.bands import Band, Boundary
from shared.clock import PARK_TZ
from shared.errors import FieldError
from shared.text import Text

MOST_STEPS = 60
"""Into as many parts a unit can be cut at most."""
MOST_SHIFT = timedelta(days=1)
MOST_SURCHARGE_BP = 100_000
"""Ten times the price: more is a slip of the keyboard."""

_AMOUNT = Text("金额应在0至{most}之间", "An amount lies between 0 and {most}").format(most=say_fen(MOST_FEN))
_STEPS = Text("每单位可分为1至{most}个计费段", "A unit has 1 to {most} billing steps").format(most=MOST_STEPS)
_SHIFT = Text("班次时长应为1分钟至24小时", "A shift takes a minute at least and 24 hours at most")
_ORDER = Text("起订量至少为1", "The minimum order is 1 at least")
_SHARE = Text("比例应在0至100%之间", "A share lies between 0 and 100 %")
_WEEKDAYS = Text("请至少选择一天（1–7）", "Choose one weekday at least (1 to 7)")
_SURCHARGE = Text("加价应在0至1000%之间", "A surcharge lies between 0 and 1000 %")
_GRACE = Text("宽限时间应在0至24小时之间", "Grace is between 0 and 24 hours")
_TIMELESS = Text(
    "按件、按批计价时不设时段加价", "What is priced by piece or batch has no hours that cost more"
)
_SAME_DAY = Text("同一天只能有一个价格版本生效", "Only one version of the price takes effect on a day")
_USED = Text(
    "第{number}版价格已被预订采用，不能修改", "Version {number} is used by bookings and cannot be changed"
)


class Unit(StrEnum):
    """What is priced; the first three take time, the others are counted."""

    HOUR = "hour"
    SHIFT = "shift"
    DAY = "day"
    """From the wall time of the beginning to the same wall time of the next day."""
    PIECE = "piece"
    BATCH = "batch"


UNIT_NAMES: dict[Unit, Text] = {
    Unit.HOUR: Text("小时", "h"),
    Unit.SHIFT: Text("班", "shift"),
    Unit.DAY: Text("天", "day"),
    Unit.PIECE: Text("件", "pc"),
    Unit.BATCH: Text("批", "batch"),
}
COUNTED = frozenset({Unit.PIECE, Unit.BATCH})


class Operator(StrEnum):
    """Whether somebody comes with the machine who runs it."""

    NONE = "none"
    INCLUDED = "included"
    EXTRA = "extra"
    """Whoever wants one pays for it."""


@dataclass(frozen=True, slots=True)
class Overtime:
    """What running beyond the booked end costs: once longer than the grace, all of it counts, by the hour."""

    hour_fen: int
    grace: timedelta = timedelta(0)
    steps: int = 4
    """Equal parts of an hour in which it is billed; a part counts as a whole."""


@dataclass(frozen=True, slots=True)
class PriceVersion:
    """The price of a resource from a day on. Amounts in fen, for each unit of the resource."""

    number: int
    effective_on: date
    """It holds for use that begins on this local day or later, until the next version does."""
    unit: Unit
    unit_fen: int
    shift: timedelta = timedelta(hours=8)
    """How long a shift is."""
    steps: int = 1
    """Equal parts of a unit of time in which it is billed."""
    rounding: Rounding = Rounding.UP
    """What becomes of a part of such a step."""
    bands: tuple[Band, ...] = ()
    boundary: Boundary = Boundary.FOLLOW_THROUGH
    minimum_order: int = 1
    """Pieces or batches."""
    operator: Operator = Operator.NONE
    operator_fen: int = 0
    """For each unit of time, piece or batch."""
    set_up_fen: int = 0
    minimum_fen: int = 0
    """A booking costs this at least, with everything; not for each unit of the resource."""
    deposit_fen: int = 0
    overtime: Overtime | None = None
    early_bp: int = 0
    """Which share of what was not used is returned when it is finished early, in basis points."""
    tz: ZoneInfo = PARK_TZ

    @property
    def counted(self) -> bool:
        """Whether pieces or batches are priced and not time."""
        return self.unit in COUNTED

    def to_json(self) -> dict[str, Any]:
        """The form in which a booking keeps it; times in seconds."""
        kept = {each.name: getattr(self, each.name) for each in fields(self)}
        overtime = self.overtime and {
            "hour_fen": self.overtime.hour_fen,
            "grace": int(self.overtime.grace.total_seconds()),
            "steps": self.overtime.steps,
        }
        return kept | {
            "effective_on": self.effective_on.isoformat(),
            "shift": int(self.shift.total_seconds()),
            "bands": [band.to_json() for band in self.bands],
            "overtime": overtime,
            "tz": self.tz.key,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "PriceVersion":
        """Read what `to_json` has written."""
        overtime = kept["overtime"]
        read = {
            "effective_on": date.fromisoformat(kept["effective_on"]),
            "unit": Unit(kept["unit"]),
            "shift": timedelta(seconds=kept["shift"]),
            "rounding": Rounding(kept["rounding"]),
            "bands": tuple(Band.from_json(band) for band in kept["bands"]),
            "boundary": Boundary(kept["boundary"]),
            "operator": Operator(kept["operator"]),
            "overtime": overtime and Overtime(**overtime | {"grace": timedelta(seconds=overtime["grace"])}),
            "tz": ZoneInfo(kept["tz"]),
        }
        return cls(**{**kept, **read})


def in_force(versions: Collection[PriceVersion], day: date) -> PriceVersion | None:
    """The version for use that begins on a local day; None before the first one."""
    begun = [version for version in versions if version.effective_on <= day]
    return max(begun, key=lambda version: version.effective_on, default=None)


def wrong_version(version: PriceVersion) -> Sequence[FieldError]:
    """Everything about a version that makes no sense, each field named."""
    return [*_of_amounts(version), *_of_time(version), *_of_bands(version)]


def wrong_change(
    before: Collection[PriceVersion], after: Collection[PriceVersion], used: Collection[int]
) -> Sequence[FieldError]:
    """What forbids these versions to follow those, when bookings use the versions with the numbers `used`."""
    kept = {version.number: version for version in after}
    days = [version.effective_on for version in after]
    wrong = [
        FieldError("/versions", "version_used", _USED.format(number=version.number))
        for version in before
        if version.number in used and kept.get(version.number) != version
    ]
    if len(set(days)) < len(days) or len(kept) < len(after):
        wrong.append(FieldError("/versions", "same_day", _SAME_DAY))
    return wrong


def _of_amounts(version: PriceVersion) -> Iterator[FieldError]:
    for name in ("unit_fen", "operator_fen", "set_up_fen", "minimum_fen", "deposit_fen"):
        if not 0 <= getattr(version, name) <= MOST_FEN:
            yield FieldError(f"/{name}", "amount", _AMOUNT)
    if version.minimum_order < 1:
        yield FieldError("/minimum_order", "too_few", _ORDER)
    if not 0 <= version.early_bp <= 10_000:
        yield FieldError("/early_bp", "share", _SHARE)


def _of_time(version: PriceVersion) -> Iterator[FieldError]:
    if not 1 <= version.steps <= MOST_STEPS:
        yield FieldError("/steps", "steps", _STEPS)
    if not timedelta(minutes=1) <= version.shift <= MOST_SHIFT:
        yield FieldError("/shift", "shift", _SHIFT)
    if version.overtime is not None:
        if not 0 <= version.overtime.hour_fen <= MOST_FEN:
            yield FieldError("/overtime/hour_fen", "amount", _AMOUNT)
        if not 1 <= version.overtime.steps <= MOST_STEPS:
            yield FieldError("/overtime/steps", "steps", _STEPS)
        if not timedelta(0) <= version.overtime.grace <= timedelta(days=1):
            yield FieldError("/overtime/grace", "grace", _GRACE)


def _of_bands(version: PriceVersion) -> Iterator[FieldError]:
    if version.counted and version.bands:
        yield FieldError("/bands", "timeless", _TIMELESS)
    for number, band in enumerate(version.bands):
        if not band.weekdays or not band.weekdays <= set(range(1, 8)):
            yield FieldError(f"/bands/{number}/weekdays", "weekdays", _WEEKDAYS)
        if not 0 <= band.surcharge_bp <= MOST_SURCHARGE_BP:
            yield FieldError(f"/bands/{number}/surcharge_bp", "surcharge", _SURCHARGE)

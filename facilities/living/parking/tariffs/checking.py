"""What makes no sense in a tariff: every fault with its place, a code and words. Pure.

Nothing has to be refused so that a fee never falls while a car stands: that holds for whatever passes here
(see `charging`), for caps that become lower from day to day too.
"""

from collections.abc import Iterator, Sequence
from datetime import time

from facilities.capacity.amounts import MOST_FEN, WHOLE_BP, say_fen
from facilities.living.parking.tariffs.tariff import ALL_WEEK, Band, Block, Period, Rate, Tariff, Window
from facilities.living.parking.vehicles import CLASS_NAMES, VehicleClass
from shared.errors import FieldError
from shared.text import Text

DAY_MINUTES = 1440
MOST_CAPS = 31
MOST_BANDS = 24
_WEEK_MINUTES = 7 * DAY_MINUTES

_AMOUNT = Text("金额应在0至{most}之间", "An amount lies between 0 and {most}").format(most=say_fen(MOST_FEN))
_LENGTH = Text("计费时长应为1分钟至24小时", "A block takes a minute at least and 24 hours at most")
_TIME = Text("时间应在0至24小时之间", "A time lies between 0 and 24 hours")
_SHARE = Text("比例应在0至100%之间", "A share lies between 0 and 100 %")
_NAME = Text("请用中文和英文填写名称", "Give it a name in Chinese and in English")
_NO_RATE = Text("请填写小型车的收费标准", "There must be a rate for small vehicles")
_NO_CLASS = Text("请至少选择一种车型", "Choose one class of vehicles at least")
_TWICE = Text("{name}已有收费标准", "{name}: there is a rate already")
_WEEKDAYS = Text("请至少选择一天（1–7）", "Choose one weekday at least (1 to 7)")
_MINUTES = Text("时刻应为整分钟", "Hours begin and end at a whole minute")
_OVERLAP = Text("时段“{name}”与前面的时段重叠", "{name}: these hours overlap with earlier ones of the list")
_WHOLE_DAY = Text(
    "全天时段没有界限，请使用计费周期封顶", "Hours without end have no cap; use a cap of the period"
)
_BANDS = Text("最多{most}个时段", "{most} different hours at most").format(most=MOST_BANDS)
_CAPS = Text("最多{most}个封顶金额", "{most} caps at most").format(most=MOST_CAPS)
_SHARED = Text(
    "多次进出共用封顶须按自然日计算，且只有一个封顶金额",
    "A cap that several entries share is that of a calendar day, and only one amount",
)


def wrong_tariff(tariff: Tariff) -> Sequence[FieldError]:
    """Everything about a tariff that makes no sense, each field named."""
    return [*_of_tariff(tariff), *_of_classes(tariff), *_of_rates(tariff)]


def _of_tariff(tariff: Tariff) -> Iterator[FieldError]:
    yield from _name("/name", tariff.name)
    if not 0 <= tariff.nev_discount_bp <= WHOLE_BP:
        yield FieldError("/nev_discount_bp", "share", _SHARE)
    for name in ("merge_minutes", "grace_minutes"):
        if not 0 <= getattr(tariff, name) <= DAY_MINUTES:
            yield FieldError(f"/{name}", "time", _TIME)
    if tariff.overstay is not None:
        yield from _block("/overstay/unit", tariff.overstay.unit)
        yield from _amount("/overstay/cap_fen", tariff.overstay.cap_fen)
        if not 0 <= tariff.overstay.free_minutes <= DAY_MINUTES:
            yield FieldError("/overstay/free_minutes", "time", _TIME)


def _of_classes(tariff: Tariff) -> Iterator[FieldError]:
    seen: set[VehicleClass] = set()
    for number, rate in enumerate(tariff.rates):
        if not rate.classes:
            yield FieldError(f"/rates/{number}/classes", "required", _NO_CLASS)
        for twice in sorted(rate.classes & seen):
            message = _TWICE.format(name=CLASS_NAMES[twice])
            yield FieldError(f"/rates/{number}/classes", "twice", message)
        seen |= rate.classes
    if VehicleClass.SMALL not in seen:
        yield FieldError("/rates", "required", _NO_RATE)


def _of_rates(tariff: Tariff) -> Iterator[FieldError]:
    for number, rate in enumerate(tariff.rates):
        at = f"/rates/{number}"
        yield from _of_rate(at, rate)
        yield from _of_bands(f"{at}/bands", rate.bands)
        if rate.period is not None:
            yield from _of_period(f"{at}/period", rate.period)


def _of_rate(at: str, rate: Rate) -> Iterator[FieldError]:
    if not 0 <= rate.free_minutes <= DAY_MINUTES:
        yield FieldError(f"{at}/free_minutes", "time", _TIME)
    if rate.first is not None:
        yield from _block(f"{at}/first", rate.first)
    yield from _block(f"{at}/unit", rate.unit)
    for name in ("lost_entry_fen", "monthly_fen"):
        yield from _amount(f"{at}/{name}", getattr(rate, name))


def _of_bands(at: str, bands: Sequence[Band]) -> Iterator[FieldError]:
    if len(bands) > MOST_BANDS:
        yield FieldError(at, "too_many", _BANDS)
        return
    taken: set[int] = set()
    for number, band in enumerate(bands):
        here = f"{at}/{number}"
        yield from _name(f"{here}/name", band.name)
        yield from _block(f"{here}/unit", band.unit)
        yield from _amount(f"{here}/cap_fen", band.cap_fen)
        for name in ("since", "until"):
            if (wall := getattr(band, name)) != wall.replace(second=0, microsecond=0):
                yield FieldError(f"{here}/{name}", "minutes", _MINUTES)
        if not band.weekdays or not band.weekdays <= ALL_WEEK:
            yield FieldError(f"{here}/weekdays", "weekdays", _WEEKDAYS)
            continue
        if band.cap_fen is not None and band.since == band.until:
            yield FieldError(f"{here}/cap_fen", "whole_day", _WHOLE_DAY)
        minutes = set(_minutes(band))
        if minutes & taken:
            yield FieldError(here, "overlap", _OVERLAP.format(name=band.name))
        taken |= minutes


def _minutes(band: Band) -> Iterator[int]:
    """The minutes of the week that a band takes."""
    since, until = _minute(band.since), _minute(band.until)
    length = (until - since) % DAY_MINUTES or DAY_MINUTES
    for weekday in band.weekdays:
        start = (weekday - 1) * DAY_MINUTES + since
        yield from (minute % _WEEK_MINUTES for minute in range(start, start + length))


def _minute(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def _of_period(at: str, period: Period) -> Iterator[FieldError]:
    for number, cap in enumerate(period.caps_fen):
        yield from _amount(f"{at}/caps_fen/{number}", cap)
    if len(period.caps_fen) > MOST_CAPS:
        yield FieldError(f"{at}/caps_fen", "too_many", _CAPS)
    if period.shared and (period.window is not Window.CALENDAR_DAY or len(period.caps_fen) != 1):
        yield FieldError(f"{at}/shared", "shared", _SHARED)


def _name(at: str, name: Text) -> Iterator[FieldError]:
    if not name.zh.strip() or not name.en.strip():
        yield FieldError(at, "required", _NAME)


def _block(at: str, block: Block) -> Iterator[FieldError]:
    if not 1 <= block.minutes <= DAY_MINUTES:
        yield FieldError(f"{at}/minutes", "length", _LENGTH)
    yield from _amount(f"{at}/fen", block.fen)


def _amount(at: str, fen: int | None) -> Iterator[FieldError]:
    if fen is not None and not 0 <= fen <= MOST_FEN:
        yield FieldError(at, "amount", _AMOUNT)

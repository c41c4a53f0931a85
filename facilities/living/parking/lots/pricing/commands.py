"""What parking costs from a day on, and trying a tariff out on a stay that nobody has made."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from facilities.living.parking.lots.commands import save
from facilities.living.parking.lots.model import Lot, ParkingTariff
from facilities.living.parking.lots.policy import require_operator
from facilities.living.parking.tariffs.checking import wrong_tariff
from facilities.living.parking.tariffs.fees import Coupon, Fee, Stay, fee
from facilities.living.parking.tariffs.overstaying import Charging
from facilities.living.parking.tariffs.tariff import Tariff
from shared.errors import Conflict, FieldError, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

FARTHEST = timedelta(days=366)
"""How far ahead a tariff may begin."""
LONGEST_TRIED = timedelta(days=62)
REACH = timedelta(days=1000)
"""How far from now a stay may lie on which a tariff is tried out."""

_STANDS = Text("当日已有收费标准开始生效", "A tariff begins on that day already")
_PAST = Text("日期已过", "That day has passed")
_FAR = Text("最多可提前{days}天", "It lies more than {days} days ahead")
_BACKWARDS = Text("离场时间不能早于入场时间", "It leaves before it comes")
_LONG = Text("试算最长{days}天", "A stay of {days} days at most can be tried")
_REACH = Text("时间应在今天前后{days}天以内", "It lies within {days} days of today")
_OUTSIDE = Text(
    "充电结束时间应在停车期间内，且晚于上一次离开充电车位",
    "Charging ends during the stay, and after the charging bay before was left",
)
_FREED_EARLY = Text("离开充电车位不能早于充电结束", "The bay is left before charging ends")
_ONE = Text("请填写减免时长或金额其中一项", "A coupon gives minutes or an amount, one of them")


def add_tariff(tx: Transaction, lot: Lot, effective_on: date | None, **tariff: Any) -> ParkingTariff:
    """Another tariff for stays that begin on that day or later; None is today.

    Stays that have begun keep theirs. Raises InvalidInput with everything that makes no sense, Conflict where
    a tariff begins on that very day.
    """
    require_operator(tx.actor)
    day = effective_on or tx.today
    found = list(wrong_tariff(tariff_of(tariff, 1, day)))
    if day < tx.today:
        found.append(FieldError("/effective_on", "past", _PAST))
    elif day > tx.today + FARTHEST:
        found.append(FieldError("/effective_on", "too_far", _FAR.format(days=FARTHEST.days)))
    if found:
        raise InvalidInput(errors=found)
    save(tx, lot)
    of_lot = ParkingTariff.lot_id == lot.id
    if tx.session.scalar(sa.select(ParkingTariff.number).where(of_lot, ParkingTariff.effective_on == day)):
        raise Conflict(_STANDS, slug="tariff-stands")
    last = tx.session.scalar(sa.select(sa.func.max(ParkingTariff.number)).where(of_lot)) or 0
    made = ParkingTariff(
        lot_id=lot.id,
        number=last + 1,
        effective_on=day,
        tariff=tariff_of(tariff, last + 1, day).to_json(),
        made_at=tx.now,
        made_by=tx.actor.id,
    )
    tx.session.add(made)
    tx.session.flush()
    tx.audit("lot.priced", "parking_lot", lot.id, {"number": made.number})
    return made


def tariff_of(typed: Mapping[str, Any], number: int, effective_on: date) -> Tariff:
    """The version for what somebody has typed."""
    return Tariff.from_json({**typed, "number": number, "effective_on": effective_on.isoformat()})


def wrong_draft(typed: Mapping[str, Any], pointer: str) -> list[FieldError]:
    """What makes no sense in a tariff that is only tried, named by where it stands in the body."""
    found = wrong_tariff(tariff_of(typed, 1, date.min))
    return [replace(each, pointer=pointer + each.pointer) for each in found]


def wrong_stay(typed: Mapping[str, Any], now: datetime) -> list[FieldError]:
    """What is wrong with a stay that is only tried."""
    entered, left = typed["entered_at"], typed["left_at"]
    found = [
        FieldError(f"/{name}", "too_far", _REACH.format(days=REACH.days))
        for name in ("entered_at", "left_at")
        if abs(typed[name] - now) > REACH
    ]
    if left < entered:
        found.append(FieldError("/left_at", "backwards", _BACKWARDS))
    elif left - entered > LONGEST_TRIED:
        found.append(FieldError("/left_at", "too_long", _LONG.format(days=LONGEST_TRIED.days)))
    found += [
        FieldError(f"/coupons/{number}", "one_of_them", _ONE)
        for number, each in enumerate(typed["coupons"])
        if (each["minutes"] is None) == (each["fen"] is None)
    ]
    return [*found, *_wrong_charging(typed["charging"], entered, left)]


def _wrong_charging(
    times: Sequence[Mapping[str, Any]], entered: datetime, left: datetime
) -> Iterator[FieldError]:
    """What is wrong with times at charging points: each lies in the stay, and begins after the one before."""
    since = entered
    for number, each in enumerate(times):
        if not since <= each["ended_at"] <= left:
            yield FieldError(f"/charging/{number}/ended_at", "outside", _OUTSIDE)
        if each["freed_at"] is not None and each["freed_at"] < each["ended_at"]:
            yield FieldError(f"/charging/{number}/freed_at", "backwards", _FREED_EARLY)
        since = each["freed_at"] or left


def tried(tariff: Tariff, typed: Mapping[str, Any]) -> Fee:
    """What a stay with which nothing is wrong would cost; nothing is kept of it."""
    stay = Stay(
        vehicle=typed["vehicle"],
        entered_at=typed["entered_at"],
        left_at=typed["left_at"],
        exemption=typed["exemption"],
        coupons=_coupons(typed["coupons"]),
        charging=tuple(Charging(**each) for each in typed["charging"]),
    )
    return fee(tariff, stay)


def require_nothing_wrong(*found: Sequence[FieldError]) -> None:
    """InvalidInput with all of it, if there is any."""
    if errors := [each for some in found for each in some]:
        raise InvalidInput(errors=errors)


def _coupons(typed: Iterable[Mapping[str, Any]]) -> tuple[Coupon, ...]:
    """By their place in the body: what the lines of the fee name them by."""
    return tuple(
        Coupon(str(number), Text.of(each["name"]), each["minutes"] or 0, each["fen"] or 0)
        for number, each in enumerate(typed)
    )

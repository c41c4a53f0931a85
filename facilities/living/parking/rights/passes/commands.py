"""Buying, renewing and changing passes; each verb is one transaction.

Bays are held with the order and booked with the payment. A first period takes the days of grace after it,
too; a renewal goes on from there: the days of grace of the one before are its first, and never taken twice.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from facilities.capacity.ledger.locking import lock
from facilities.capacity.refusals import Full
from facilities.living.parking.lots.model import Lot, Zone
from facilities.living.parking.rights.events import announce_pass
from facilities.living.parking.rights.limits import DEFAULT_LIMITS, Limits
from facilities.living.parking.rights.passes.bays import book, bookings_of, claimed, hold_in_any, let_go, note
from facilities.living.parking.rights.passes.model import (
    ParkingPass,
    PassCar,
    PassPeriod,
    PassState,
    PeriodState,
)
from facilities.living.parking.rights.passes.periods import Days, days_of, renewable
from facilities.living.parking.rights.passes.pricing import Monthly, monthly
from facilities.living.parking.rights.passes.reminding import expect_end
from facilities.living.parking.rights.places import open_lot, zones_to_try
from facilities.living.parking.rights.plates import read_plates
from facilities.living.parking.rights.policy import account_of
from facilities.living.parking.vehicles import VehicleClass
from shared.database import take_turns
from shared.errors import Conflict, FieldError, InvalidInput, PreconditionFailed
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_TOO_MANY = Text("在同一停车场最多持有{most}张月卡", "You can have {most} passes in a car park")
_PAST = Text("开始日期已过", "The first day has passed")
_FAR = Text("最多可提前{days}天购买", "A pass can be bought {days} days ahead at most")
_NOT_NOW = Text(
    "月卡在到期前{days}天内及宽限期内可续期，且不能有未支付的续期",
    "A pass can be renewed in its last {days} days and in its grace, and once at a time",
)
_OVER = Text("月卡已结束", "The pass is over")
_NOTHING = Text("没有待支付的月卡费用", "Nothing of the pass waits for payment")
_CHANGES = Text("本月最多更换{most}次车辆", "Its cars can be changed {most} times a month")
_DEARER = Text("该车型月卡价格更高，请另购", "Passes for this vehicle cost more; please buy another one")


def buy(
    tx: Transaction,
    lot_id: UUID,
    zone_id: UUID | None,
    plates: Sequence[str],
    bays: int,
    months: int,
    since: date | None,
    vehicle: VehicleClass | None,
    limits: Limits = DEFAULT_LIMITS,
) -> ParkingPass:
    """Order a pass at the price of today and keep its bays until it is to be paid.

    Raises NotFound, InvalidInput, Conflict where the lot is closed or sells none, Full without enough bays.
    """
    account = account_of(tx.actor)
    read = read_plates(plates)
    lot = open_lot(tx.session, lot_id)
    first_day = since or tx.today
    _require_day(tx, first_day, limits)
    price = monthly(tx.session, lot.id, tx.today, [each.number for each in read], vehicle)
    take_turns(tx.session, f"parking-passes/{account}")
    _require_few(tx, account, lot, limits)
    made = ParkingPass(
        id=new_id(),
        lot_id=lot.id,
        holder_id=account,
        vehicle=price.vehicle,
        bays=bays,
        grace_days=limits.grace_days,
        state=PassState.WAITING,
        changed_in=_month(tx),
        changes=0,
        made_at=tx.now,
        updated_at=tx.now,
    )
    period = _order(tx, made, days_of(first_day, 0, months), 0, months, price, limits)
    zones = zones_to_try(tx.session, lot, zone_id)
    bookings = hold_in_any(tx, zones, made, claimed(period, made), limits)
    made.zone_id = bookings[0].resource_id
    made.periods = [period]
    made.cars = [PassCar(plate=each.number, number=number) for number, each in enumerate(read)]
    tx.session.add(made)
    note(tx, period, bookings)
    tx.audit("parking-pass.ordered", "parking_pass", made.id, {"months": months}, begins=True)
    return _free_of_charge(tx, made, period)


def renew(tx: Transaction, it: ParkingPass, months: int, limits: Limits = DEFAULT_LIMITS) -> ParkingPass:
    """Order the months right after what is paid, at the price of today.

    Raises Conflict where it is too early or too late, Full where bays are missing from its days of grace on.
    """
    bought = [each for each in it.periods if each.state is PeriodState.PAID]
    last = max(bought, key=lambda each: each.until, default=None)
    due = last is not None and renewable(last.until, tx.today, it.grace_days, limits.renew_before)
    if last is None or not due or it.waiting is not None or it.state is not PassState.ACTIVE:
        raise Conflict(_NOT_NOW.format(days=limits.renew_before.days), slug="not-renewable")
    price = monthly(tx.session, it.lot_id, tx.today, [each.plate for each in it.cars], it.vehicle)
    first = last.first + last.months
    period = _order(tx, it, days_of(it.since or last.since, first, months), first, months, price, limits)
    zone = tx.session.get_one(Zone, it.zone_id)
    bookings = hold_in_any(tx, [zone], it, claimed(period, it), limits)
    save(tx, it)  # before the period is written: of two at once the later one finds another version here
    it.periods.append(period)
    note(tx, period, bookings)
    tx.audit("parking-pass.renewal-ordered", "parking_pass", it.id, {"months": months})
    return _free_of_charge(tx, it, period)


def paid(tx: Transaction, pass_period_id: UUID) -> bool:
    """A period was paid: its bays are booked. False where it cannot be had any more: the money goes back.

    Bays that were let go of because the money came late are taken again, if they are free. Told twice of
    one payment it is True again, and nothing changes.
    """
    period, it = _of(tx, pass_period_id)
    if period.state is PeriodState.PAID:
        return True
    if _replaced(period, it) or claimed(period, it).until < tx.today:
        return False
    try:
        with tx.part():
            book(tx, period, it)
    except Full:
        lapse(tx, period)
        return False
    first = it.since is None
    period.state, period.paid_at = PeriodState.PAID, tx.now
    it.state = PassState.ACTIVE
    it.since = it.since or period.since
    it.until = period.until
    announce_pass(tx, it, "bought" if first else "renewed")
    save(tx, it)
    expect_end(tx, it)
    tx.audit("parking-pass.paid", "parking_pass", it.id, {"period": str(period.id)})
    return True


def unpaid(tx: Transaction, pass_period_id: UUID) -> None:
    """A period will not be paid: its bays are free for others. Nothing where that is settled already."""
    if tx.session.get_one(PassPeriod, pass_period_id).state is PeriodState.WAITING:
        period, _it = _of(tx, pass_period_id)
        lapse(tx, period)


def lapse(tx: Transaction, period: PassPeriod) -> None:
    """The step of `unpaid`, and of whoever hears that bays were let go of."""
    it = period.of
    if period.state is not PeriodState.WAITING:
        return
    period.state = PeriodState.LAPSED
    let_go(tx, bookings_of(tx, period))
    if it.state is PassState.WAITING:
        it.state = PassState.LAPSED
    announce_pass(tx, it, "lapsed")
    save(tx, it)
    tx.audit("parking-pass.lapsed", "parking_pass", it.id, {"period": str(period.id)})


def paid_at_booth(tx: Transaction, it: ParkingPass) -> ParkingPass:
    """The cashier has taken the money for what waits. Raises Conflict where nothing does, Full as `buy`."""
    period = _waiting(tx, it)
    if not paid(tx, period.id):
        raise Conflict(_NOTHING, slug="nothing-to-pay")
    return it


def give_up(tx: Transaction, it: ParkingPass) -> ParkingPass:
    """Its holder does not want what waits for payment any more; Conflict where nothing does."""
    lapse(tx, _waiting(tx, it))
    return it


def suspend(tx: Transaction, it: ParkingPass, reason: str) -> ParkingPass:
    """It lets no car in any more; its bays stay its own, for it is paid. Conflict once it is over."""
    _require_going(it)
    it.suspended_for = reason
    announce_pass(tx, it, "suspended")
    save(tx, it)
    tx.audit("parking-pass.suspended", "parking_pass", it.id)
    return it


def resume(tx: Transaction, it: ParkingPass) -> ParkingPass:
    """It lets its cars in again."""
    _require_going(it)
    it.suspended_for = None
    announce_pass(tx, it, "resumed")
    save(tx, it)
    tx.audit("parking-pass.resumed", "parking_pass", it.id)
    return it


def change_cars(
    tx: Transaction, it: ParkingPass, plates: Sequence[str], limits: Limits = DEFAULT_LIMITS
) -> ParkingPass:
    """Other cars, so many times a month. A car that is inside on the pass stays so until it leaves.

    Raises InvalidInput, Conflict where there were as many changes as there may be or the pass is over.
    """
    _require_going(it)
    read = read_plates(plates)
    numbers = [each.number for each in read]
    price = monthly(tx.session, it.lot_id, tx.today, numbers)
    agreed = monthly(tx.session, it.lot_id, tx.today, [], it.vehicle)
    if price.fen > agreed.fen:
        raise InvalidInput(errors=[FieldError("/plates", "dearer", _DEARER)])
    if {each.plate for each in it.cars} != set(numbers):
        used = it.changes if it.changed_in == _month(tx) else 0
        if used >= limits.pass_changes:
            raise Conflict(_CHANGES.format(most=limits.pass_changes), slug="too-many")
        it.changed_in, it.changes = _month(tx), used + 1
    kept = {each.plate: each for each in it.cars}
    it.cars = [kept.get(each, PassCar(plate=each)) for each in numbers]
    for number, car in enumerate(it.cars):
        car.number = number
    save(tx, it)
    tx.audit("parking-pass.cars-changed", "parking_pass", it.id, {"cars": len(numbers)})
    return it


def save(tx: Transaction, it: ParkingPass) -> None:
    """Write the pass; PreconditionFailed when somebody else has changed it meanwhile."""
    it.updated_at = tx.now
    flag_modified(it, "updated_at")
    try:
        tx.session.flush()
    except StaleDataError as error:
        raise PreconditionFailed from error


def _order(
    tx: Transaction,
    it: ParkingPass,
    days: Days,
    first: int,
    months: int,
    price: Monthly,
    limits: Limits,
) -> PassPeriod:
    return PassPeriod(
        id=new_id(),
        number=len(it.periods) + 1,
        since=days.since,
        until=days.until,
        first=first,
        months=months,
        price_fen=price.fen * months * it.bays,
        tariff=price.tariff,
        state=PeriodState.WAITING,
        ordered_at=tx.now,
        pay_by=tx.now + limits.pay_within,
    )


def _of(tx: Transaction, period_id: UUID) -> tuple[PassPeriod, ParkingPass]:
    """A period and its pass as they are now, with the ledger of its zone taken: one at a time goes on."""
    period = tx.session.get_one(PassPeriod, period_id)
    zone = tx.session.get_one(Zone, period.of.zone_id)
    lock(tx.session, [zone.ledger_id])
    tx.session.refresh(period.of, with_for_update=True)
    tx.session.refresh(period)
    return period, period.of


def _waiting(tx: Transaction, it: ParkingPass) -> PassPeriod:
    """What waits for payment, by the version that was seen: under the lock it may be another one."""
    seen = it.version
    if it.waiting is None:
        raise Conflict(_NOTHING, slug="nothing-to-pay")
    period, _it = _of(tx, it.waiting.id)
    if it.version != seen:
        raise PreconditionFailed
    return period


def _replaced(period: PassPeriod, it: ParkingPass) -> bool:
    """Whether other months were ordered instead, since nobody had paid for these."""
    return any(
        each is not period
        and each.state is not PeriodState.LAPSED
        and each.since <= period.until
        and each.until >= period.since
        for each in it.periods
    )


def _free_of_charge(tx: Transaction, it: ParkingPass, period: PassPeriod) -> ParkingPass:
    """What costs nothing is not waited for."""
    if period.price_fen == 0:
        paid(tx, period.id)
    return it


def _month(tx: Transaction) -> str:
    return f"{tx.today:%Y-%m}"


def _require_day(tx: Transaction, first_day: date, limits: Limits) -> None:
    if first_day < tx.today:
        raise InvalidInput(errors=[FieldError("/since", "past", _PAST)])
    if first_day > tx.today + limits.book_ahead:
        said = _FAR.format(days=limits.book_ahead.days)
        raise InvalidInput(errors=[FieldError("/since", "horizon", said)])


def _require_few(tx: Transaction, account: UUID, lot: Lot, limits: Limits) -> None:
    mine = sa.select(sa.func.count(ParkingPass.id)).where(
        ParkingPass.holder_id == account,
        ParkingPass.lot_id == lot.id,
        ParkingPass.state.in_((PassState.WAITING, PassState.ACTIVE)),
    )
    if (tx.session.scalar(mine) or 0) >= limits.passes:
        raise Conflict(_TOO_MANY.format(most=limits.passes), slug="too-many")


def _require_going(it: ParkingPass) -> None:
    if it.state not in {PassState.WAITING, PassState.ACTIVE}:
        raise Conflict(_OVER, slug="pass-over")

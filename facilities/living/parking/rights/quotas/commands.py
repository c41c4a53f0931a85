"""Bays of firms: granted while a firm is registered and active and a rule gives it any, and withdrawn after.

Whatever happens to a firm or to a rule only makes an appointment for the firm in that zone. `settle`, which
keeps it, looks at both as they are then, with the zone's ledger taken: it may run twice or late, and which of
two events came first makes no difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from facilities.capacity.ledger.locking import lock
from facilities.enterprises.model import EnterpriseCopy
from facilities.living.parking.lots.model import Zone
from facilities.living.parking.occupancy.entries import stop_counting
from facilities.living.parking.occupancy.rolling import count_overdue
from facilities.living.parking.rights.events import announce_quota
from facilities.living.parking.rights.plates import read_plates
from facilities.living.parking.rights.policy import require_member, require_operator
from facilities.living.parking.rights.quotas.bays import claim_missing, give_back, is_short
from facilities.living.parking.rights.quotas.model import ParkingQuota, QuotaCar, QuotaRule, QuotaState
from facilities.living.parking.rights.quotas.months import next_look
from shared.database import take_turns
from shared.errors import Conflict, FieldError, InvalidInput, NotFound, PreconditionFailed
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

SETTLE_TIMER = "parking-quota"
ROUND_TIMER = "parking-quota-round"
ACTIVE = "active"
AT_ONCE = 50
"""Firms for which one round makes appointments."""
AGAIN = timedelta(minutes=10)
"""A second round, for firms whose event was under way."""

_NO_ZONE = Text("没有这个停车区域", "There is no such zone")
_STANDS = Text("该区域已有配额规则", "There is a rule for the zone already")
_MANY = Text("该区域只有{capacity}个车位", "The zone has {capacity} bays")
_WITHDRAWN = Text("企业配额已收回", "The firm's bays were withdrawn")


def set_rule(tx: Transaction, zone_id: UUID, bays: int) -> QuotaRule:
    """Give every active firm so many bays of a zone.

    Raises Forbidden for others than the operator, NotFound, InvalidInput, Conflict where there is a rule.
    """
    require_operator(tx.actor)
    zone = tx.session.get(Zone, zone_id)
    if zone is None:
        raise NotFound(_NO_ZONE)
    _require_possible(zone, bays)
    rule = QuotaRule(zone_id=zone.id, lot_id=zone.lot_id, bays=bays, changed_at=tx.now)
    try:
        with tx.session.begin_nested():
            tx.session.add(rule)
            tx.session.flush()
    except IntegrityError as error:
        raise Conflict(_STANDS, slug="rule-stands") from error
    _go_round(tx, rule)
    tx.audit("parking-quota-rule.set", "parking_quota_rule", zone.id, {"bays": bays}, begins=True)
    return rule


def change_rule(tx: Transaction, rule: QuotaRule, bays: int) -> QuotaRule:
    """Give every active firm another number of bays; 0 withdraws them all."""
    _require_possible(tx.session.get_one(Zone, rule.zone_id), bays)
    rule.bays, rule.changed_at = bays, tx.now
    try:
        tx.session.flush()
    except StaleDataError as error:
        raise PreconditionFailed from error
    _go_round(tx, rule)
    tx.audit("parking-quota-rule.changed", "parking_quota_rule", rule.zone_id, {"bays": bays})
    return rule


def name_cars(tx: Transaction, it: ParkingQuota, plates: Sequence[str]) -> ParkingQuota:
    """A member says which cars may stand on the firm's bays; a car that is inside stays so until it leaves.

    Raises Forbidden, InvalidInput, Conflict where the bays were withdrawn.
    """
    require_member(tx.actor, it.firm)
    if it.state is QuotaState.WITHDRAWN:
        raise Conflict(_WITHDRAWN, slug="quota-withdrawn")
    numbers = [each.number for each in read_plates(plates)]
    kept = {each.plate: each for each in it.cars}
    it.cars = [kept.get(each, QuotaCar(plate=each)) for each in numbers]
    for number, car in enumerate(it.cars):
        car.number = number
    _save(tx, it)
    details = {"cars": len(numbers)}
    tx.audit("parking-quota.cars-named", "parking_quota", it.id, details, on_behalf_of=it.firm)
    return it


def expect_firm(tx: Transaction, firm: str) -> None:
    """Something has happened to a firm: make an appointment for it in each zone that has a rule."""
    zones = tx.session.scalars(sa.select(QuotaRule.zone_id).order_by(QuotaRule.zone_id))
    _expect(tx, [firm], zones.all())


def go_round(tx: Transaction, payload: Mapping[str, object]) -> None:
    """A rule was set or changed: make an appointment for each firm that is known, some at a time."""
    zone, after = UUID(str(payload["zone"])), str(payload.get("after", ""))
    known = sa.select(EnterpriseCopy.uscc).where(EnterpriseCopy.uscc > after)
    firms = tx.session.scalars(known.order_by(EnterpriseCopy.uscc).limit(AT_ONCE)).all()
    _expect(tx, firms, [zone])
    if len(firms) == AT_ONCE:
        tx.schedule(ROUND_TIMER, f"{zone}/{new_id()}", tx.now, {"zone": str(zone), "after": firms[-1]})


def settle(tx: Transaction, payload: Mapping[str, object]) -> None:
    """Bring the bays of a firm in a zone to what the rule gives it now, and claim what it lacks of them.

    Where there is no room the rest stays owed, and is tried again on the next day, as every quota is.
    """
    firm, zone = str(payload["firm"]), tx.session.get_one(Zone, UUID(str(payload["zone"])))
    of_it = sa.select(ParkingQuota).where(ParkingQuota.zone_id == zone.id, ParkingQuota.firm == firm)
    it = tx.session.scalar(of_it)
    bays = _due(tx, firm, zone)
    # On most days nothing is to be done. Whatever changes after this look has an appointment of its own.
    if bays != (it.bays if it else 0) or (it and bays > 0 and is_short(tx, it)):
        if it:  # whoever comes in on these bays at this moment is inside before or has none any more
            take_turns(tx.session, f"parking-right/{it.id}")
        pool = lock(tx.session, [zone.ledger_id])[zone.ledger_id]
        locked = of_it.with_for_update().execution_options(populate_existing=True)
        it = tx.session.scalar(locked) or _new(tx, firm, zone)
        bays = _due(tx, firm, zone)
        given_back = it.bays == 0 < bays
        if it.bays != bays:
            _change(tx, it, bays)
        if given_back:
            tx.session.flush()
            stop_counting(tx, zone, pool, it.id, bays)
        if bays > 0:
            claim_missing(tx, it)
        tx.session.flush()
        if bays == 0:
            count_overdue(tx, zone.id, zone.lot_id, pool)
    if it and bays > 0:
        at = next_look(tx.now)
        _appoint(tx, firm, zone.id, at, f"{it.id}/{at:%Y-%m-%d}")


def _change(tx: Transaction, it: ParkingQuota, bays: int) -> None:
    """Another number of bays: what is too much is given back at once, with all that is claimed anew."""
    if bays < it.bays:
        give_back(tx, it)
    before, it.bays = it.bays, bays
    if bays == 0:
        it.state, it.withdrawn_at = QuotaState.WITHDRAWN, tx.now
    elif before == 0:
        it.state, it.granted_at, it.withdrawn_at = QuotaState.GRANTED, tx.now, None
    step = "withdrawn" if bays == 0 else "granted"
    announce_quota(tx, it, step)
    tx.audit(f"parking-quota.{step}", "parking_quota", it.id, {"bays": bays}, on_behalf_of=it.firm)


def _new(tx: Transaction, firm: str, zone: Zone) -> ParkingQuota:
    """Nothing yet: `_change` gives it its bays before it is written."""
    made = ParkingQuota(
        id=new_id(),
        lot_id=zone.lot_id,
        zone_id=zone.id,
        firm=firm,
        bays=0,
        state=QuotaState.WITHDRAWN,
        granted_at=tx.now,
    )
    tx.session.add(made)
    return made


def _due(tx: Transaction, firm: str, zone: Zone) -> int:
    """How many bays the firm is to have there by the register and the rule as they are now."""
    bays = tx.session.scalar(sa.select(QuotaRule.bays).where(QuotaRule.zone_id == zone.id)) or 0
    status = tx.session.scalar(sa.select(EnterpriseCopy.status).where(EnterpriseCopy.uscc == firm))
    return bays if status == ACTIVE else 0


def _expect(tx: Transaction, firms: Sequence[str], zones: Iterable[UUID]) -> None:
    for zone in zones:
        for firm in firms:
            _appoint(tx, firm, zone, tx.now, f"{firm}/{new_id()}")


def _appoint(tx: Transaction, firm: str, zone: UUID, at: datetime, key: str) -> None:
    tx.schedule(SETTLE_TIMER, key, at, {"firm": firm, "zone": str(zone)})


def _go_round(tx: Transaction, rule: QuotaRule) -> None:
    for at in (tx.now, tx.now + AGAIN):
        tx.schedule(ROUND_TIMER, f"{rule.zone_id}/{new_id()}", at, {"zone": str(rule.zone_id)})


def _require_possible(zone: Zone, bays: int) -> None:
    if bays > zone.capacity:
        raise InvalidInput(errors=[FieldError("/bays", "too_many", _MANY.format(capacity=zone.capacity))])


def _save(tx: Transaction, it: ParkingQuota) -> None:
    flag_modified(it, "bays")
    try:
        tx.session.flush()
    except StaleDataError as error:
        raise PreconditionFailed from error

"""Inviting visitors, taking an invitation back, and what the gate says of one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from facilities.enterprises.model import EnterpriseCopy
from facilities.living.parking.rights.limits import DEFAULT_LIMITS, Limits
from facilities.living.parking.rights.passes.model import ParkingPass, PassState
from facilities.living.parking.rights.places import open_lot
from facilities.living.parking.rights.plates import read_plate
from facilities.living.parking.rights.policy import account_of, require_member
from facilities.living.parking.rights.quotas.commands import ACTIVE
from facilities.living.parking.rights.visitors.model import ParkingVisit, VisitState
from shared.actor import Actor
from shared.clock import local_date
from shared.database import take_turns
from shared.errors import Conflict, FieldError, InvalidInput, PreconditionFailed
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_NO_HOST = Text(
    "只有正常经营企业的成员或在该停车场持有有效月卡的人可以邀请访客",
    "Only members of an active firm, or holders of a pass of this car park, may invite visitors",
)
_HOLDERS_ONLY = Text(
    "该停车场仅限月卡、预约和企业配额车辆进入，不能邀请访客",
    "This car park lets in only cars with a pass, a reservation or a firm's bay: no visitor can be invited",
)
_PAST = Text("结束时间已过", "The end has passed")
_BACKWARDS = Text("结束时间应晚于开始时间", "The end has to be later than the beginning")
_LONG = Text("邀请时长最多{days}天", "An invitation lasts {days} days at most")
_FAR = Text("最多可提前{days}天邀请", "A visitor can be invited {days} days ahead at most")
_MANY = Text("最多同时保留{most}个邀请", "You can have {most} invitations at a time")
_OVER = Text("该邀请已使用、已取消或已过期", "The invitation was used, was taken back, or is over")


@dataclass(frozen=True, slots=True)
class When:
    """Within which time a visitor may come."""

    starts_at: datetime
    ends_at: datetime


def invite(
    tx: Transaction,
    lot_id: UUID,
    plate: str,
    when: When,
    minutes: int,
    on_behalf_of: str | None,
    limits: Limits = DEFAULT_LIMITS,
) -> ParkingVisit:
    """Let a plate come once within a time; the host bears so many minutes of its stay.

    Raises NotFound, InvalidInput also for a car park into which nobody may come without a right, Forbidden
    for a firm of others, Conflict for who may not invite or has invited as many as one may.
    """
    host = account_of(tx.actor)
    number = read_plate(plate).number
    _require_time(tx, when, limits)
    lot = open_lot(tx.session, lot_id)
    if not lot.drive_in:  # the gate lets nobody in there on an invitation
        raise InvalidInput(errors=[FieldError("/lot_id", "holders_only", _HOLDERS_ONLY)])
    _require_host(tx.session, tx.actor, lot.id, on_behalf_of, tx.now)
    take_turns(tx.session, f"parking-visits/{host}")
    mine = sa.select(sa.func.count(ParkingVisit.id)).where(
        ParkingVisit.host_id == host, ParkingVisit.state == VisitState.INVITED, ParkingVisit.ends_at > tx.now
    )
    if (tx.session.scalar(mine) or 0) >= limits.visits:
        raise Conflict(_MANY.format(most=limits.visits), slug="too-many")
    visit = ParkingVisit(
        id=new_id(),
        lot_id=lot.id,
        plate=number,
        host_id=host,
        firm=on_behalf_of,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        minutes=minutes,
        state=VisitState.INVITED,
        made_at=tx.now,
    )
    tx.session.add(visit)
    tx.session.flush()
    details = {"minutes": minutes}
    tx.audit("parking-visit.invited", "parking_visit", visit.id, details, on_behalf_of, begins=True)
    return visit


def take_back(tx: Transaction, visit: ParkingVisit) -> ParkingVisit:
    """The visitor is not expected any more. Conflict where the car has come or the time is over."""
    if visit.state is not VisitState.INVITED or visit.ends_at <= tx.now:
        raise Conflict(_OVER, slug="visit-over")
    visit.state = VisitState.CANCELLED
    try:
        tx.session.flush()
    except StaleDataError as error:
        raise PreconditionFailed from error
    tx.audit("parking-visit.taken-back", "parking_visit", visit.id, on_behalf_of=visit.firm)
    return visit


def come(tx: Transaction, visit_id: UUID, stay_id: UUID, at: datetime) -> bool:
    """The car has come in on the invitation: its stay has the minutes. False where it cannot any more.

    For the gate, which holds the car's turn. What counts is when it came in (`at`), not when that was told.
    """
    visit = tx.session.get(ParkingVisit, visit_id, with_for_update=True, populate_existing=True)
    if visit is None or visit.state is not VisitState.INVITED or visit.ends_at <= at:
        return False
    visit.state, visit.stay_id = VisitState.COME, stay_id
    tx.session.flush()
    tx.audit("parking-visit.come", "parking_visit", visit.id, on_behalf_of=visit.firm)
    return True


def hand_on(tx: Transaction, stay_id: UUID, other_id: UUID) -> None:
    """A stay has turned out to be part of another one: what its host bears goes on there.

    For the gate, which holds the car's turn.
    """
    mine = sa.select(ParkingVisit).where(ParkingVisit.stay_id == stay_id).with_for_update()
    for visit in tx.session.scalars(mine).all():
        visit.stay_id = other_id
        tx.audit("parking-visit.handed-on", "parking_visit", visit.id, on_behalf_of=visit.firm)
    tx.session.flush()


def _require_time(tx: Transaction, when: When, limits: Limits) -> None:
    wrong = []
    if when.ends_at <= tx.now:
        wrong.append(FieldError("/ends_at", "past", _PAST))
    if when.starts_at >= when.ends_at:
        wrong.append(FieldError("/ends_at", "backwards", _BACKWARDS))
    if when.ends_at - when.starts_at > limits.visit_length:
        wrong.append(FieldError("/ends_at", "too_long", _LONG.format(days=limits.visit_length.days)))
    if when.starts_at - tx.now > limits.visit_ahead:
        wrong.append(FieldError("/starts_at", "horizon", _FAR.format(days=limits.visit_ahead.days)))
    if wrong:
        raise InvalidInput(errors=wrong)


def _require_host(session: Session, actor: Actor, lot_id: UUID, firm: str | None, now: datetime) -> None:
    """A member of an active firm, or somebody whose pass is good today in that lot."""
    if firm is not None:
        require_member(actor, firm)
        status = session.scalar(sa.select(EnterpriseCopy.status).where(EnterpriseCopy.uscc == firm))
        if status != ACTIVE:
            raise Conflict(_NO_HOST, slug="may-not-invite")
        return
    today = local_date(now)
    good = sa.select(ParkingPass.id).where(
        ParkingPass.holder_id == actor.id,
        ParkingPass.lot_id == lot_id,
        ParkingPass.state == PassState.ACTIVE,
        ParkingPass.suspended_for.is_(None),
        ParkingPass.since <= today,
        ParkingPass.until >= today,
    )
    if session.scalar(good.limit(1)) is None:
        raise Conflict(_NO_HOST, slug="may-not-invite")

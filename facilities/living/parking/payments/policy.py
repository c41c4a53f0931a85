"""Who may see and do what with money for parking.

The park's operator takes cash, gives money back and clears the accounts; those who watch the park read. An
order, a receipt and a coupon are for whoever has their number, which nobody can guess.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.enterprises.model import EnterpriseCopy
from facilities.living.parking.payments.queries import find_stay
from facilities.living.parking.rights.cars.queries import visible_stays
from facilities.living.parking.rights.passes.queries import find, own
from facilities.living.parking.stays.model import ParkingStay
from shared.actor import Actor
from shared.errors import Conflict, Forbidden, NotFound
from shared.text import Text

ACTIVE = "active"
RUNS = ("operator",)
WATCHES = ("operator", "manager", "administrator", "auditor")

_NOT_YOURS = Text("停车收费由园区运营人员管理", "The park's operator looks after money for parking")
_NO_STAY = Text("没有这次停车，或您无权查看", "There is no such stay, or you may not see it")
_NOTHING = Text("目前没有应付款", "There is nothing to be paid now")
_NOT_MEMBER = Text("您不是该企业的成员", "You are not a member of this firm")
_NOT_ACTIVE = Text(
    "该企业尚未登记，或已停业、注销，不能办理", "The firm is not registered, or is not active any more"
)


def require_runs(actor: Actor) -> None:
    """They run the car parks; Forbidden otherwise."""
    if not actor.has_role(*RUNS):
        raise Forbidden(_NOT_YOURS)


def require_watches(reader: Actor) -> None:
    """They run or watch the car parks; Forbidden otherwise."""
    if not reader.has_role(*WATCHES):
        raise Forbidden(_NOT_YOURS)


def visible_stay(session: Session, reader: Actor, stay_id: UUID) -> ParkingStay:
    """A stay that somebody names by its id; NotFound for those who may not know of it."""
    if reader.has_role(*WATCHES):
        return find_stay(session, stay_id)
    if reader.id is None:
        raise NotFound(_NO_STAY)
    query = sa.select(ParkingStay).where(ParkingStay.id == stay_id, visible_stays(reader.id))
    found = session.scalar(query)
    if found is None:
        raise NotFound(_NO_STAY)
    return found


def period_to_pay(session: Session, reader: Actor, pass_id: UUID) -> UUID:
    """The months of the reader's pass that wait for payment; NotFound, or Conflict where none do."""
    if reader.id is None:
        raise NotFound
    waiting = find(session, pass_id, own(reader)).waiting
    if waiting is None:
        raise Conflict(_NOTHING, slug="nothing-owed")
    return waiting.id


def firms_of(actor: Actor) -> list[str]:
    """Credit codes of the firms for which somebody may act."""
    return sorted(membership.uscc for membership in actor.memberships)


def coupons_seen(reader: Actor) -> list[str] | None:
    """Of which firms somebody sees the coupons; None: of all."""
    return None if reader.has_role(*WATCHES) else firms_of(reader)


def require_active_member(session: Session, actor: Actor, uscc: str) -> None:
    """They act for the firm, and it is active; Forbidden or Conflict otherwise."""
    if uscc not in firms_of(actor):
        raise Forbidden(_NOT_MEMBER)
    found = session.get(EnterpriseCopy, uscc)
    if found is None or found.status != ACTIVE:
        raise Conflict(_NOT_ACTIVE, slug="firm-not-active")

"""Who may see and do what with machines and their bookings.

Members act for their firm. Published machines are for everybody who is signed in; drafts for their owner,
what was withdrawn also for those who run or watch the park; a booking for its two sides and for those who
watch.
"""

from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from facilities.capacity.lifecycle import Party, may
from facilities.enterprises.model import EnterpriseCopy
from facilities.production.machines.model import Machine, MachineBooking, MachineState
from facilities.production.machines.queries import Sight
from facilities.production.machines.series.model import MachineSeries
from shared.actor import Actor
from shared.errors import Conflict, Forbidden
from shared.text import Text

ACTIVE = "active"
SEES_MACHINES = ("operator", "manager", "administrator", "auditor")
SEES_BOOKINGS = ("manager", "administrator", "auditor")

_NOT_MEMBER = Text("您不是该企业的成员", "You are not a member of this firm")
_NOT_ACTIVE = Text(
    "该企业尚未登记，或已停业、注销，不能办理", "The firm is not registered, or is not active any more"
)
_NOT_OWNER = Text("只有设备所属企业可以这样办理", "Only the firm that the machine belongs to may do this")
_NEITHER = Text("只有预订双方可以这样办理", "Only the two sides of the booking may do this")


def firms_of(actor: Actor) -> list[str]:
    """Credit codes of the firms for which somebody may act."""
    return sorted(membership.uscc for membership in actor.memberships)


def require_member(actor: Actor, uscc: str) -> None:
    """They act for the firm; Forbidden otherwise."""
    if uscc not in firms_of(actor):
        raise Forbidden(_NOT_MEMBER)


def require_active(session: Session, *firms: str) -> None:
    """The firms are known from their registration and active; Conflict otherwise."""
    active = sa.select(EnterpriseCopy.uscc).where(
        EnterpriseCopy.uscc.in_(firms), EnterpriseCopy.status == ACTIVE
    )
    if set(session.scalars(active)) != set(firms):
        raise Conflict(_NOT_ACTIVE, slug="firm-not-active")


def require_standing(*standing: str | None) -> None:
    """The same of firms that were read already: how they stand in the register, None where it is silent."""
    if any(each != ACTIVE for each in standing):
        raise Conflict(_NOT_ACTIVE, slug="firm-not-active")


def visible_machine(reader: Actor) -> sa.ColumnElement[bool]:
    """The condition under which `reader` may know of a machine."""
    return _visible(Machine.owner.in_(firms_of(reader)), once_published=reader.has_role(*SEES_MACHINES))


def sight_of(reader: Actor) -> Sight:
    """The same condition, put together once for all who see as much."""
    return Sight(_sight(reader.has_role(*SEES_MACHINES)), firms_of(reader))


@cache
def _sight(once_published: bool) -> sa.ColumnElement[bool]:
    own = Machine.owner.in_(sa.bindparam("own", expanding=True))
    return _visible(own, once_published=once_published)


def _visible(own: sa.ColumnElement[bool], *, once_published: bool) -> sa.ColumnElement[bool]:
    seen = [Machine.state == MachineState.PUBLISHED, own]
    if once_published:
        seen.append(Machine.state != MachineState.DRAFT)
    return sa.or_(*seen)


def visible_booking(reader: Actor) -> sa.ColumnElement[bool]:
    """The condition under which `reader` may know of a booking."""
    return visible_to_sides(reader, MachineBooking.customer, MachineBooking.owner)


def visible_series(reader: Actor) -> sa.ColumnElement[bool]:
    """The condition under which `reader` may know of a recurring booking."""
    return visible_to_sides(reader, MachineSeries.customer, MachineSeries.owner)


def visible_to_sides(
    reader: Actor, customer: InstrumentedAttribute[str], owner: InstrumentedAttribute[str]
) -> sa.ColumnElement[bool]:
    """The condition under which `reader` may know of what stands between a customer and an owner."""
    if reader.has_role(*SEES_BOOKINGS):
        return sa.true()
    own = firms_of(reader)
    return sa.or_(customer.in_(own), owner.in_(own))


def require_owner(actor: Actor, machine: Machine) -> None:
    """They act for the firm that offers the machine; Forbidden otherwise."""
    if machine.owner not in firms_of(actor):
        raise Forbidden(_NOT_OWNER)


def require_sees_orders(reader: Actor, machine: Machine) -> None:
    """They may know by whom a machine is booked; Forbidden otherwise."""
    if not reader.has_role(*SEES_BOOKINGS):
        require_owner(reader, machine)


def parties(actor: Actor, booking: MachineBooking | MachineSeries) -> list[Party]:
    """On which sides of a booking somebody stands; none for those who only watch."""
    own = firms_of(actor)
    sides = ((booking.customer, Party.CUSTOMER), (booking.owner, Party.PROVIDER))
    return [party for uscc, party in sides if uscc in own]


def acting(actor: Actor, booking: MachineBooking | MachineSeries, verb: str) -> Party:
    """On which side somebody uses a verb: one that may, where they stand on both. Forbidden for others."""
    found = [party for party in parties(actor, booking) if allowed_to(verb, party)]
    if not found:
        raise Forbidden(_NEITHER if not parties(actor, booking) else None)
    return found[0]


def allowed_to(verb: str, party: Party) -> bool:
    """The engine's rule, and: what the machine really did is the owner's to say."""
    if verb in {"start", "finish", "no-show"} and party is Party.CUSTOMER:
        return False
    return may(verb, party)

"""Cars without a number plate (无牌车): the driver scans the code at the lane and is known by a ticket."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from facilities.living.parking.gates.codes import require_code
from facilities.living.parking.gates.commands import Told, enter
from facilities.living.parking.gates.devices import Post
from facilities.living.parking.gates.facts import Car
from facilities.living.parking.gates.model import GateEvent
from facilities.living.parking.gates.queries import BY_TICKET, known_events, unread_at
from facilities.living.parking.gates.readings import DEFAULT_LIMITS, Direction, Reading
from facilities.living.parking.stays.queries import inside_of
from facilities.living.parking.stays.turns import take_turn
from shared.errors import Conflict, FieldError, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

PATIENCE = timedelta(minutes=5)
"""For how long a car whose plate was not read is waited for."""
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: without I, L, O and U."""
_NOBODY = Text("请将车辆停到识别区后再扫码", "Drive up to the camera first, then scan the code")
_WHICH = Text("请填写入场时领取的票号", "Enter the ticket that was given at the entry")
_UNKNOWN = Text("该票号没有在场车辆", "No car with this ticket is inside")


def is_ticket(mark: str) -> bool:
    """Whether a mark is that of a ticket."""
    return len(mark) == 9 and mark[0] == "#" and set(mark[1:]) <= set(_SIGNS)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket and what the barrier does."""

    mark: str
    told: Told


def scan(tx: Transaction, post: Post, token: str, ticket: str | None) -> Ticket:
    """Let a car in with a new ticket, or out with the one that it has.

    Conflict `nobody-waits` unless the camera has told of a car that it could not read; `ticket-unknown` at
    the exit. Scanned twice for one car, the first answer that has opened is given again.
    """
    require_code(tx.context.settings, post.lane_id, token)
    take_turn(tx, post.lot_id, f"lane:{post.lane_id.hex[-11:]}")
    unread = unread_at(tx.session, post.lane_id, tx.now - PATIENCE)
    if unread is None:
        raise Conflict(_NOBODY, slug="nobody-waits")
    served = _served(tx, unread)
    if served is not None:
        return Ticket(str(served.mark), Told(served, repeated=True))
    if post.direction is Direction.IN:
        mark = "#" + "".join(secrets.choice(_SIGNS) for _ in range(8))
    elif ticket is None:
        raise InvalidInput(errors=[FieldError("/ticket", "required", _WHICH)])
    else:
        mark = ticket
    take_turn(tx, post.lot_id, mark)
    if post.direction is Direction.OUT and not inside_of(tx.session, post.lot_id, [mark]):
        raise Conflict(_UNKNOWN, slug="ticket-unknown")
    return Ticket(mark, _enter(tx, post, unread, mark))


def _served(tx: Transaction, unread: GateEvent) -> GateEvent | None:
    query = sa.select(GateEvent).where(
        GateEvent.device_id == unread.device_id,
        GateEvent.device_event.like(f"{_name(unread.id)}:%"),
        GateEvent.passed,
    )
    return tx.session.scalars(query.limit(1)).one_or_none()


def _enter(tx: Transaction, post: Post, unread: GateEvent, mark: str) -> Told:
    event = GateEvent(
        id=new_id(),
        device_id=unread.device_id,
        device_event=f"{_name(unread.id)}:{new_id().hex[-12:]}",
        lot_id=post.lot_id,
        lane_id=post.lane_id,
        direction=post.direction,
        mark=mark,
        read="",
        color=None,
        vehicle=unread.vehicle,
        confidence=None,
        image_ref=unread.image_ref,
        seen_at=tx.now,
        received_at=tx.now,
        at=tx.now,
        doubt=None,
        waiting=True,
    )
    known = known_events(tx.session, post, event.device_event, mark, mark, tx.now, DEFAULT_LIMITS.repeat)
    reading = Reading(
        id=event.device_event,
        device=str(event.device_id),
        lane=str(post.lane_id),
        direction=post.direction,
        plate=mark,
        seen_at=tx.now,
        received_at=tx.now,
    )
    return enter(tx, post, event, Car(mark, None, unread.vehicle), known, reading)


def _name(unread: UUID) -> str:
    return f"{BY_TICKET}:{unread.hex}"

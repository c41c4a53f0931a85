"""What there is of a car at all, in one statement: of most cars there is nothing more to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.gates.devices import Post
from facilities.living.parking.gates.model import Listing
from facilities.living.parking.gates.queries import bearing_on
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.lots.model import Zone
from facilities.living.parking.occupancy.queries import GRID, Room, rooms_of_lane
from facilities.living.parking.rights.facts import has_right
from facilities.living.parking.stays.costs import is_given
from facilities.living.parking.stays.model import INSIDE, ParkingStay


@dataclass(frozen=True, slots=True)
class Glance:
    """Where to look for what is known of a car; where this says no, there is nothing."""

    events: bool
    """Whether any event bears on the one that comes (`queries.known_events`)."""
    inside: bool
    """Whether the car has an open stay in the lot."""
    given: bool
    """Whether a merchant or a host has given anything for that stay."""
    listed: bool
    """Whether it is on any list of the lot."""
    rights: bool
    """Whether it may have a right in the lot."""
    rooms: Sequence[Room] | None = None
    """The zones to which the lane leads, where they were read along: at an entry."""
    stay: tuple[ParkingStay, int | None] | None = None
    """The open stay with the number of its zone's ledger, where it was read along: at an exit there mostly is
    one, at an entry hardly ever.
    """


_FLAGS = 5
UNSEEN = Glance(events=True, inside=True, given=True, listed=True, rights=True)
"""Nobody has looked: anything may be there."""


def glance(
    session: Session, post: Post, device_event: str, mark: str, read: str, at: datetime, repeat: timedelta
) -> Glance:
    """Look at a car whose turn the caller has taken, so that its events and stays remain as they are."""
    asked: dict[str, Any] = {"device": post.device_id, "event": device_event, "lane": post.lane_id}
    asked |= {"lot": post.lot_id, "mark": mark, "read": read}
    asked |= {"at": at, "since": at - repeat, "until": at + repeat}
    if post.direction is Direction.IN:
        asked["slot"] = GRID.slot_of(at)
        rows = session.connection().execute(_at_entry(), asked).all()
        near = [Room(*row[_FLAGS:]) for row in rows if row.id is not None]
        events, inside, given, listed, rights = map(bool, rows[0][:_FLAGS])
        return Glance(events, inside, given, listed, rights, rooms=near)
    stay, ledger, *flags = session.execute(_at_exit(), asked).one()
    events, inside, given, listed, rights = map(bool, flags)
    return Glance(events, inside, given, listed, rights, stay=None if stay is None else (stay, ledger))


@cache
def _at_entry() -> sa.Select[*tuple[Any, ...]]:
    """With the zones to which the lane leads; a row at least. Built once, as every event asks it."""
    events, listed, rights = _flags()
    stay = sa.exists().select_from(ParkingStay).where(_mine())
    zones = rooms_of_lane().subquery()
    *columns, metres, code = zones.c
    return (
        sa.select(events, stay, stay.where(is_given(ParkingStay.id)), listed, rights, *columns)
        .select_from(_one())
        .outerjoin(zones, sa.true())
        .order_by(metres, code)
    )


@cache
def _at_exit() -> sa.Select[*tuple[Any, ...]]:
    """The same with the stay; one row, whether there is a stay or not."""
    events, listed, rights = _flags()
    return (
        sa.select(ParkingStay, Zone.ledger_id, events, ParkingStay.id.is_not(None), is_given(ParkingStay.id))
        .add_columns(listed, rights)
        .select_from(_one())
        .outerjoin(ParkingStay, _mine())
        .outerjoin(Zone, Zone.id == ParkingStay.zone_id)
        .execution_options(populate_existing=True)
    )


def _one() -> sa.Subquery:
    return sa.select(sa.literal_column("1").label("one")).subquery()


def _mine() -> sa.ColumnElement[bool]:
    lot, mark = sa.bindparam("lot", type_=sa.Uuid()), sa.bindparam("mark", type_=sa.String())
    return sa.and_(ParkingStay.lot_id == lot, ParkingStay.mark == mark, ParkingStay.state == INSIDE)


def _flags() -> tuple[sa.ColumnElement[bool], ...]:
    """Events that bear on it, lists, rights."""
    lot, mark = sa.bindparam("lot", type_=sa.Uuid()), sa.bindparam("mark", type_=sa.String())
    events = sa.or_(*(events.exists() for events in bearing_on(read=True)))
    listed = sa.exists().where(Listing.lot_id == lot, Listing.mark == mark)
    return events, listed, has_right(lot, mark)

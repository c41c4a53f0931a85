"""Reading calendar feeds, and what they tell: the bookings around now, in a constant number of queries."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.bookings.model import Booking
from facilities.capacity.feeds import Entry, calendar_text, status_of, uid_of
from facilities.capacity.lifecycle import STATE_NAMES, State
from facilities.enterprises.queries import firm_names
from facilities.production.machines.feeds.model import MachineFeed
from facilities.production.machines.model import TRADE, Machine, MachineBooking
from facilities.production.machines.policy import firms_of
from facilities.signing import fits
from shared.actor import Actor
from shared.clock import PARK_TZ
from shared.config import Settings
from shared.errors import NotFound, PreconditionFailed
from shared.text import Language, Text

BEHIND, AHEAD = timedelta(days=31), timedelta(days=366)
"""How far back and ahead of now a feed reaches."""
MOST = 1000
"""Bookings in a feed, the ones that begin last left out."""

_NO_FEED = Text("没有这个日历订阅", "There is no such feed")
_OWN = Text("设备预订 · {name}", "Machines booked by {name}")
_OF_MACHINE = Text("{machine} · 预订", "Bookings of {machine}")
_SAID = Text("{state}，{owner}", "{state}, of {owner}")


def feeds_of(session: Session, reader: Actor) -> Sequence[MachineFeed]:
    """The feeds of the reader's firms."""
    query = sa.select(MachineFeed).where(MachineFeed.owner.in_(firms_of(reader)))
    return session.scalars(query.order_by(MachineFeed.id)).all()


def find_feed(session: Session, feed_id: UUID, reader: Actor, expected_version: int) -> MachineFeed:
    """A feed of one of the reader's firms; NotFound otherwise, PreconditionFailed when it has changed."""
    found = session.get(MachineFeed, feed_id)
    if found is None or found.owner not in firms_of(reader):
        raise NotFound(_NO_FEED)
    if found.version != expected_version:
        raise PreconditionFailed
    return found


def signed_feed(session: Session, settings: Settings, feed_id: UUID, token: str) -> MachineFeed:
    """The feed of an address; NotFound unless the address is signed and the present one."""
    found = session.get(MachineFeed, feed_id)
    if found is None or not fits(settings, found.address, token) or not found.works:
        raise NotFound(_NO_FEED)
    return found


def told(
    session: Session, settings: Settings, feed: MachineFeed, language: Language, now: datetime
) -> tuple[str, datetime]:
    """The calendar as it is sent, and when what it tells last changed."""
    query = (
        sa.select(Booking, MachineBooking, Machine)
        .join(MachineBooking, MachineBooking.id == Booking.id)
        .join(Machine, Machine.id == MachineBooking.machine_id)
        .where(
            _whose(session, feed),
            Booking.trade == TRADE,
            Booking.state != State.HELD,
            Booking.starts_at.between(now - BEHIND, now + AHEAD),
        )
        .order_by(Booking.starts_at, Booking.id)
        .limit(MOST)
    )
    rows = session.execute(query).all()
    firms = firm_names(
        session, sorted({feed.owner, *(code for _, kept, _ in rows for code in (kept.customer, kept.owner))})
    )
    authority = urlsplit(settings.public_url).hostname or "localhost"
    entries = [
        Entry(
            uid=uid_of(booking.id, authority),
            span=booking.span,
            summary=Text.same(firms[kept.customer]) if feed.machine_id else Text.of(machine.name),
            status=status_of(booking.state),
            sequence=booking.version,
            changed_at=booking.updated_at,
            location=Text.same(machine.place),
            description=_SAID.format(state=STATE_NAMES[booking.state], owner=firms[kept.owner]),
            url=f"{settings.public_url}/bookings/{booking.id}",
        )
        for booking, kept, machine in rows
    ]
    machine_name = _machine_name(session, feed)
    name = _OF_MACHINE.format(machine=machine_name) if machine_name else _OWN.format(name=firms[feed.owner])
    text = calendar_text(entries, f"{feed.id}@{authority}", name, PARK_TZ, language)
    return text, max([feed.changed_at, *(booking.updated_at for booking, _, _ in rows)])


def machine_names(session: Session, feeds: Sequence[MachineFeed]) -> dict[UUID, Text]:
    """What the machines of these feeds are called."""
    query = sa.select(Machine.id, Machine.name).where(
        Machine.id.in_([each.machine_id for each in feeds if each.machine_id])
    )
    return {machine: Text.of(name) for machine, name in session.execute(query)}


def _machine_name(session: Session, feed: MachineFeed) -> Text | None:
    return machine_names(session, [feed]).get(feed.machine_id) if feed.machine_id else None


def _whose(session: Session, feed: MachineFeed) -> sa.ColumnElement[bool]:
    if feed.machine_id is None:
        return Booking.customer == feed.owner
    machine = session.get_one(Machine, feed.machine_id)
    return Booking.resource_id.in_((machine.id, machine.operated_id))

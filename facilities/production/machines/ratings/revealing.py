"""Showing what the two sides say of each other: when both have spoken, or when the limit is over."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.lifecycle import Party
from facilities.production.machines.after_use.opening import open_in_turn, say
from facilities.production.machines.bookings.commands import Opened
from facilities.production.machines.disputes.queries import disputed, last_closed
from facilities.production.machines.ratings.model import FirmRating, Rating
from facilities.production.machines.ratings.rules import rate_by
from shared.database import dialect_of, insert
from shared.transaction import Transaction

RATING_TIMER = "machine-ratings"


def ratings_of(session: Session, booking_id: UUID) -> list[Rating]:
    """What the two sides have said, whether it is shown or not."""
    query = sa.select(Rating).where(Rating.booking_id == booking_id).order_by(Rating.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def limit_of(session: Session, it: Opened) -> datetime:
    """Until when the two sides may rate each other."""
    return rate_by(it.booking.ended_at or it.booking.ends_at, last_closed(session, it.booking.id))


def expect_ratings(tx: Transaction, it: Opened) -> None:
    """Make the appointment at which what is said by then is shown, where anything is."""
    if any(each.shown_at is None for each in ratings_of(tx.session, it.booking.id)):
        key = str(it.booking.id)
        tx.schedule(RATING_TIMER, key, limit_of(tx.session, it), {"booking": key})


def reveal(tx: Transaction, it: Opened) -> None:
    """Show what the two sides have said, and add it to what the firms have been given."""
    found = [each for each in ratings_of(tx.session, it.booking.id) if each.shown_at is None]
    for each in found:
        each.shown_at = tx.now
        _add(tx, each)
    tx.unschedule(RATING_TIMER, str(it.booking.id))
    if found:
        say(tx, it, "ratings-shown", Party.SYSTEM)


def limit_is_over(tx: Transaction, payload: Mapping[str, object]) -> None:
    """Nobody rates any more; a dispute that is open puts it off until after its end."""
    it = open_in_turn(tx, UUID(str(payload["booking"])), sa.true())
    if disputed(tx.session, it.booking.id):
        return
    if tx.now < limit_of(tx.session, it):
        expect_ratings(tx, it)
    else:
        reveal(tx, it)


def sums_of(session: Session, firms: Iterable[str]) -> Mapping[str, FirmRating]:
    """What these firms have been given so far; one query."""
    query = sa.select(FirmRating).where(FirmRating.uscc.in_(set(firms)))
    return {each.uscc: each for each in session.scalars(query)}


def _add(tx: Transaction, rating: Rating) -> None:
    """One statement: of ratings shown at the same time for one firm none is lost."""
    new = insert(dialect_of(tx.session), FirmRating).values(uscc=rating.rated, count=1, stars=rating.stars)
    added = {"count": FirmRating.count + 1, "stars": FirmRating.stars + new.excluded.stars}
    tx.session.execute(new.on_conflict_do_update(index_elements=["uscc"], set_=added))

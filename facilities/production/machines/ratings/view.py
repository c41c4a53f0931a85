"""Ratings as they are shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from facilities.capacity.lifecycle import State
from facilities.enterprises.queries import firm_names
from facilities.production.machines.bookings.commands import Opened
from facilities.production.machines.disputes.queries import disputed
from facilities.production.machines.policy import firms_of, parties
from facilities.production.machines.ratings.model import FirmRating, Rating
from facilities.production.machines.ratings.policy import may_hide
from facilities.production.machines.ratings.revealing import limit_of, ratings_of
from facilities.production.machines.ratings.rules import average
from shared.actor import Actor

Json = dict[str, Any]


def ratings_out(session: Session, found: Sequence[Rating], reader: Actor) -> list[Json]:
    """Ratings in a list; one query for all their names."""
    firms = firm_names(session, sorted({code for each in found for code in (each.firm, each.rated)}))
    return [
        {
            "id": str(each.id),
            "version": each.version,
            "by": each.party.value,
            "firm": each.firm,
            "firm_name": firms[each.firm],
            "rated": each.rated,
            "rated_name": firms[each.rated],
            "stars": each.stars,
            "text": None if each.hidden_at else each.text,
            "made_at": each.made_at.isoformat(),
            "shown_at": each.shown_at.isoformat() if each.shown_at else None,
            "answer": each.answer,
            "answered_at": each.answered_at.isoformat() if each.answered_at else None,
            "hidden_reason": each.hidden_reason,
            "actions": _actions(each, reader),
        }
        for each in found
    ]


def of_booking(session: Session, it: Opened, reader: Actor, now: datetime) -> Json:
    """What the two sides say of each other, as far as the reader may see it by now."""
    found = ratings_of(session, it.booking.id)
    own = firms_of(reader)
    limit = limit_of(session, it) if it.booking.state is State.DONE else None
    open_to = set(parties(reader, it.kept)) - {each.party for each in found}
    may_rate = limit is not None and now < limit and not disputed(session, it.booking.id)
    return {
        "items": ratings_out(session, [each for each in found if each.shown_at or each.firm in own], reader),
        "rate_by": limit.isoformat() if limit else None,
        "waiting": any(each.shown_at is None for each in found),
        "actions": ["rate"] if may_rate and open_to else [],
    }


def sums_out(sums: FirmRating | None) -> Json:
    """What a firm has been given so far."""
    return {
        "count": sums.count if sums else 0,
        "average": average(sums.stars, sums.count) if sums else None,
    }


def _actions(rating: Rating, reader: Actor) -> list[str]:
    if rating.shown_at is None:
        return []
    found = []
    if rating.answer is None and rating.rated in firms_of(reader):
        found.append("answer")
    if rating.hidden_at is None and may_hide(reader, rating):
        found.append("hide")
    return found

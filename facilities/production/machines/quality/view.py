"""A quality result as it is shown."""

from typing import Any

from sqlalchemy.orm import Session

from facilities.capacity.lifecycle import State
from facilities.production.machines.after_use.offers import About, offer_out, offers_of, open_offer
from facilities.production.machines.bookings.commands import Opened
from facilities.production.machines.disputes.queries import disputed
from facilities.production.machines.policy import parties
from facilities.production.machines.quality.model import QualityResult
from facilities.production.machines.quality.rules import STATE_NAMES, VERBS, QualityState, allows
from shared.actor import Actor

Json = dict[str, Any]
_NOT_IN_DISPUTE = frozenset({"propose", "agree"})


def quality_out(session: Session, it: Opened, reader: Actor) -> tuple[Json, int]:
    """The result and its version; one that is not there yet has version 0."""
    found = session.get(QualityResult, it.booking.id)
    state = found.state if found else QualityState.NONE
    shown: Json = {
        "booking_id": str(it.booking.id),
        "state": state.value,
        "state_name": STATE_NAMES[state].to_dict(),
        "accepted_pieces": found.accepted_pieces if found else None,
        "rejected_pieces": found.rejected_pieces if found else None,
        "measured": found.measured if found else "",
        "note": found.note if found else "",
        "recorded_at": _moment(found, "recorded_at"),
        "answer_by": _moment(found, "answer_by"),
        "settled_at": _moment(found, "settled_at"),
        "report": _report(found),
        "concessions": [offer_out(each) for each in offers_of(session, it.booking.id, About.CONCESSION)],
        "actions": _actions(session, it, state, reader),
    }
    return shown, found.version if found else 0


def _actions(session: Session, it: Opened, state: QualityState, reader: Actor) -> list[str]:
    sides = parties(reader, it.kept)
    if it.booking.state is not State.DONE or not sides:
        return []
    offer = open_offer(session, it.booking.id, About.CONCESSION)
    proposer = offer.party if offer else None
    barred = _NOT_IN_DISPUTE if disputed(session, it.booking.id) else ()
    return [
        verb
        for verb in VERBS
        if verb not in barred and any(allows(verb, state, party, proposer) for party in sides)
    ]


def _report(found: QualityResult | None) -> Json | None:
    if found is None or found.report_name is None:
        return None
    return {"name": found.report_name, "media_type": found.report_type, "size": found.report_size}


def _moment(found: QualityResult | None, name: str) -> str | None:
    at = getattr(found, name, None)
    return at.isoformat() if at else None

"""Disputes as their two sides and the park's operator see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.bookings.model import Booking
from facilities.enterprises.queries import firm_names
from facilities.production.machines.after_use.offers import About, offer_out, offers_of, open_offer
from facilities.production.machines.after_use.opening import paid_so_far
from facilities.production.machines.disputes.model import Dispute, Evidence
from facilities.production.machines.disputes.policy import may_decide
from facilities.production.machines.disputes.queries import evidence_of
from facilities.production.machines.disputes.rules import REASON_NAMES, STATE_NAMES, VERBS, allows, ripe
from facilities.production.machines.model import Machine, MachineBooking
from facilities.production.machines.policy import parties
from shared.actor import Actor

Json = dict[str, Any]


def disputes_out(session: Session, found: Sequence[Dispute]) -> list[Json]:
    """Disputes in a list; two queries for all their names."""
    query = (
        sa.select(MachineBooking.id, Machine.name)
        .join(Machine, Machine.id == MachineBooking.machine_id)
        .where(MachineBooking.id.in_([each.booking_id for each in found]))
    )
    machines = {row.id: row.name for row in session.execute(query)}
    firms = firm_names(session, sorted({code for each in found for code in (each.customer, each.owner)}))
    return [
        {
            "id": str(each.id),
            "booking_id": str(each.booking_id),
            "machine_name": machines[each.booking_id],
            "customer": each.customer,
            "customer_name": firms[each.customer],
            "owner": each.owner,
            "owner_name": firms[each.owner],
            "opened_by": each.opened_by.value,
            "reason": each.reason.value,
            "reason_name": REASON_NAMES[each.reason].to_dict(),
            "claimed_fen": each.claimed_fen,
            "state": each.state.value,
            "state_name": STATE_NAMES[each.state].to_dict(),
            "opened_at": each.opened_at.isoformat(),
            "answer_by": each.answer_by.isoformat(),
            "closed_at": each.closed_at.isoformat() if each.closed_at else None,
            "amount_fen": each.amount_fen,
        }
        for each in found
    ]


def dispute_out(session: Session, dispute: Dispute, reader: Actor, now: datetime) -> Json:
    """One dispute with everything said and handed in."""
    (summary,) = disputes_out(session, [dispute])
    booking = session.get_one(Booking, dispute.booking_id)
    kept = session.get_one(MachineBooking, dispute.booking_id)
    evidence = evidence_of(session, dispute.id)
    return {
        **summary,
        "text": dispute.text,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "paid_fen": paid_so_far(session, booking.id),
        "evidence": [_evidence(each) for each in evidence],
        "next_number": (evidence[-1].number if evidence else 0) + 1,
        "offers": [offer_out(each) for each in offers_of(session, booking.id, About.SETTLEMENT)],
        "decision": dispute.decision,
        "sides": [party.value for party in parties(reader, kept)],
        "actions": _actions(session, dispute, kept, reader, now),
    }


def _actions(
    session: Session, dispute: Dispute, kept: MachineBooking, reader: Actor, now: datetime
) -> list[str]:
    open_now = open_offer(session, dispute.booking_id, About.SETTLEMENT)
    proposer = open_now.party if open_now else None
    sides = parties(reader, kept)
    found = [
        verb
        for verb in VERBS
        if any(allows(verb, dispute.state, party, dispute.opened_by, proposer) for party in sides)
    ]
    if may_decide(reader, dispute) and ripe(dispute.state, dispute.answer_by, now):
        found.append("decide")
    return found


def _evidence(each: Evidence) -> Json:
    file = {"name": each.file_name, "media_type": each.media_type, "size": each.size} if each.sha256 else None
    return {
        "number": each.number,
        "by": each.party.value,
        "text": each.text,
        "file": file,
        "made_at": each.made_at.isoformat(),
    }

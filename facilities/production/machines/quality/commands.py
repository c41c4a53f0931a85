"""The quality of what was made: recorded, accepted, or accepted with deviations for a lower price."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from facilities.capacity.lifecycle import STATE_NAMES as BOOKING_STATES
from facilities.capacity.lifecycle import Party, State
from facilities.production.machines.after_use import offers
from facilities.production.machines.after_use.limits import limits
from facilities.production.machines.after_use.offers import About, MoneyOffer, OfferState
from facilities.production.machines.after_use.opening import open_in_turn, say, side_of
from facilities.production.machines.bookings.charging import charge
from facilities.production.machines.bookings.commands import Opened
from facilities.production.machines.disputes.queries import disputed, require_no_open_dispute
from facilities.production.machines.quality.model import QualityResult
from facilities.production.machines.quality.rules import STATE_NAMES, QualityState, allows, sides
from shared.errors import Conflict, Forbidden, PreconditionFailed
from shared.text import Text
from shared.transaction import Transaction
from shared.uploads.inspection import InspectedUpload

QUALITY_TIMER = "machine-quality"
CONCESSION = "concession"

_CONCESSION = Text("让步接收减价", "Price reduction for accepted deviations")
_NOT_DONE = Text(
    "预订当前为“{state}”，使用完毕后才有质量结果", "The booking is “{state}”; quality comes after the use"
)
_STATE = Text(
    "质量结果当前为“{state}”，不能这样办理", "The quality result is “{state}”; this cannot be done now"
)
_OWN = Text("不能同意自己提出的方案", "Nobody agrees to their own proposal")


def state_of(result: QualityResult | None) -> QualityState:
    """Where a result stands, one that is not there too."""
    return QualityState.NONE if result is None else result.state


def result_of(tx: Transaction, it: Opened, seen: int | None) -> QualityResult | None:
    """The result of a booking at the version that was seen (0: there was none); PreconditionFailed else."""
    found = tx.session.get(QualityResult, it.booking.id, populate_existing=True)
    if seen is not None and seen != (found.version if found else 0):
        raise PreconditionFailed
    return found


def record(
    tx: Transaction,
    it: Opened,
    seen: int,
    *,
    accepted_pieces: int | None,
    rejected_pieces: int | None,
    measured: str,
    note: str,
) -> None:
    """The owner says what came out; again, as long as the customer has not answered."""
    result, party = _using(tx, it, seen, "record")
    if result is None:
        result = QualityResult(booking_id=it.booking.id)
        tx.session.add(result)
    result.state = QualityState.RECORDED
    result.accepted_pieces, result.rejected_pieces = accepted_pieces, rejected_pieces
    result.measured, result.note = measured, note
    result.recorded_at = tx.now
    _wait(tx, result)
    details = {"accepted": accepted_pieces, "rejected": rejected_pieces}
    say(tx, it, "quality-recorded", party, details=details)


def hand_in_report(tx: Transaction, it: Opened, seen: int, found: InspectedUpload) -> str | None:
    """The owner's report, judged and stored; returns the key of the file it replaces."""
    result, party = _using(tx, it, seen, "report")
    assert result is not None  # noqa: S101 - the verb needs one
    before = result.report_sha256
    result.report_sha256, result.report_name = found.sha256, found.file_name
    result.report_type, result.report_size = found.media_type, found.size
    say(tx, it, "quality-recorded", party, details={"report": found.sha256})
    return before


def accept(tx: Transaction, it: Opened, seen: int) -> None:
    """The customer has nothing to object to; what was proposed is declined by that."""
    result, party = _using(tx, it, seen, "accept")
    assert result is not None  # noqa: S101 - the verb needs one
    _accept(tx, it, result, party)


def propose(tx: Transaction, it: Opened, seen: int, reduction_fen: int, text: str) -> None:
    """One side proposes to accept the deviations for so much less; no more than was paid."""
    result, party = _using(tx, it, seen, "propose")
    assert result is not None  # noqa: S101 - the verb needs one
    require_no_open_dispute(tx.session, it.booking.id)
    offers.require_paid(tx.session, it.booking.id, reduction_fen, "/reduction_fen")
    offers.make(tx, it, About.CONCESSION, party, reduction_fen, text)
    result.state = QualityState.PROPOSED
    _wait(tx, result)
    say(
        tx,
        it,
        "concession-proposed",
        party,
        reason=text,
        amount_fen=reduction_fen,
        details={"reduction_fen": reduction_fen},
    )


def agree(tx: Transaction, it: Opened, seen: int) -> None:
    """The other side agrees: the reduction is entered as a line of its own."""
    result, party = _using(tx, it, seen, "agree")
    offer = _offer(tx, it)
    assert result is not None  # noqa: S101 - the verb needs one
    require_no_open_dispute(tx.session, it.booking.id)
    offers.require_paid(tx.session, it.booking.id, offer.amount_fen, "/reduction_fen")
    offers.end(tx, offer, OfferState.AGREED)
    _settle(tx, result, QualityState.CONCEDED)
    lines = [(CONCESSION, _CONCESSION, -offer.amount_fen)] if offer.amount_fen else []
    moved = charge(tx, it.booking.id, lines)
    say(tx, it, "concession-agreed", party, reason=offer.text, moved_fen=moved, details={"moved_fen": moved})


def decline(tx: Transaction, it: Opened, seen: int, reason: str) -> None:
    """Either side ends the proposal: whoever made it takes it back."""
    result, party = _using(tx, it, seen, "decline")
    assert result is not None  # noqa: S101 - the verb needs one
    offer = _offer(tx, it)
    offers.end(tx, offer, OfferState.WITHDRAWN if party is offer.party else OfferState.DECLINED)
    result.state = QualityState.RECORDED
    _wait(tx, result)
    say(tx, it, "concession-ended", party, reason=reason or None)


def nobody_answered(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The time is over: a proposal lapses, a result counts as accepted; not while a dispute is open."""
    it = open_in_turn(tx, UUID(str(payload["booking"])), sa.true())
    result = result_of(tx, it, None)
    if result is None or result.answer_by is None:
        return
    if result.answer_by > tx.now:
        _make_appointment(tx, result)
    elif disputed(tx.session, it.booking.id):
        _wait(tx, result)
        tx.audit("machine-booking.quality-postponed", "booking", it.booking.id)
    elif result.state is QualityState.PROPOSED:
        offers.end(tx, _offer(tx, it), OfferState.LAPSED)
        result.state = QualityState.RECORDED
        _wait(tx, result)
        say(tx, it, "concession-ended", Party.SYSTEM)
    else:
        _accept(tx, it, result, Party.SYSTEM)


def _using(tx: Transaction, it: Opened, seen: int, verb: str) -> tuple[QualityResult | None, Party]:
    """The result and on which side somebody uses the verb; Forbidden, Conflict, PreconditionFailed."""
    side_of(tx.actor, it.kept, sides(verb))
    result = result_of(tx, it, seen)
    state = state_of(result)
    if it.booking.state is not State.DONE:
        raise Conflict(_NOT_DONE.format(state=BOOKING_STATES[it.booking.state]), slug="wrong-state")
    offer = offers.open_offer(tx.session, it.booking.id, About.CONCESSION)
    proposer = offer.party if offer else None
    for party in sides(verb):
        if _stands(tx, it, party) and allows(verb, state, party, proposer):
            return result, party
    if verb == "agree" and state is QualityState.PROPOSED:
        raise Forbidden(_OWN)
    raise Conflict(_STATE.format(state=STATE_NAMES[state]), slug="wrong-state")


def _stands(tx: Transaction, it: Opened, party: Party) -> bool:
    firm = it.kept.customer if party is Party.CUSTOMER else it.kept.owner
    return any(each.uscc == firm for each in tx.actor.memberships)


def _accept(tx: Transaction, it: Opened, result: QualityResult, party: Party) -> None:
    offer = offers.open_offer(tx.session, it.booking.id, About.CONCESSION)
    if offer is not None:
        offers.end(tx, offer, OfferState.WITHDRAWN if offer.party is party else OfferState.DECLINED)
    _settle(tx, result, QualityState.ACCEPTED)
    say(tx, it, "quality-accepted", party)


def _settle(tx: Transaction, result: QualityResult, state: QualityState) -> None:
    result.state, result.settled_at, result.answer_by = state, tx.now, None
    tx.unschedule(QUALITY_TIMER, str(result.booking_id))


def _wait(tx: Transaction, result: QualityResult) -> None:
    result.answer_by = tx.now + limits().to_answer
    flag_modified(result, "answer_by")  # a new version also within one tick of the clock
    _make_appointment(tx, result)


def _make_appointment(tx: Transaction, result: QualityResult) -> None:
    assert result.answer_by is not None  # noqa: S101 - what waits, waits until then
    key = str(result.booking_id)
    tx.schedule(QUALITY_TIMER, key, result.answer_by, {"booking": key})


def _offer(tx: Transaction, it: Opened) -> MoneyOffer:
    found = offers.open_offer(tx.session, it.booking.id, About.CONCESSION)
    if found is None:
        raise PreconditionFailed
    return found

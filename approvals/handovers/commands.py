"""What the outside system is to be told: written down with the command, sent by the worker (`sending.py`)."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from approvals.cases.announce import announce
from approvals.cases.model import Case
from approvals.documents import issued_outside
from approvals.handovers.model import (
    TROUBLE_NAMES,
    Handover,
    HandoverMessage,
    HandoverState,
    MessageKind,
    MessageState,
    Trouble,
)
from approvals.handovers.port import Connections
from approvals.items.model import HANDOVER_SYSTEMS, Item
from shared.actor import Actor
from shared.errors import Conflict, Forbidden
from shared.text import Text
from shared.transaction import Resources, Transaction

SEND, POLL, FETCH = "handover-send", "handover-poll", "handover-fetch"
"""Errands: tell the system what waits, ask it what has happened, fetch a document."""
MAY_RETRY = ("manager",)

_NOT_CONNECTED = Text(
    "该事项在主管机关的系统中办理，本平台尚未与该系统对接，目前不能在此申请",
    "This item is executed in the authority's own system, to which this platform is not connected; "
    "it cannot be applied for here",
)
_WITHDRAWAL_WAITS = Text(
    "撤回申请已转交主管机关，请等待答复", "The withdrawal was passed on already and waits for an answer"
)
_NOT_STUCK = Text("该转办没有受阻，无需重试", "The hand-over is not stuck; there is nothing to retry")


def require_connected(resources: Resources, item: Item) -> None:
    """Refuse to take what nobody would get. Items of our own desk pass."""
    if item.handover is not None and resources.get(Connections).get(item.handover) is None:
        raise Conflict(_NOT_CONNECTED, slug="not-connected")


def of_case(session: Session, case_id: UUID) -> Handover | None:
    """The hand-over of a case, if it is one of another authority's."""
    return session.get(Handover, case_id)


def hand_over(tx: Transaction, case: Case, item: Item) -> Handover:
    """Have an application that was just handed in told to the system that executes it."""
    require_connected(tx.context.resources, item)
    handover = Handover(
        case_id=case.id,
        system=item.handover,
        state=HandoverState.PENDING,
        created_at=tx.now,
    )
    tx.session.add(handover)
    _tell(tx, handover, MessageKind.FILE)
    return handover


def hand_over_answer(tx: Transaction, case: Case) -> None:
    """Have the answer to a correction notice told to the system that asked for it."""
    _tell(tx, tx.session.get_one(Handover, case.id), MessageKind.ANSWER)


def ask_withdrawal(tx: Transaction, case: Case, reason: str) -> bool:
    """Have a withdrawal told to the system; True when there is nothing to tell and the case ends here.

    That is so while the application was never sent, or was sent and not taken. Raises Conflict while an
    earlier withdrawal waits.
    """
    handover = tx.session.get_one(Handover, case.id)
    filing = handover.messages[0]
    if filing.state is MessageState.PENDING and (
        filing.tried_at is None or handover.trouble is Trouble.REJECTED
    ):
        end(tx, handover)
        return True
    if waiting(handover, MessageKind.WITHDRAW):
        raise Conflict(_WITHDRAWAL_WAITS, slug="withdrawal-waits")
    _tell(tx, handover, MessageKind.WITHDRAW, reason.strip()[:500] or None)
    return False


def waiting(handover: Handover, kind: MessageKind) -> bool:
    """Whether a message of the kind is still to be sent."""
    return any(m.kind is kind and m.state is MessageState.PENDING for m in handover.messages)


def retry(tx: Transaction, case: Case) -> Handover:
    """Go on with a hand-over that is stuck, after a person has seen to it; for the park's manager.

    Raises Forbidden for others, Conflict when it is not stuck.
    """
    if not tx.actor.has_role(*MAY_RETRY):
        raise Forbidden(Text("只有园区管理者可以重试", "Only the park's manager may do this"))
    handover = tx.session.get(Handover, case.id)
    if handover is None or not may_retry(tx.session, tx.actor, case):
        raise Conflict(_NOT_STUCK, slug="handover-not-stuck")
    trouble = handover.trouble
    go_on(handover, case)
    case.updated_at = tx.now
    flag_modified(case, "updated_at")  # of two who retry at once one sees that the other was first
    schedule_all(tx, handover)
    details = {"trouble": trouble.value if trouble else None, "tries": handover.tries}
    tx.audit("handover.retried", "case", case.id, details)
    return handover


def may_retry(session: Session, actor: Actor, case: Case) -> bool:
    """Whether the hand-over is stuck and this person may let it go on."""
    if not actor.has_role(*MAY_RETRY) or case.submitted_at is None:
        return False
    handover = session.get(Handover, case.id)
    return handover is not None and handover.state is HandoverState.STUCK


def schedule_all(tx: Transaction, handover: Handover) -> None:
    """Have everything that is left to do done now."""
    key = handover.reference
    if any(message.state is MessageState.PENDING for message in handover.messages):
        tx.schedule(SEND, key, tx.now, {"case_id": key})
    if handover.state is HandoverState.FILED:
        tx.schedule(POLL, key, tx.now, {"case_id": key})
    for document in issued_outside.of_case(tx.session, handover.case_id):
        if document.fetched_at is None:
            schedule_fetch(tx, document.id)


def schedule_fetch(tx: Transaction, document_id: UUID) -> None:
    """Have the content of a document fetched."""
    tx.schedule(FETCH, str(document_id), tx.now, {"document_id": str(document_id)})


def go_on(handover: Handover, case: Case) -> None:
    """It is not stuck any more."""
    handover.trouble = handover.trouble_reason = handover.stuck_at = None
    if case.ended_at is not None:
        handover.state = HandoverState.ENDED
    else:
        handover.state = HandoverState.FILED if handover.receipt_number else HandoverState.PENDING


def get_stuck(
    tx: Transaction, case: Case, item: Item, handover: Handover, trouble: Trouble, reason: Text
) -> None:
    """It needs a person: say so on the tracking page, in the trail, and to the applicant, once."""
    if handover.state is HandoverState.STUCK:
        return
    handover.state = HandoverState.STUCK
    handover.trouble = trouble
    handover.trouble_reason = reason.to_dict()
    handover.stuck_at = tx.now
    tx.audit("handover.stuck", "case", case.id, {"trouble": trouble.value})
    told = {**public_facts(handover), "reason": TROUBLE_NAMES[trouble].to_dict()}
    announce(tx, case, item, "handover-stuck", more={"handover": told})


def end(tx: Transaction, handover: Handover) -> None:
    """The case has ended: nothing more is told or asked."""
    handover.state = HandoverState.ENDED
    handover.trouble = handover.trouble_reason = handover.stuck_at = None
    for message in handover.messages:
        if message.state is MessageState.PENDING:
            message.state = MessageState.DROPPED
            message.settled_at = tx.now
    for name in (SEND, POLL):
        tx.unschedule(name, handover.reference)


def public_facts(handover: Handover) -> dict[str, object]:
    """What events say of a hand-over."""
    return {
        "system": HANDOVER_SYSTEMS[handover.system].to_dict(),
        "receipt_number": handover.receipt_number,
        "reason": None,
    }


def authority(handover: Handover) -> Actor:
    """The one on whose word a case moves on: the authority's system, nobody in person."""
    return Actor(kind="system", name=HANDOVER_SYSTEMS[handover.system].zh)


def locked(session: Session, case_id: UUID) -> tuple[Case, Handover] | None:
    """A case and its hand-over for a worker or a callback; the case is locked first, as by every verb."""
    case = session.scalar(sa.select(Case).where(Case.id == case_id).with_for_update())
    handover = session.get(Handover, case_id)
    return (case, handover) if case is not None and handover is not None else None


def _tell(tx: Transaction, handover: Handover, kind: MessageKind, reason: str | None = None) -> None:
    number = len(handover.messages) + 1
    handover.messages.append(
        HandoverMessage(
            number=number,
            kind=kind,
            state=MessageState.PENDING,
            reason=reason,
            created_at=tx.now,
        )
    )
    key = handover.reference
    tx.session.flush()
    tx.schedule(SEND, key, tx.now, {"case_id": key})
    tx.audit("handover.message-queued", "case", handover.case_id, {"kind": kind.value, "number": number})

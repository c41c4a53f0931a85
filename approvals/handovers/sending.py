"""The errand that tells the outside system what waits, one message at a time, each under a stable name."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from approvals.cases.announce import announce
from approvals.cases.model import Case
from approvals.cases.record import record
from approvals.handovers.commands import (
    POLL,
    SEND,
    authority,
    get_stuck,
    go_on,
    locked,
    public_facts,
)
from approvals.handovers.model import Handover, HandoverMessage, MessageKind, MessageState, Trouble
from approvals.handovers.port import (
    Connections,
    File,
    Filing,
    Receipt,
    Rejection,
    Taken,
    Unreachable,
)
from approvals.items.catalogue import Catalogue
from approvals.items.forms import examine
from approvals.items.model import Item
from shared.clock import local_date
from shared.messaging.errand import Failure, Payload
from shared.text import Text
from shared.transaction import Context, Transaction

_REJECTED = Text("对方系统拒收：{reason}", "It was not taken: {reason}")
_GAVE_UP = Text("已尝试{n}次：{error}", "Tried {n} times: {error}")


@dataclass(frozen=True, slots=True)
class Sending:
    """A message ready to be sent."""

    system: str
    reference: str
    number: int
    kind: MessageKind
    filing: Filing
    reason: str


class SendErrand:
    """Tells the system the oldest message that waits."""

    def prepare(self, tx: Transaction, payload: Payload) -> Sending | None:
        """Read what to send, and note that the outside may know of it from now on."""
        found = locked(tx.session, UUID(str(payload["case_id"])))
        message = _next(found[1]) if found else None
        if found is None or message is None:
            return None
        case, handover = found
        message.tried_at = message.tried_at or tx.now
        details = {"kind": message.kind.value, "number": message.number}
        tx.audit("handover.message-sending", "case", case.id, details)
        with_form = message.kind is not MessageKind.WITHDRAW
        return Sending(
            system=handover.system,
            reference=handover.reference,
            number=message.number,
            kind=message.kind,
            filing=_filing(tx, case) if with_form else Filing({}),
            reason=message.reason or "",
        )

    def act(self, context: Context, request: Sending) -> Taken:
        """Send it; Unreachable when nobody knows whether it was taken."""
        connection = context.resources.get(Connections).get(request.system)
        if connection is None:
            raise Unreachable("the system is not connected")
        system = connection.system
        if request.kind is MessageKind.FILE:
            return system.file(request.reference, request.filing)
        if request.kind is MessageKind.ANSWER:
            return system.answer(request.reference, request.number, request.filing)
        return system.withdraw(request.reference, request.reason)

    def settle(self, tx: Transaction, request: Sending, outcome: Taken) -> None:
        """Write down what became of it, and go on with the next message."""
        found = locked(tx.session, UUID(request.reference))
        message = _next(found[1]) if found else None
        if found is None or message is None or message.number != request.number:
            return
        case, handover = found
        heard(tx, handover, case)
        item = tx.resource(Catalogue).of(case)
        if isinstance(outcome, Receipt):
            _taken(tx, handover, message, outcome)
        elif not _refused(tx, case, item, handover, message, outcome):
            return
        if _next(handover) is not None:  # what waits is said first, then asked what has come of it all
            tx.schedule(SEND, handover.reference, tx.now, {"case_id": handover.reference})
        else:
            schedule_poll(tx, handover, 0.0)

    def failed(self, tx: Transaction, payload: Payload, failure: Failure) -> None:
        """Show the try to officials; when it was the last, call for a person."""
        note_failure(tx, UUID(str(payload["case_id"])), failure)


def heard(tx: Transaction, handover: Handover, case: Case) -> None:
    """The system has answered: whatever failed before is over."""
    if handover.tries == 0 and handover.trouble is not Trouble.UNREACHABLE:
        return
    tx.audit("handover.recovered", "case", handover.case_id, {"tries": handover.tries})
    handover.tries = 0
    handover.last_error = None
    if handover.trouble is Trouble.UNREACHABLE:
        go_on(handover, case)


def note_failure(tx: Transaction, case_id: UUID, failure: Failure) -> None:
    """Show a failed try to officials; when it was the last, call for a person."""
    found = locked(tx.session, case_id)
    if found is None:
        return
    case, handover = found
    handover.tries = failure.attempts
    handover.last_error = failure.error[:500]
    tx.audit("handover.try-failed", "case", case.id, {"tries": failure.attempts})
    if failure.given_up:
        reason = _GAVE_UP.format(n=failure.attempts, error=handover.last_error)
        get_stuck(tx, case, tx.resource(Catalogue).of(case), handover, Trouble.UNREACHABLE, reason)


def schedule_poll(tx: Transaction, handover: Handover, pause_s: float) -> None:
    """Ask the system what has happened, after a pause (±20 %, so that not all ask at once)."""
    pause = timedelta(seconds=pause_s * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
    tx.schedule(POLL, handover.reference, tx.now + pause, {"case_id": handover.reference})


def _next(handover: Handover) -> HandoverMessage | None:
    """The oldest message that waits; none behind one that was not taken."""
    if handover.trouble is Trouble.REJECTED:
        return None
    return next((m for m in handover.messages if m.state is MessageState.PENDING), None)


def _taken(tx: Transaction, handover: Handover, message: HandoverMessage, receipt: Receipt) -> None:
    message.state = MessageState.TAKEN
    message.settled_at = handover.heard_at = tx.now
    if message.kind is MessageKind.FILE:
        handover.receipt_number = receipt.number
        case = tx.session.get_one(Case, handover.case_id)
        go_on(handover, case)
    tx.audit(
        "handover.message-taken",
        "case",
        handover.case_id,
        {"kind": message.kind.value, "number": message.number},
    )


def _refused(
    tx: Transaction,
    case: Case,
    item: Item,
    handover: Handover,
    message: HandoverMessage,
    rejection: Rejection,
) -> bool:
    """What a refusal leads to; False when it needs a person and the message waits for them."""
    no_longer_asked = message.kind is MessageKind.ANSWER and rejection.code == "not-waiting"
    if message.kind is not MessageKind.WITHDRAW and not no_longer_asked:
        reason = _REJECTED.format(reason=rejection.reason)
        get_stuck(tx, case, item, handover, Trouble.REJECTED, reason)
        return False
    message.state = MessageState.REFUSED
    message.settled_at = tx.now
    message.reason = rejection.reason[:500]
    tx.audit("handover.message-refused", "case", case.id, {"kind": message.kind.value})
    if message.kind is MessageKind.WITHDRAW:
        by_authority = replace(tx, actor=authority(handover))
        said = Text.same(rejection.reason)
        record(by_authority, case, item, "withdrawal_refused", office="authority", detail=said)
        more = {"handover": {**public_facts(handover), "reason": said.to_dict()}}
        announce(by_authority, case, item, "withdrawal-refused", more=more)
    return True


def _filing(tx: Transaction, case: Case) -> Filing:
    """The application as it is handed over: typed answers by section, and the materials."""
    item = tx.resource(Catalogue).of(case)
    filed_on = local_date(case.submitted_at) if case.submitted_at else tx.today
    return Filing(
        facts={
            "item": {"code": item.code, "slug": item.slug, "version": item.version, "name": item.name.zh},
            "case_number": case.number,
            "filed_on": filed_on.isoformat(),
            "applicant": {"name": case.applicant_name, "uscc": case.on_behalf_of},
            "subject_name": case.subject_name,
            "answers": _typed(tx, case, item, filed_on),
        },
        files=tuple(
            File(
                code=row.code,
                name=row.file_name,
                media_type=row.media_type,
                size=row.size,
                sha256=row.sha256,
                content=partial(tx.context.blobs.get, row.sha256),
            )
            for row in case.materials
        ),
    )


def _typed(tx: Transaction, case: Case, item: Item, on: date) -> dict[str, dict[str, object]]:
    return examine(item.form, tx.context.cipher.open(case.answers_sealed), on).values

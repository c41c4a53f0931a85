"""Extending the statutory limit (延长审批期限): once, with reasons, approved for the head of the authority.

行政许可法 art. 42(1): where no decision can be made within the limit it may be extended once, with the
approval of the head of the authority, and the applicant is told the reasons. By how much is the item's own
law: its statutory limit names the extension. In the national code set this is kind 1 of special procedures
(GB/T 39046 A.7: 延长审批).
"""

from approvals.cases import policy
from approvals.cases.announce import announce
from approvals.cases.clock import ClockReading, FactKind, say_due
from approvals.cases.deadline import Deadlines
from approvals.cases.model import Case
from approvals.cases.record import Fact, record
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.extensions.model import Extension, ExtensionState
from approvals.extensions.policy import extension_of, passed, require_extendable, require_other_eyes
from approvals.extensions.queries import waiting_on
from approvals.items.model import Item
from approvals.tasks import commands as tasks
from approvals.tasks import policy as task_policy
from approvals.tasks.model import TaskKind
from shared.errors import FieldError, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_REASON = Text("请写明延长的理由，理由将告知申请人", "Give the reasons; the applicant is told them")
_NOTE = Text("不批准的，请说明理由", "Say why it is not approved")
_EXTENDED = Text("延长{amount}。{reason}", "Extended by {amount}. {reason}")
_STOPPED = Text("特别程序结束后推算", "computed when the special procedure has ended")


def request(tx: Transaction, case: Case, item: Item, *, reason: str) -> Extension:
    """Ask for the extension that the item's law allows; it goes on the approvers' queue.

    Raises Forbidden without the claim of the review or the decision, Conflict when there can be none (no
    extension by law, one before, the limit has passed), InvalidInput without reasons.
    """
    policy.require_state("request-extension", case)
    task = task_policy.require_examiner(tx.session, tx.actor, case)
    limit = require_extendable(tx.session, tx.context, case, item, tx.today, now=tx.now)
    if not reason.strip():
        raise InvalidInput(errors=[FieldError("/reason", "required", _REASON)])
    extension = Extension(
        id=new_id(),
        case_id=case.id,
        state=ExtensionState.REQUESTED,
        reason=reason.strip(),
        requested_at=tx.now,
        requested_by=tx.actor.id,
        requested_name=tx.actor.name,
    )
    tx.session.add(extension)
    # The reasons are told with the approval: until then nothing has been decided.
    record(tx, case, item, "extension_requested", office=task_policy.office_of(task))
    tasks.open_task(tx, case, TaskKind.EXTENSION)
    tx.audit("case.extension-requested", "case", case.id, {"extension": str(extension.id), "days": limit.n})
    return extension


def decide(tx: Transaction, case: Case, item: Item, *, approved: bool, note: str) -> Extension:
    """Approve or refuse what was asked for; an approval moves the statutory date and tells the applicant.

    Raises Forbidden without the claim or for whoever asked, Conflict when the limit has passed meanwhile,
    InvalidInput for a refusal without a note.
    """
    policy.require_state("decide-extension", case)
    task = task_policy.require_claim(tx.session, tx.actor, case, TaskKind.EXTENSION)
    require_other_eyes(tx.session, tx.actor, case)
    extension = waiting_on(tx.session, case.id)
    if extension is None:
        raise LookupError(f"case {case.id}: a task for an extension that nobody has asked for")
    if not approved and not note.strip():
        raise InvalidInput(errors=[FieldError("/note", "required", _NOTE)])
    late = passed(tx.session, tx.context, case, item, tx.today, now=tx.now) if approved else None
    if late is not None:
        raise late
    extension.state = ExtensionState.APPROVED if approved else ExtensionState.REFUSED
    extension.decided_at = tx.now
    extension.decided_by = tx.actor.id
    extension.decided_name = tx.actor.name
    extension.note = note.strip() or None
    tasks.complete(tx, task)
    if approved:
        _extend(tx, case, item, extension)
    else:
        record(tx, case, item, "extension_refused", office="approver")
    details = {"extension": str(extension.id), "approved": approved}
    tx.audit("case.extension-decided", "case", case.id, details)
    return extension


def lapse(tx: Transaction, case: Case) -> None:
    """The case ends: a request that still waits has nothing left to extend."""
    waiting = waiting_on(tx.session, case.id)
    if waiting is not None:
        waiting.state = ExtensionState.LAPSED
        tasks.cancel_live(tx, case, TaskKind.EXTENSION)


def _extend(tx: Transaction, case: Case, item: Item, extension: Extension) -> None:
    limit = extension_of(item)
    if limit is None:
        raise LookupError(f"item {item.code} has lost its extension")
    before = _statutory_clock(tx, case, item)
    record(
        tx,
        case,
        item,
        "extended",
        office="approver",
        facts=[Fact(FactKind.EXTENDED, tx.today, days=limit.n, note=Text.same(extension.reason))],
        detail=_EXTENDED.format(amount=limit.text, reason=extension.reason),
    )
    after = _statutory_clock(tx, case, item)
    tasks.redate(tx, case)
    dates = ((Text("原法定到期日", "Due before"), before), (Text("延长后法定到期日", "Due now"), after))
    issue_slip(
        tx,
        case,
        item,
        SlipKind.EXTENSION_NOTICE,
        reason=extension.reason,
        legal_basis=limit.basis,
        due_on=after.due_on if after else None,
        due_at=after.due_at if after else None,
        rows=[
            (Text("延长期限", "Extension"), limit.text.zh),
            *((label, _say_due(clock).zh) for label, clock in dates),
        ],
    )
    said = {
        "amount": limit.text.to_dict(),
        "reason": extension.reason,
        "previous_due_on": before and before.due_on,
        "due_on": after and after.due_on,
        "provisional": bool(after and after.provisional),
    }
    announce(tx, case, item, "extended", more={"extension": said})


def _statutory_clock(tx: Transaction, case: Case, item: Item) -> ClockReading | None:
    status = tx.resource(Deadlines).statutory(tx.session, case, item, tx.today)
    return status.clock if status else None


def _say_due(clock: ClockReading | None) -> Text:
    """When the law wants the decision."""
    if clock is None or clock.due_on is None:
        return _STOPPED
    return say_due(clock.due_on, clock.due_at)

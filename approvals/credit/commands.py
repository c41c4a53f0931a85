"""Keeping credit records: entering one, recording a broken promise, and repairing (信用修复)."""

from datetime import date

from approvals.cases.model import Case
from approvals.credit.model import CreditCause, CreditRecord
from approvals.credit.policy import require_keeper
from approvals.credit.queries import Subject, subject_of
from shared.errors import Conflict, FieldError, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_SOURCE = Text("请写明来源", "Say where it comes from")
_REASON = Text("请写明原因", "Give the reason")
_FUTURE = Text("日期不能晚于今天", "The day may not lie in the future")
_REPAIRED = Text("该记录已修复", "The record was repaired before")


def enter(tx: Transaction, subject: Subject, *, source: str, reason: str, since: date | None) -> CreditRecord:
    """Enter a record that was made elsewhere; `since` is today where nothing is said.

    Raises Forbidden for all but managers and administrators, InvalidInput without source or reason and for
    a day to come.
    """
    require_keeper(tx.actor)
    errors = []
    if not source.strip():
        errors.append(FieldError("/source", "required", _SOURCE))
    if not reason.strip():
        errors.append(FieldError("/reason", "required", _REASON))
    if since is not None and since > tx.today:
        errors.append(FieldError("/since", "future", _FUTURE))
    if errors:
        raise InvalidInput(errors=errors)
    return _keep(tx, CreditCause.ENTERED, subject, source.strip(), reason.strip(), since or tx.today)


def record_broken_promise(tx: Transaction, case: Case, *, reason: str) -> CreditRecord:
    """Record that the applicant of a case did not keep what was promised with it; once a case.

    For the verbs that find it out, which have judged who acts; the database refuses a second record.
    """
    source = case.number or str(case.id)
    return _keep(
        tx, CreditCause.BROKEN_PROMISE, subject_of(case), source, reason.strip(), tx.today, case=case
    )


def repair(tx: Transaction, record: CreditRecord, *, reason: str) -> CreditRecord:
    """Repair a record: from now on it keeps its subject from nothing; it stays on file.

    Raises Forbidden for all but managers and administrators, Conflict when it was repaired before,
    InvalidInput without a reason.
    """
    require_keeper(tx.actor)
    if record.repaired_at is not None:
        raise Conflict(_REPAIRED, slug="already-repaired")
    if not reason.strip():
        raise InvalidInput(errors=[FieldError("/reason", "required", _REASON)])
    record.repaired_on = tx.today
    record.repaired_at = tx.now
    record.repaired_by = tx.actor.id
    record.repaired_name = tx.actor.name
    record.repair_reason = reason.strip()
    tx.audit("credit.repaired", "credit-record", record.id, _details(record), record.uscc)
    return record


def _keep(
    tx: Transaction,
    cause: CreditCause,
    subject: Subject,
    source: str,
    reason: str,
    since: date,
    case: Case | None = None,
) -> CreditRecord:
    record = CreditRecord(
        id=new_id(),
        event_sequence=0,
        uscc=subject.uscc,
        account_id=subject.account_id,
        subject_name=subject.name,
        cause=cause,
        case_id=case.id if case else None,
        source=source,
        reason=reason,
        since=since,
        entered_at=tx.now,
        entered_by=tx.actor.id,
        entered_name=tx.actor.name,
    )
    tx.session.add(record)
    tx.session.flush()
    tx.audit("credit.recorded", "credit-record", record.id, _details(record), record.uscc)
    return record


def _details(record: CreditRecord) -> dict[str, str | None]:
    return {"cause": record.cause.value, "case": str(record.case_id) if record.case_id else None}

"""A credit record as its readers see it."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.credit.model import CAUSE_NAMES, CreditRecord
from approvals.credit.policy import keeps
from approvals.credit.queries import SEES_ALL, Subject, ban_on_case, reason_of, subject_of
from shared.actor import Actor
from shared.errors import FieldError, InvalidInput
from shared.identifiers.errors import IdentifierError
from shared.identifiers.uscc import parse_uscc
from shared.text import Text

_ONE = Text("请填写统一社会信用代码或者办件编号其中一项", "Name either a credit code or a case number")
_NO_CASE = Text("没有这个编号的办件", "There is no case of this number")


def record_view(actor: Actor, record: CreditRecord) -> dict[str, Any]:
    """The record; officials are not named to the subject."""
    oversees = actor.has_role(*SEES_ALL)
    repaired = record.repaired_at is not None
    return {
        "id": str(record.id),
        "version": record.version,
        "uscc": record.uscc,
        "subject_name": record.subject_name,
        "cause": record.cause.value,
        "cause_name": CAUSE_NAMES[record.cause].to_dict(),
        "case_id": str(record.case_id) if record.case_id else None,
        "source": record.source,
        "reason": record.reason,
        "since": record.since.isoformat(),
        "entered_at": record.entered_at.isoformat(),
        "entered_by": record.entered_name if oversees else None,
        "repaired_on": record.repaired_on.isoformat() if record.repaired_on else None,
        "repaired_by": record.repaired_name if oversees else None,
        "repair_reason": record.repair_reason,
        "actions": ["repair"] if keeps(actor) and not repaired else [],
    }


def ban_view(session: Session, case: Case) -> dict[str, Any] | None:
    """The ban on the applicant of a case, for their own side and the official at work; None without one."""
    record = ban_on_case(session, case)
    if record is None:
        return None
    return {"id": str(record.id), "since": record.since.isoformat(), "text": reason_of(record).to_dict()}


def named_subject(session: Session, *, uscc: str | None, case_number: str | None, name: str) -> Subject:
    """Whom the manager means: an organisation by its code, or the applicant of a case by its number.

    Raises InvalidInput for both or neither, a code that is none, and a number that no case has.
    """
    if bool(uscc) == bool(case_number):
        raise InvalidInput(errors=[FieldError("/uscc", "one-of", _ONE)])
    if uscc:
        try:
            return Subject(name=name.strip(), uscc=parse_uscc(uscc.strip().upper()).code)
        except IdentifierError as error:
            raise InvalidInput(errors=[FieldError("/uscc", error.code, error.message)]) from error
    case = session.scalar(sa.select(Case).where(Case.number == (case_number or "").strip()))
    if case is None:
        raise InvalidInput(errors=[FieldError("/case_number", "unknown", _NO_CASE)])
    return subject_of(case)

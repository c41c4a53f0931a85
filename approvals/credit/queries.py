"""Reading credit records: who is under a ban, and why; each subject's records are told to nobody else."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.credit.model import CAUSE_NAMES, CreditRecord
from shared.actor import Actor
from shared.calendar import say_date
from shared.errors import BadRequest, NotFound
from shared.http.paging import Cursor
from shared.text import Text

KEEPS = ("manager", "administrator")
"""Roles that enter and repair records."""
SEES_ALL = (*KEEPS, "auditor")

_REASON = Text(
    "自{since}起有失信记录（{cause}：{reason}；来源：{source}），尚未修复",
    "since {since} there is a credit record ({cause}: {reason}; source: {source}) that was not repaired",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a record is about: an organisation by its credit code, or a natural person by their account."""

    name: str = ""
    uscc: str | None = None
    account_id: UUID | None = None


def subject_of(case: Case) -> Subject:
    """Who answers for an application: the organisation it is made for, else the person who makes it."""
    if case.on_behalf_of is not None:
        return Subject(uscc=case.on_behalf_of)
    return Subject(name=case.applicant_name, account_id=case.applicant_id)


def ban_on(session: Session, subject: Subject) -> CreditRecord | None:
    """The oldest record of the subject that was not repaired; None when there is none."""
    whose = (
        CreditRecord.uscc == subject.uscc
        if subject.uscc is not None
        else CreditRecord.account_id == subject.account_id
    )
    query = sa.select(CreditRecord).where(whose, CreditRecord.repaired_at.is_(None))
    return session.scalars(query.order_by(CreditRecord.since, CreditRecord.id).limit(1)).first()


def ban_on_case(session: Session, case: Case) -> CreditRecord | None:
    """The record that keeps the applicant of a case from promising, or None."""
    return ban_on(session, subject_of(case))


def reason_of(record: CreditRecord) -> Text:
    """Why there is a ban, in a sentence for the subject and for the official who handles their case."""
    return _REASON.format(
        since=say_date(record.since),
        cause=CAUSE_NAMES[record.cause],
        reason=record.reason,
        source=record.source,
    )


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """Everything for those who keep or audit the records, else one's own and one's organisations'."""
    if actor.has_role(*SEES_ALL):
        return sa.true()
    return sa.or_(
        CreditRecord.account_id == actor.id,
        CreditRecord.uscc.in_(sorted(membership.uscc for membership in actor.memberships)),
    )


def find(session: Session, actor: Actor, record_id: UUID, *, lock: bool = False) -> CreditRecord:
    """The record, if the actor may see it; NotFound otherwise, so that ids tell nothing."""
    query = sa.select(CreditRecord).where(CreditRecord.id == record_id, visible(actor))
    record = session.scalar(query.with_for_update() if lock else query)
    if record is None:
        raise NotFound(Text("没有这条记录，或您无权查看", "There is no such record, or you may not see it"))
    return record


def list_records(
    session: Session, actor: Actor, *, q: str | None, standing: str | None, cursor: str | None, limit: int
) -> tuple[list[CreditRecord], str | None]:
    """Records the actor may see, the newest first; `standing` is `active` or `repaired`."""
    query = sa.select(CreditRecord).where(visible(actor))
    if q:
        named = CreditRecord.subject_name.contains(q.strip(), autoescape=True)
        query = query.where(sa.or_(named, CreditRecord.uscc.contains(q.strip().upper(), autoescape=True)))
    if standing is not None:
        active = CreditRecord.repaired_at.is_(None)
        query = query.where(active if standing == "active" else ~active)
    if cursor is not None:
        entered_at, last_id = _position(cursor)
        place = sa.tuple_(CreditRecord.entered_at, CreditRecord.id)
        query = query.where(place < sa.tuple_(entered_at, last_id))
    newest_first = query.order_by(CreditRecord.entered_at.desc(), CreditRecord.id.desc())
    rows = list(session.scalars(newest_first.limit(limit + 1)))
    page = rows[:limit]
    more = len(rows) > limit
    return page, Cursor(page[-1].entered_at.isoformat(), str(page[-1].id)).encode() if more else None


def _position(cursor: str) -> tuple[sa.BindParameter[datetime], sa.BindParameter[UUID]]:
    decoded = Cursor.decode(cursor)
    try:
        entered_at, row_id = datetime.fromisoformat(decoded.order), UUID(decoded.id)
        if entered_at.tzinfo is None:
            raise ValueError("a cursor holds an instant")
        entered_at = entered_at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRequest(Text("翻页标记无效", "The cursor is not valid")) from error
    column = CreditRecord.__table__.c
    return (
        sa.bindparam(None, entered_at, column.entered_at.type),
        sa.bindparam(None, row_id, column.id.type),
    )

"""The supervision records, the newest first, filtered; one query a page, by one index."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from approvals.cases.lifecycle import OPEN_STATES
from approvals.cases.model import Case
from approvals.cases.warnings import WarningLight
from approvals.overdue.model import OverdueExplanation
from approvals.overdue.queries import position
from approvals.supervision.model import SupervisionRecord
from approvals.supervision.policy import visible
from shared.actor import Actor
from shared.http.paging import Cursor

MISSING = "missing"
_MISSED = (WarningLight.RED, WarningLight.RED_CARD)


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked for; None means everything."""

    light: str | None = None
    item: str | None = None
    department: str | None = None
    explanation: str | None = None


def list_records(
    session: Session, actor: Actor, filters: Filters, *, cursor: str | None, limit: int
) -> tuple[list[SupervisionRecord], str | None]:
    """One page of the records, each with its case."""
    row = SupervisionRecord
    query = sa.select(row).join(row.case).options(joinedload(row.case)).where(visible(actor))
    query = query.where(*_conditions(filters))
    if cursor is not None:
        query = query.where(sa.tuple_(row.issued_at, row.id) < sa.tuple_(*position(cursor)))
    rows = list(session.scalars(query.order_by(row.issued_at.desc(), row.id.desc()).limit(limit + 1)))
    page = rows[:limit]
    more = len(rows) > limit
    return page, Cursor(page[-1].issued_at.isoformat(), str(page[-1].id)).encode() if more else None


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.light:
        found.append(SupervisionRecord.light == WarningLight(filters.light))
    if filters.item:
        found.append(SupervisionRecord.item_code == filters.item)
    if filters.department:
        found.append(SupervisionRecord.department == filters.department)
    if filters.explanation == MISSING:
        found += _unexplained()
    return found


def _unexplained() -> list[sa.ColumnElement[bool]]:
    """Limits that were missed on open cases about which nothing was said publicly; each case once."""
    worse = aliased(SupervisionRecord)
    explained = sa.exists().where(OverdueExplanation.case_id == SupervisionRecord.case_id)
    outdone = sa.exists().where(
        worse.case_id == SupervisionRecord.case_id,
        worse.light == WarningLight.RED_CARD,
        SupervisionRecord.light == WarningLight.RED,
    )
    return [
        SupervisionRecord.light.in_(_MISSED),
        Case.state.in_(OPEN_STATES),
        sa.not_(explained),
        sa.not_(outdone),
    ]

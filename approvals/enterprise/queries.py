"""Reading the register of enterprises."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.enterprise.model import Enterprise
from shared.errors import NotFound
from shared.http.paging import Cursor
from shared.text import Text


def list_enterprises(
    session: Session, *, q: str | None, cursor: str | None, limit: int
) -> tuple[list[Enterprise], str | None]:
    """Enterprises in the order of their credit codes."""
    query = sa.select(Enterprise).order_by(Enterprise.uscc).limit(limit + 1)
    if q:
        query = query.where(
            sa.or_(Enterprise.name.contains(q, autoescape=True), Enterprise.uscc == q.strip().upper())
        )
    if cursor:
        query = query.where(Enterprise.uscc > Cursor.decode(cursor).id)
    rows = list(session.scalars(query))
    page = rows[:limit]
    return page, Cursor(page[-1].uscc, page[-1].uscc).encode() if len(rows) > limit else None


def find_enterprise(session: Session, uscc: str, *, lock: bool = False) -> Enterprise:
    """One enterprise, locked for a change if asked; NotFound when the register has no such code."""
    found = session.get(Enterprise, uscc.strip().upper(), with_for_update=lock or None)
    if found is None:
        raise NotFound(Text("登记簿中没有这个统一社会信用代码", "The register has no such credit code"))
    return found

"""Reading the copies, as far as the reader may."""

from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.enterprises.model import EnterpriseCopy
from facilities.enterprises.policy import visible
from shared.actor import Actor
from shared.errors import BadRequest, NotFound
from shared.http.paging import Cursor
from shared.text import Text


def enterprises(
    session: Session, reader: Actor, cursor: str | None, limit: int
) -> tuple[Sequence[EnterpriseCopy], str | None]:
    """A page of enterprises, the youngest first, and the cursor of the next page."""
    query = (
        sa.select(EnterpriseCopy)
        .where(visible(reader))
        .order_by(EnterpriseCopy.established_on.desc(), EnterpriseCopy.uscc.desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        established_on, uscc = _position(cursor)
        position = sa.tuple_(sa.literal(established_on, sa.Date), sa.literal(uscc, sa.String))
        query = query.where(sa.tuple_(EnterpriseCopy.established_on, EnterpriseCopy.uscc) < position)
    found = session.scalars(query).all()
    page = found[:limit]
    if len(found) <= limit:
        return page, None
    return page, Cursor(page[-1].established_on.isoformat(), page[-1].uscc).encode()


def enterprise(session: Session, reader: Actor, uscc: str) -> EnterpriseCopy:
    """One enterprise; NotFound when there is none or the reader may not know of it."""
    wanted = sa.select(EnterpriseCopy).where(EnterpriseCopy.uscc == uscc, visible(reader))
    found = session.scalar(wanted) if is_code(uscc) else None
    if found is None:
        raise NotFound(
            Text("没有这家企业，或您无权查看", "There is no such enterprise, or you may not see it")
        )
    return found


def is_known(session: Session, uscc: str) -> bool:
    """Whether the copies of the register know a firm, however it stands."""
    return is_code(uscc) and session.get(EnterpriseCopy, uscc) is not None


def firm_names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """What these firms are called, as far as the copies of the register know; else by their codes."""
    wanted = sorted(set(codes))
    query = sa.select(EnterpriseCopy.uscc, EnterpriseCopy.name).where(EnterpriseCopy.uscc.in_(wanted))
    return {**{code: code for code in wanted}, **dict(session.execute(query).all())}


def _position(cursor: str) -> tuple[date, str]:
    read = Cursor.decode(cursor)
    try:
        if is_code(read.id):
            return date.fromisoformat(read.order), read.id
    except ValueError:
        pass
    raise BadRequest(Text("翻页标记无效", "The cursor is not valid"))


def is_code(value: str) -> bool:
    """Letters and digits only: PostgreSQL does not even compare a text that holds a NUL."""
    return value.isascii() and value.isalnum()

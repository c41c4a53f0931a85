"""Pages of what was made last first."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.http.paging import Cursor


def newest_first(
    session: Session,
    query: sa.Select[*tuple[Any, ...]],
    key: InstrumentedAttribute[UUID],
    cursor: str | None,
    limit: int,
) -> tuple[list[tuple[Any, ...]], str | None]:
    """The rows of a page, the one made last first, and the cursor of the next page.

    `key` is an id of this project, which goes up with time. BadRequest for what is no cursor of ours.
    """
    wanted = query.add_columns(key).order_by(key.desc()).limit(limit + 1)
    if cursor is not None:
        wanted = wanted.where(key < Cursor.decode(cursor).row)
    found = session.execute(wanted).all()
    page = found[:limit]
    following = None if len(found) <= limit else Cursor("", str(page[-1][-1])).encode()
    return [tuple(row)[:-1] for row in page], following

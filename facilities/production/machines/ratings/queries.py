"""Reading ratings. Who may see which comes along as a condition."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.production.machines.ratings.model import Rating
from shared.errors import NotFound, PreconditionFailed
from shared.pages import newest_first
from shared.text import Text

_NONE = Text("没有这条评价，或您无权查看", "There is no such rating, or you may not see it")

_WHOLE_CODE = 18


def find_rating(
    session: Session,
    rating_id: UUID,
    visible: sa.ColumnElement[bool],
    *,
    expected_version: int | None = None,
) -> Rating:
    """A rating of which the reader may know; NotFound otherwise, PreconditionFailed when it has changed."""
    query = sa.select(Rating).where(Rating.id == rating_id, visible)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(_NONE)
    if expected_version is not None and found.version != expected_version:
        raise PreconditionFailed
    return found


def list_ratings(
    session: Session, rated: str | None, cursor: str | None, limit: int
) -> tuple[Sequence[Rating], str | None]:
    """A page of the shown ratings, of one firm or of all, the latest first; the cursor of the next page."""
    query = sa.select(Rating).where(Rating.shown_at.is_not(None))
    if rated is not None:
        whole = len(rated) == _WHOLE_CODE
        query = query.where(
            Rating.rated == rated if whole else Rating.rated.startswith(rated, autoescape=True)
        )
    found, following = newest_first(session, query, Rating.id, cursor, limit)
    return [each for (each,) in found], following

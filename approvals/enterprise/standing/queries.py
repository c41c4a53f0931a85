"""Reading how an enterprise has stood."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.enterprise.standing.model import StandingEntry


def entries_of(session: Session, uscc: str) -> Sequence[StandingEntry]:
    """Every change of the standing of an enterprise, the newest first."""
    query = sa.select(StandingEntry).where(StandingEntry.uscc == uscc)
    return session.scalars(query.order_by(StandingEntry.number.desc())).all()

"""Reading promises and what was found of them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.promises.model import Promise, PromiseCheck


def promise_of(session: Session, case: Case) -> Promise | None:
    """The promise made with a case, or None."""
    return session.get(Promise, case.id) if case.route == "promise" else None


def checks_of(session: Session, case: Case) -> Sequence[PromiseCheck]:
    """The checks of what was promised, the first one first."""
    query = sa.select(PromiseCheck).where(PromiseCheck.case_id == case.id)
    return session.scalars(query.order_by(PromiseCheck.round)).all()

"""Reading the revocation of a case."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.revocations.model import Revocation, RevocationState


def latest_of(session: Session, case_id: UUID) -> Revocation | None:
    """The latest proceeding on a case: only this one can be open or have revoked."""
    query = sa.select(Revocation).where(Revocation.case_id == case_id)
    return session.scalars(query.order_by(Revocation.proposed_at.desc(), Revocation.id.desc())).first()


def open_on(session: Session, case_id: UUID) -> Revocation | None:
    """The proposal that is not decided yet."""
    return session.scalar(
        sa.select(Revocation).where(
            Revocation.case_id == case_id, Revocation.state == RevocationState.PROPOSED
        )
    )

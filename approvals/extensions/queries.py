"""Reading the extension of a case."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.extensions.model import Extension, ExtensionState


def latest_of(session: Session, case_id: UUID) -> Extension | None:
    """The latest request on a case: only this one can be waiting or approved."""
    query = sa.select(Extension).where(Extension.case_id == case_id)
    return session.scalars(query.order_by(Extension.requested_at.desc(), Extension.id.desc())).first()


def waiting_on(session: Session, case_id: UUID) -> Extension | None:
    """The request that waits for approval."""
    return session.scalar(
        sa.select(Extension).where(Extension.case_id == case_id, Extension.state == ExtensionState.REQUESTED)
    )

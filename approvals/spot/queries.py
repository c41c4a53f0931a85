"""Reading what was corrected on the spot."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.spot.model import SpotCorrection


def of_case(session: Session, case_id: UUID) -> list[SpotCorrection]:
    """Every correction on the spot of a case, oldest first."""
    query = sa.select(SpotCorrection).where(SpotCorrection.case_id == case_id)
    return list(session.scalars(query.order_by(SpotCorrection.number)))

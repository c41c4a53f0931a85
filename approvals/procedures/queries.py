"""Reading the special procedures of a case."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.procedures.model import SpecialProcedure


def of_case(session: Session, case_id: UUID) -> list[SpecialProcedure]:
    """Every special procedure of a case, in the order in which they started."""
    query = sa.select(SpecialProcedure).where(SpecialProcedure.case_id == case_id)
    return list(session.scalars(query.order_by(SpecialProcedure.started_at, SpecialProcedure.id)))


def running_on(session: Session, case_id: UUID) -> list[SpecialProcedure]:
    """Those that have not ended."""
    return [procedure for procedure in of_case(session, case_id) if procedure.ended_on is None]

"""Reading renewals."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.certificates.model import Certificate
from approvals.renewals.model import Renewal, RenewalState


def of_case(session: Session, case_id: UUID) -> Renewal | None:
    """What a case renews, if it renews anything."""
    return session.get(Renewal, case_id)


def renewed_by(session: Session, case_id: UUID) -> Certificate | None:
    """The certificate that a case asks to renew, if it does."""
    renewal = of_case(session, case_id)
    return session.get_one(Certificate, renewal.certificate_id) if renewal else None


def running_on(session: Session, certificate_id: str) -> Renewal | None:
    """The application, handed in or not, that asks for the renewal of a certificate now."""
    return session.scalar(
        sa.select(Renewal).where(
            Renewal.certificate_id == certificate_id, Renewal.state == RenewalState.RUNNING
        )
    )

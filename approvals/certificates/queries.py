"""Reading certificates, for their holder and for anybody who wants to check one."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.certificates.model import Certificate
from shared.identifiers.certificate_id import parse_certificate_id


@dataclass(frozen=True, slots=True)
class Verification:
    """What the public check says: `valid`, `revoked`, `not_found` (well-formed) or `malformed`."""

    status: str
    certificate: Certificate | None


def of_case(session: Session, case_id: UUID) -> Certificate | None:
    """The certificate issued for a case, if any."""
    return session.scalar(sa.select(Certificate).where(Certificate.case_id == case_id))


def verify(session: Session, certificate_id: str) -> Verification:
    """Check an identifier as printed on a certificate; blanks and case do not matter."""
    try:
        identifier = str(parse_certificate_id(certificate_id))
    except ValueError:
        return Verification("malformed", None)
    found = session.get(Certificate, identifier)
    return Verification(found.status, found) if found else Verification("not_found", None)

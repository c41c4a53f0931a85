"""Reading certificates, for their holder and for anybody who wants to check one."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.certificates.model import Certificate, CertificateStatus
from approvals.items.catalogue import Catalogue
from shared.identifiers.certificate_id import parse_certificate_id
from shared.text import Text

EXPIRED = "expired"
NOT_YET = "not_yet_valid"


@dataclass(frozen=True, slots=True)
class Verification:
    """What the public check says.

    A `CertificateStatus`, or `expired`, `not_yet_valid`, `not_found` (well-formed) or `malformed`.
    """

    status: str
    certificate: Certificate | None


def of_case(session: Session, case_id: UUID) -> Certificate | None:
    """The certificate issued for a case, if any."""
    return session.scalar(sa.select(Certificate).where(Certificate.case_id == case_id))


def valid_of(session: Session, holder: str) -> list[Certificate]:
    """The certificates of a holder that nothing has ended, in a fixed order, locked to be changed."""
    query = sa.select(Certificate).where(
        Certificate.holder_code == holder, Certificate.status == CertificateStatus.VALID
    )
    return list(session.scalars(query.order_by(Certificate.id).with_for_update()))


def cancelled_at(session: Session, holder: str, at: datetime) -> list[Certificate]:
    """The certificates of a holder that were cancelled at one instant: in one transaction."""
    query = sa.select(Certificate).where(
        Certificate.holder_code == holder,
        Certificate.status == CertificateStatus.CANCELLED,
        Certificate.ended_at == at,
    )
    return list(session.scalars(query.order_by(Certificate.id)))


def issuer_of(session: Session, certificate: Certificate, catalogue: Catalogue) -> Text:
    """The body that issued it: as it stands on the certificate, in English as the item of its case says."""
    item = catalogue.of(session.get_one(Case, certificate.case_id))
    return Text(certificate.issuer_name, item.department.name.en)


def standing(certificate: Certificate, today: date) -> str:
    """Its status on the legal date `today`.

    `not_yet_valid` before its first day; once the last one is over `expired`, or `replaced` by its renewal.
    """
    if certificate.status != CertificateStatus.VALID:
        return certificate.status
    if today < certificate.valid_from:
        return NOT_YET
    if certificate.valid_until is not None and certificate.valid_until < today:
        return CertificateStatus.REPLACED if certificate.replaced_by else EXPIRED
    return certificate.status


def verify(session: Session, certificate_id: str, today: date) -> Verification:
    """Check an identifier as printed on a certificate; blanks and case do not matter."""
    try:
        identifier = str(parse_certificate_id(certificate_id))
    except ValueError:
        return Verification("malformed", None)
    found = session.get(Certificate, identifier)
    return Verification(standing(found, today), found) if found else Verification("not_found", None)

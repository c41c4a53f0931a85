"""Certificates as PDF, made from their public facts: the business licence, and permits."""

from datetime import date

from approvals.certificates.details import details_of
from approvals.certificates.model import LICENCE, Certificate
from approvals.documents.licence import LicenceFacts, make_licence
from approvals.documents.permit import PermitFacts, make_permit


def certificate_pdf(certificate: Certificate) -> bytes:
    """The PDF; the same certificate always gives the same bytes."""
    return _licence(certificate) if certificate.kind == LICENCE else _permit(certificate)


def _licence(certificate: Certificate) -> bytes:
    facts = certificate.public_facts
    return make_licence(
        LicenceFacts(
            uscc=certificate.holder_code,
            name=certificate.holder_name,
            company_type=facts["company_type"],
            legal_representative=facts["legal_representative"],
            business_scope=facts["business_scope"],
            registered_capital_fen=facts["registered_capital_fen"],
            founded_on=date.fromisoformat(facts["established_on"]),
            address=facts["address"],
            registrar=certificate.issuer_name,
            issued_on=certificate.issued_on,
            certificate_id=certificate.id,
            verify_url=facts["verify_url"],
            demo=facts["demo"],
        )
    )


def _permit(certificate: Certificate) -> bytes:
    facts = certificate.public_facts
    return make_permit(
        PermitFacts(
            name=certificate.name["zh"],
            number=certificate.number,
            holder_name=certificate.holder_name,
            holder_code=certificate.holder_code,
            lines=tuple((detail.label.zh, detail.value.zh) for detail in details_of(certificate)),
            issuer=certificate.issuer_name,
            issued_on=certificate.issued_on,
            valid_from=certificate.valid_from,
            valid_until=certificate.valid_until,
            certificate_id=certificate.id,
            verify_url=facts["verify_url"],
            demo=facts["demo"],
        )
    )

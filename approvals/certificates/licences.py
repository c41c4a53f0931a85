"""The business licence as PDF, made from the certificate's public facts."""

from datetime import date

from approvals.certificates.model import Certificate
from approvals.documents.licence import LicenceFacts, make_licence


def licence_pdf(certificate: Certificate) -> bytes:
    """The PDF; the same certificate always gives the same bytes."""
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

"""Ending certificates before their time."""

from approvals.cases.model import Case
from approvals.certificates import queries
from approvals.certificates.model import Certificate, CertificateStatus
from approvals.items.model import Item
from shared.transaction import Transaction


def revoke(tx: Transaction, certificate: Certificate) -> str | None:
    """The decision behind it has fallen (撤销); its id, or None when it had ended before."""
    if certificate.status != CertificateStatus.VALID:
        return None
    certificate.status = CertificateStatus.REVOKED
    certificate.ended_at = tx.now
    return certificate.id


def revoke_of_case(tx: Transaction, case: Case, item: Item) -> str | None:
    """Revoke the certificate that the case was granted; it may have issued none, or lost it."""
    found = queries.of_case(tx.session, case.id)
    return revoke(tx, found) if found is not None else None

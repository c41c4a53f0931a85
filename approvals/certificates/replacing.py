"""Putting one certificate in the place of another (换发), and taking that back."""

from approvals.certificates.model import Certificate, CertificateStatus
from shared.transaction import Transaction


def replace_by(tx: Transaction, old: Certificate, new: Certificate) -> None:
    """`new` stands in the place of `old` from now on; what had ended otherwise stays as it ended."""
    if old.status != CertificateStatus.VALID:
        return
    old.status = CertificateStatus.REPLACED
    old.ended_at = tx.now
    old.replaced_by = new.id


def reinstate(certificate: Certificate) -> None:
    """What had replaced it has fallen: it is valid again."""
    if certificate.status != CertificateStatus.REPLACED:
        return
    certificate.status = CertificateStatus.VALID
    certificate.ended_at = None
    certificate.replaced_by = None

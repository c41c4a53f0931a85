"""Certificates (证照): issued by a decision, publicly verifiable; they expire, are revoked or replaced."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, JsonDoc, UtcDateTime
from shared.text import Text

LICENCE = "business-licence"
"""The kind of the business licence (营业执照), drawn as the law draws it; all others are permits."""
LICENCE_NAME = Text("营业执照", "Business licence")


class CertificateStatus(StrEnum):
    """What has become of it.

    `revoked`: 撤销, the decision behind it has fallen. `cancelled`: 注销, its holder ended or gave it up.
    `replaced`: 换发, a newer one stands in its place. Expiry is no status: it follows from `valid_until`, and
    so does being followed by the renewal that `replaced_by` names.
    """

    VALID = "valid"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


class Certificate(Base):
    """One issued certificate under its electronic-certificate identifier (GB/T 36904)."""

    __tablename__ = "certificate"

    id: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[dict[str, str]] = mapped_column(JsonDoc)
    """What it is called, `{"zh", "en"}`."""
    number: Mapped[str] = mapped_column(sa.String(40))
    """The number printed on a permit; empty where the credit code is the number, as on a business licence."""
    holder_code: Mapped[str] = mapped_column(sa.String(18), index=True)
    holder_name: Mapped[str] = mapped_column(sa.String(200))
    issuer_code: Mapped[str] = mapped_column(sa.String(18))
    issuer_name: Mapped[str] = mapped_column(sa.String(120))
    issued_on: Mapped[date]
    valid_from: Mapped[date]
    """The first day on which it is valid (Asia/Shanghai); of a renewal it may lie ahead."""
    valid_until: Mapped[date | None]
    """The last day on which it is valid (Asia/Shanghai); None: no end."""
    public_facts: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """What the certificate itself shows to everybody; the PDF is made from it, always the same bytes."""
    status: Mapped[str] = mapped_column(sa.String(16))
    """A `CertificateStatus`."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was revoked, cancelled or replaced."""
    replaced_by: Mapped[str | None] = mapped_column(sa.String(120))
    """The certificate that stands in its place, or that follows when its own time is over."""
    renews: Mapped[str | None] = mapped_column(sa.ForeignKey("certificate.id"), unique=True)
    """The certificate that it renews; each is renewed once."""

    __table_args__ = (
        sa.CheckConstraint("status IN ('valid','revoked','cancelled','replaced')", name="status"),
        sa.CheckConstraint("(status = 'valid') = (ended_at IS NULL)", name="ended"),
        sa.CheckConstraint(
            "replaced_by IS NULL OR status = 'replaced' OR valid_until IS NOT NULL", name="replaced"
        ),
        sa.CheckConstraint("valid_until IS NULL OR valid_from <= valid_until", name="validity"),
    )

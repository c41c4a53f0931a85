"""Certificates (证照): issued by a decision, publicly verifiable, revocable."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, JsonDoc, UtcDateTime


class Certificate(Base):
    """One issued certificate under its electronic-certificate identifier (GB/T 36904)."""

    __tablename__ = "certificate"

    id: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    holder_code: Mapped[str] = mapped_column(sa.String(18), index=True)
    holder_name: Mapped[str] = mapped_column(sa.String(200))
    issuer_code: Mapped[str] = mapped_column(sa.String(18))
    issuer_name: Mapped[str] = mapped_column(sa.String(120))
    issued_on: Mapped[date]
    public_facts: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """What the certificate itself shows to everybody; the PDF is made from it, always the same bytes."""
    status: Mapped[str] = mapped_column(sa.String(16))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (sa.CheckConstraint("status IN ('valid','revoked')", name="status"),)

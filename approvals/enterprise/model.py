"""The register of enterprises (市场主体登记簿) of this park's registration authority."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Aggregate, Base, JsonDoc, UtcDateTime

ACTIVE = "active"
SUSPENDED = "suspended"
CLOSED = "closed"


class Enterprise(Aggregate, Base):
    """A registered enterprise; its public facts are what the business licence shows."""

    __tablename__ = "enterprise"

    uscc: Mapped[str] = mapped_column(sa.String(18), primary_key=True)
    """Unified social credit code (GB 32100)."""
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    name: Mapped[str] = mapped_column(sa.String(200), unique=True)
    company_type: Mapped[str] = mapped_column(sa.String(80))
    legal_representative: Mapped[str] = mapped_column(sa.String(80))
    region_code: Mapped[str] = mapped_column(sa.String(6))
    address: Mapped[str] = mapped_column(sa.String(300))
    industry_code: Mapped[str] = mapped_column(sa.String(5))
    business_scope: Mapped[str] = mapped_column(sa.Text)
    registered_capital_fen: Mapped[int] = mapped_column(sa.BigInteger)
    established_on: Mapped[date]
    status: Mapped[str] = mapped_column(sa.String(16))
    applicant_account_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """Who applied; None for enterprises entered with the demo park."""
    case_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    certificate_id: Mapped[str | None] = mapped_column(sa.String(120))
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint("status IN ('active','suspended','closed','revoked')", name="status"),
        sa.CheckConstraint("registered_capital_fen > 0", name="capital"),
    )


class EnterpriseChange(Base):
    """One registered change (变更登记): what it changed, from what, and with which licences."""

    __tablename__ = "enterprise_change"

    case_id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    """The case that was granted; one change a case."""
    uscc: Mapped[str] = mapped_column(sa.ForeignKey("enterprise.uscc"))
    number: Mapped[int]
    """Counts the changes of an enterprise, from 1."""
    before: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """The columns that changed, as they were."""
    after: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    licence_before: Mapped[str | None] = mapped_column(sa.String(120))
    licence_after: Mapped[str] = mapped_column(sa.String(120))
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the registration of the change was revoked."""

    __table_args__ = (sa.UniqueConstraint("uscc", "number"),)

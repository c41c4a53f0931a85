"""This service's copy of what the register of enterprises says."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, UtcDateTime


class EnterpriseCopy(Base):
    """The public facts of one enterprise as of its event number `sequence`; never edited here."""

    __tablename__ = "enterprise_copy"

    uscc: Mapped[str] = mapped_column(sa.String(18), primary_key=True)
    """Unified social credit code (GB 32100)."""
    name: Mapped[str] = mapped_column(sa.String(200))
    legal_representative: Mapped[str] = mapped_column(sa.String(80))
    industry_code: Mapped[str] = mapped_column(sa.String(5))
    """GB/T 4754."""
    region_code: Mapped[str] = mapped_column(sa.String(6))
    """GB/T 2260."""
    registered_capital_fen: Mapped[int] = mapped_column(sa.BigInteger)
    established_on: Mapped[date]
    """Legal date, Asia/Shanghai."""
    status: Mapped[str] = mapped_column(sa.String(16))
    sequence: Mapped[int]
    """Of the event it was copied from; only a newer one replaces it."""
    as_of: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the register said so."""

    __table_args__ = (sa.Index("ix_enterprise_copy_newest", "established_on", "uscc"),)

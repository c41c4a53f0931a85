"""Funds: who has applied for what, how much of each budget is granted, and what was paid. Amounts in fen."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, UtcDateTime

_LIVE = sa.text("released_at IS NULL")


class FundClaim(Base):
    """That an enterprise applies under a clause for a year: once, unless that came to nothing."""

    __tablename__ = "fund_claim"

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), primary_key=True)
    item_code: Mapped[str] = mapped_column(sa.String(50))
    clause: Mapped[str] = mapped_column(sa.String(60))
    year: Mapped[int]
    """The year of application (申报年度)."""
    enterprise: Mapped[str] = mapped_column(sa.String(18))
    """Unified social credit code."""
    asked_fen: Mapped[int] = mapped_column(sa.BigInteger)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the application was withdrawn, declined or refused: from then on there may be another."""

    __table_args__ = (
        sa.CheckConstraint("asked_fen > 0", name="asked"),
        sa.Index(
            "uq_fund_claim_live",
            "enterprise",
            "item_code",
            "clause",
            "year",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )


class FundBudget(Base):
    """The budget of a clause for a year, and how much of it is granted: never more than there is."""

    __tablename__ = "fund_budget"

    item_code: Mapped[str] = mapped_column(sa.String(50), primary_key=True)
    clause: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    year: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    total_fen: Mapped[int] = mapped_column(sa.BigInteger)
    granted_fen: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        sa.CheckConstraint("granted_fen >= 0 AND granted_fen <= total_fen", name="within_budget"),
    )


class FundGrant(Base):
    """What a decision grants, never more than was asked for; one a case."""

    __tablename__ = "fund_grant"

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("fund_claim.case_id"), primary_key=True)
    asked_fen: Mapped[int] = mapped_column(sa.BigInteger)
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.CheckConstraint("amount_fen > 0 AND amount_fen <= asked_fen", name="amount"),
        sa.UniqueConstraint("case_id", "amount_fen"),
    )


class FundPayment(Base):
    """The payment of a grant: once, and of exactly the amount that was granted."""

    __tablename__ = "fund_payment"

    case_id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    paid_on: Mapped[date]
    voucher: Mapped[str] = mapped_column(sa.String(60))
    """The number of the voucher (拨付凭证号)."""
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[UUID] = mapped_column(sa.Uuid)
    recorded_name: Mapped[str] = mapped_column(sa.String(120))

    __table_args__ = (
        sa.ForeignKeyConstraint(["case_id", "amount_fen"], ["fund_grant.case_id", "fund_grant.amount_fen"]),
    )

"""Payments as the park has entered them; they are only ever added, and taken back by a counter-entry."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.production.payments.rules import Direction
from shared.database import Base, UtcDateTime, text_enum


class FirmPayment(Base):
    """Money that came from a firm or went to it; its line in the books is about its id."""

    __tablename__ = "firm_payment"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    firm: Mapped[str] = mapped_column(sa.String(18))
    """Unified social credit code."""
    direction: Mapped[Direction] = mapped_column(text_enum(Direction))
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    """Always positive."""
    paid_on: Mapped[date] = mapped_column(sa.Date)
    """The legal date on which the money came in or went out."""
    reference: Mapped[str] = mapped_column(sa.String(80))
    """By which the bank knows it."""
    number: Mapped[int] = mapped_column(sa.Integer)
    """Of the entries under this reference, from 1: there is a next one once the one before was taken back."""
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[UUID | None] = mapped_column(sa.Uuid)

    __table_args__ = (
        sa.UniqueConstraint("firm", "direction", "reference", "number"),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.Index("ix_firm_payment_firm", "firm", "id"),
    )

"""The books of the trades: every line on every account, and the statements of the months that are over.

Lines and statements are only ever added; the database refuses to change them, and to add a line to a month
that is closed.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.capacity.posting import Posting, Reason, Side
from shared.database import Base, JsonDoc, UtcDateTime, text_enum
from shared.text import Text


class PostingLine(Base):
    """One side of a posting, as `facilities.capacity.posting` makes it."""

    __tablename__ = "posting"

    about: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    """The booking, or the payment."""
    sequence: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    side: Mapped[Side] = mapped_column(text_enum(Side), primary_key=True)
    firm: Mapped[str] = mapped_column(sa.String(18))
    """Unified social credit code of the firm on whose account it is."""
    other: Mapped[str] = mapped_column(sa.String(18))
    reason: Mapped[Reason] = mapped_column(text_enum(Reason))
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    posted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Never in a month that was closed then; the trade's own line says when it was made."""
    what: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    corrects: Mapped[int | None] = mapped_column(sa.Integer)
    line_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """The trade's own line for which it stands."""

    __table_args__ = (
        sa.UniqueConstraint("about", "corrects", "side"),
        sa.UniqueConstraint("line_id", "side"),
        sa.CheckConstraint("amount_fen <> 0", name="amount"),
        sa.CheckConstraint("(corrects IS NULL) = (reason <> 'correction')", name="correction"),
        sa.Index("ix_posting_firm", "firm", "posted_at", "about", "sequence", "side"),
    )

    @property
    def posting(self) -> Posting:
        """What the rules know of it."""
        return Posting(
            about=self.about,
            sequence=self.sequence,
            side=self.side,
            firm=self.firm,
            reason=self.reason,
            amount_fen=self.amount_fen,
            posted_at=self.posted_at,
            what=Text.of(self.what),
            corrects=self.corrects,
            other=self.other,
        )


class Books(Base):
    """Which month is open: one row, and none before the first line.

    Whoever posts shares the row until the commit, whoever closes a month has it alone: a line belongs to a
    month that is open, or to the next one.
    """

    __tablename__ = "posting_books"

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    open_since: Mapped[datetime] = mapped_column(UtcDateTime)
    """The first instant of the first month that is not closed."""

    __table_args__ = (sa.CheckConstraint("id = 1", name="one"),)


class MonthlyStatement(Base):
    """The balances of a firm in a month that is closed and in which it had lines."""

    __tablename__ = "monthly_statement"

    firm: Mapped[str] = mapped_column(sa.String(18), primary_key=True)
    month: Mapped[str] = mapped_column(sa.String(7), primary_key=True)
    """As in `2026-11`."""
    opening_fen: Mapped[int] = mapped_column(sa.BigInteger)
    closing_fen: Mapped[int] = mapped_column(sa.BigInteger)
    lines: Mapped[int]
    """How many there are."""
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.Index("ix_monthly_statement_month", "month", "firm"),)

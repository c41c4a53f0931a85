"""Revoking what was granted (撤销行政许可): by two officials, with the holder heard."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, JsonDoc, UtcDateTime, text_enum
from shared.text import Text


class RevocationState(StrEnum):
    """Proposed and not decided, revoked, not revoked after all, or taken back by whoever proposed it."""

    PROPOSED = "proposed"
    REVOKED = "revoked"
    DROPPED = "dropped"
    WITHDRAWN = "withdrawn"


REVOCATION_NAMES: dict[RevocationState, Text] = {
    RevocationState.PROPOSED: Text("拟撤销，听取陈述申辩", "Proposed; the holder is being heard"),
    RevocationState.REVOKED: Text("已撤销", "Revoked"),
    RevocationState.DROPPED: Text("不予撤销", "Not revoked"),
    RevocationState.WITHDRAWN: Text("已撤回撤销建议", "Proposal taken back"),
}

_WAITS_OR_STANDS = "state IN ('proposed','revoked')"


class Revocation(Base):
    """One proceeding. One that is open, or that revoked, stands in the way of any other on its case."""

    __tablename__ = "revocation"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), index=True)
    state: Mapped[RevocationState] = mapped_column(text_enum(RevocationState))
    ground: Mapped[str] = mapped_column(sa.String(40))
    ground_text: Mapped[dict[str, str]] = mapped_column(JsonDoc)
    basis: Mapped[dict[str, str]] = mapped_column(JsonDoc)
    """Both as told to the holder, whatever the data says later."""
    own_act: Mapped[bool]
    """The ground is an act of the officials themselves."""
    facts: Mapped[str] = mapped_column(sa.Text)
    """Facts and reasons, told to the holder (行政许可法 art. 7)."""
    granted_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """Who made the decision that is to fall."""
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by: Mapped[UUID] = mapped_column(sa.Uuid)
    proposed_name: Mapped[str] = mapped_column(sa.String(120))
    statement_until: Mapped[date]
    """The last day (Asia/Shanghai) on which the holder may speak, as told in the notice; never moved."""
    stated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    statement_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    """What the holder said, encrypted."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_on: Mapped[date | None]
    ended_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    ended_name: Mapped[str | None] = mapped_column(sa.String(120))
    reason: Mapped[str | None] = mapped_column(sa.Text)
    """Of the decision, or of taking the proposal back."""
    dropped_for: Mapped[str | None] = mapped_column(sa.String(40))

    __table_args__ = (
        sa.CheckConstraint("(state = 'proposed') = (ended_by IS NULL)", name="ended"),
        sa.CheckConstraint(
            "state NOT IN ('revoked','dropped') OR ended_by <> proposed_by", name="other_eyes"
        ),
        sa.CheckConstraint(
            "NOT own_act OR state NOT IN ('revoked','dropped') OR granted_by IS NULL OR "
            "ended_by <> granted_by",
            name="not_their_own_act",
        ),
        sa.CheckConstraint(
            "state NOT IN ('revoked','dropped') OR stated_at IS NOT NULL OR ended_on > statement_until",
            name="heard",
        ),
        sa.CheckConstraint("(state = 'dropped') = (dropped_for IS NOT NULL)", name="dropped_for"),
        sa.Index(
            "uq_revocation_once",
            "case_id",
            unique=True,
            sqlite_where=sa.text(_WAITS_OR_STANDS),
            postgresql_where=sa.text(_WAITS_OR_STANDS),
        ),
    )

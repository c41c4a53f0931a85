"""A hand-over (转办): a case that another authority's own system executes, and what passes between them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.database import Base, JsonDoc, UtcDateTime, text_enum
from shared.text import Text


class HandoverState(StrEnum):
    """Where a hand-over stands."""

    PENDING = "pending"
    FILED = "filed"
    STUCK = "stuck"
    ENDED = "ended"


HANDOVER_NAMES: dict[HandoverState, Text] = {
    HandoverState.PENDING: Text("待转交", "Waiting to be handed over"),
    HandoverState.FILED: Text("已转交，跟踪中", "Handed over, followed"),
    HandoverState.STUCK: Text("受阻，待人工处理", "Stuck, needs a person"),
    HandoverState.ENDED: Text("已办结", "Ended"),
}


class Trouble(StrEnum):
    """Why a hand-over needs a person."""

    UNREACHABLE = "unreachable"
    REJECTED = "rejected"
    CONTRADICTION = "contradiction"


TROUBLE_NAMES: dict[Trouble, Text] = {
    Trouble.UNREACHABLE: Text("多次联系不上对方系统", "The system did not answer, again and again"),
    Trouble.REJECTED: Text("对方系统拒收", "The system does not take it"),
    Trouble.CONTRADICTION: Text("对方回报与办件记录矛盾", "What it reports contradicts the case"),
}


class MessageKind(StrEnum):
    """What is told the outside system."""

    FILE = "file"
    ANSWER = "answer"
    WITHDRAW = "withdraw"


class MessageState(StrEnum):
    """What became of a message."""

    PENDING = "pending"
    TAKEN = "taken"
    REFUSED = "refused"
    DROPPED = "dropped"
    """The case ended before it was sent."""


class Handover(Base):
    """One a case. The case's id is the reference under which the outside knows it."""

    __tablename__ = "handover"

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), primary_key=True)
    system: Mapped[str] = mapped_column(sa.String(32))
    state: Mapped[HandoverState] = mapped_column(text_enum(HandoverState))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    receipt_number: Mapped[str | None] = mapped_column(sa.String(64))
    """The authority's own."""
    steps_taken: Mapped[int] = mapped_column(default=0)
    """The number of the last step that was taken over."""
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the system last said anything."""
    tries: Mapped[int] = mapped_column(default=0)
    """Failed tries in a row; 0 while all is well."""
    last_error: Mapped[str | None] = mapped_column(sa.String(500))
    """Of the last failed try, for officials."""
    trouble: Mapped[Trouble | None] = mapped_column(text_enum(Trouble))
    trouble_reason: Mapped[dict[str, Any] | None] = mapped_column(JsonDoc)
    """`{"zh", "en"}`: what a person has to look at."""
    stuck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    messages: Mapped[list["HandoverMessage"]] = relationship(order_by="HandoverMessage.number")
    steps: Mapped[list["HandoverStep"]] = relationship(order_by="HandoverStep.number")

    __table_args__ = (
        sa.CheckConstraint("(state = 'stuck') = (trouble IS NOT NULL)", name="needs_a_person"),
        sa.CheckConstraint("(state = 'stuck') = (stuck_at IS NOT NULL)", name="stuck"),
        sa.Index("ix_handover_state", "state", "created_at", "case_id"),
    )

    @property
    def is_followed(self) -> bool:
        """Whether the system is asked what has happened: taken there, not ended, nothing for a person to see.

        A system that did not answer for long is asked again when somebody says so.
        """
        return self.state is HandoverState.FILED or (
            self.trouble is Trouble.UNREACHABLE and self.receipt_number is not None
        )

    @property
    def reference(self) -> str:
        """The stable name of the case in the outside system."""
        return str(self.case_id)


class HandoverMessage(Base):
    """Something that the outside system is told; one at a time, in the order of the numbers."""

    __tablename__ = "handover_message"

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("handover.case_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[MessageKind] = mapped_column(text_enum(MessageKind))
    state: Mapped[MessageState] = mapped_column(text_enum(MessageState))
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    """Of a withdrawal, in the applicant's words; or why the outside has refused."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was first sent; from then on the outside may know of it."""
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name="settled"),
        sa.Index(
            "uq_handover_message_pending_kind",
            "case_id",
            "kind",
            unique=True,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        ),
    )


class HandoverStep(Base):
    """A step that the outside system has reported and that was taken over into the case, once."""

    __tablename__ = "handover_step"

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("handover.case_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.String(24))
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    digest: Mapped[str] = mapped_column(sa.String(64))
    """Of all that it said: whether it comes again with something else in it."""

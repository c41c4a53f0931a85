"""One message in one person's inbox."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, JsonDoc, UtcDateTime


class Manager(Base):
    """A copy of who manages the park, as of the account's event number `sequence`; never edited here."""

    __tablename__ = "manager"

    account_id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    sequence: Mapped[int]
    """Of the event it was copied from; only a newer one replaces it."""
    manages: Mapped[bool]


class Message(Base):
    """What a person was told, in both languages, as it was worded at the time."""

    __tablename__ = "message"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    recipient: Mapped[UUID] = mapped_column(sa.Uuid)
    """Account of the one person who may read it."""
    event_id: Mapped[UUID] = mapped_column(sa.Uuid)
    template: Mapped[str] = mapped_column(sa.String(64))
    title: Mapped[dict[str, str]] = mapped_column(JsonDoc)
    body: Mapped[dict[str, str]] = mapped_column(JsonDoc)
    link: Mapped[str] = mapped_column(sa.String(200))
    """Path in the portal, from the root."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the thing happened that it tells of; late delivery does not move it up."""
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        # Redelivery, replay and reordering never tell a person the same thing twice.
        sa.UniqueConstraint("event_id", "recipient", "template"),
        sa.Index("ix_message_inbox", "recipient", "created_at", "id"),
        sa.Index(
            "ix_message_unread",
            "recipient",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
    )

    @property
    def version(self) -> int:
        """Its ETag: a message changes once, when it is read."""
        return 1 if self.read_at is None else 2

"""A calendar feed: of a firm's bookings, or for its owner of what is booked of a machine."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.capacity.addresses import Feed
from shared.database import Aggregate, Base, UtcDateTime

_OF_FIRM = sa.text("machine_id IS NULL")


class MachineFeed(Aggregate, Base):
    """One feed. Its address is made of the serial, so that another serial makes the old address void."""

    __tablename__ = "machine_feed"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    owner: Mapped[str] = mapped_column(sa.String(18), index=True)
    """The firm whose feed it is."""
    machine_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("machine.id"))
    """What is booked of this machine; None: what the firm has booked of others."""
    serial: Mapped[int]
    works: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.Index(
            "uq_machine_feed_firm", "owner", unique=True, sqlite_where=_OF_FIRM, postgresql_where=_OF_FIRM
        ),
        sa.Index("uq_machine_feed_machine", "machine_id", unique=True),
    )

    @property
    def address(self) -> Feed:
        """What its present address is for."""
        kind, key = ("machine", str(self.machine_id)) if self.machine_id else ("enterprise", self.owner)
        return Feed(kind, key, self.serial)

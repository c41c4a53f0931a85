"""What the trade keeps of somebody who waits for a machine, beside the engine's entry of the same id."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.capacity.waiting.model import WaitlistEntry
from facilities.production.machines.wishes import MachineWish
from shared.database import Base


class MachineWaiting(Base):
    """For whom which machine is waited for, and how it would be used; never edited."""

    __tablename__ = "machine_waiting"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    """The engine's entry has the same."""
    machine_id: Mapped[UUID] = mapped_column(sa.ForeignKey("machine.id"))
    owner: Mapped[str] = mapped_column(sa.String(18))
    customer: Mapped[str] = mapped_column(sa.String(18))
    with_operator: Mapped[bool]
    pieces: Mapped[int | None]
    purpose: Mapped[str] = mapped_column(sa.String(400))

    __table_args__ = (
        sa.Index("ix_machine_waiting_owner", "owner", "id"),
        sa.Index("ix_machine_waiting_customer", "customer", "id"),
        sa.Index("ix_machine_waiting_machine", "machine_id", "id"),
    )

    def wanted(self, entry: WaitlistEntry) -> MachineWish:
        """What would be booked."""
        return MachineWish(entry.wish, self.with_operator, self.pieces)

"""Applications that renew a certificate (延续)."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, text_enum


class RenewalState(StrEnum):
    """Applied for or being written; granted by decision or by operation of law; refused; ended otherwise."""

    RUNNING = "running"
    GRANTED = "granted"
    BY_LAW = "by_law"
    REFUSED = "refused"
    ENDED = "ended"


class Renewal(Base):
    """That a case asks for the renewal of a certificate; of one certificate one runs at a time."""

    __tablename__ = "renewal"

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), primary_key=True)
    certificate_id: Mapped[str] = mapped_column(sa.ForeignKey("certificate.id"))
    state: Mapped[RenewalState] = mapped_column(text_enum(RenewalState))
    apply_by: Mapped[date]
    """The last day of applying in time (Asia/Shanghai), as counted last; fixed when it is handed in."""
    applied_on: Mapped[date | None]
    """The legal date on which it was handed in; later corrections do not move it."""

    @property
    def in_time(self) -> bool:
        """Whether it was handed in so early that it counts as granted when nobody decides (art. 50)."""
        return self.applied_on is not None and self.applied_on <= self.apply_by

    __table_args__ = (
        sa.CheckConstraint("state <> 'by_law' OR applied_on <= apply_by", name="in_time"),
        sa.Index(
            "uq_renewal_running",
            "certificate_id",
            unique=True,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        ),
    )

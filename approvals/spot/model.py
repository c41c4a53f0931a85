"""What was corrected on the spot (当场更正): who agreed and how, and what stood there before and after."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, UtcDateTime, text_enum
from shared.text import Text


class Consent(StrEnum):
    """How the applicant agreed to the correction."""

    PRESENT = "present"
    PHONE = "phone"
    VIDEO = "video"


CONSENT_NAMES: dict[Consent, Text] = {
    Consent.PRESENT: Text("申请人在窗口当面同意", "agreed at the window"),
    Consent.PHONE: Text("申请人电话同意", "agreed by phone"),
    Consent.VIDEO: Text("申请人视频同意", "agreed by video"),
}


class SpotCorrection(Base):
    """One correction of one or several answers; the values are sealed, for some are ID numbers."""

    __tablename__ = "spot_correction"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"))
    number: Mapped[int]
    consent: Mapped[Consent] = mapped_column(text_enum(Consent))
    note: Mapped[str] = mapped_column(sa.String(500))
    corrected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    official_id: Mapped[UUID] = mapped_column(sa.Uuid)
    official_name: Mapped[str] = mapped_column(sa.String(120))
    changes_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    """`{"changes": […]}`, each `{"target": "/answers/…", "before": …, "after": …}`, raw as typed."""

    __table_args__ = (sa.UniqueConstraint("case_id", "number"),)

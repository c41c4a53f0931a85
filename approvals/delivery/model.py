"""Delivery (送达) of what was granted: how, when and to whom."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, UtcDateTime, text_enum
from shared.text import Text


class DeliveryMethod(StrEnum):
    """How it reached its recipient. `electronic` is recorded by the platform alone, at the first opening."""

    IN_PERSON = "in_person"
    POST = "post"
    ELECTRONIC = "electronic"


METHOD_NAMES: dict[DeliveryMethod, Text] = {
    DeliveryMethod.IN_PERSON: Text("当面送达", "Handed over"),
    DeliveryMethod.POST: Text("邮寄送达", "By post"),
    DeliveryMethod.ELECTRONIC: Text("电子送达", "Electronically"),
}


class Delivery(Base):
    """One a case; the primary key makes a second one impossible."""

    __tablename__ = "delivery"

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), primary_key=True)
    method: Mapped[DeliveryMethod] = mapped_column(text_enum(DeliveryMethod))
    recipient: Mapped[str] = mapped_column(sa.String(120))
    delivered_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(sa.String(500))
    """The number of the consignment, or what else belongs on record."""
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[UUID] = mapped_column(sa.Uuid)
    recorded_name: Mapped[str] = mapped_column(sa.String(120))

"""What happens at the lanes: every event of a device, what was opened by hand, alarms, and who is listed.

Events are kept as they came, whatever was answered: they are never changed but for what they turned out to be
(whether the car has passed). A car is known by its *mark*: its plate, or the number of its ticket.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.living.parking.gates.answers import Reason, Verdict
from facilities.living.parking.gates.readings import Direction, Doubt
from facilities.living.parking.vehicles import Exemption, VehicleClass
from shared.database import Aggregate, Base, JsonDoc, UtcDateTime, text_enum
from shared.identifiers.plates import PlateColor
from shared.text import Text

_PASSED = sa.text("passed")
_PASSED_ON_SQLITE = sa.text("passed = 1")
"""In the words of the queries, for SQLite compares words."""
_OPEN = sa.text("seen_at IS NULL")


class GateEvent(Base):
    """A car at a lane, as a device has told it, and what it was answered."""

    __tablename__ = "gate_event"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    device_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("parking_device.id"))
    """None: let through by a person."""
    device_event: Mapped[str] = mapped_column(sa.String(64))
    """By which the device tells its events apart."""
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    lane_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lane.id"))
    direction: Mapped[Direction] = mapped_column(text_enum(Direction))
    mark: Mapped[str | None] = mapped_column(sa.String(16))
    """The plate, normalised, or a ticket; None where nothing possible was read."""
    read: Mapped[str] = mapped_column(sa.String(32))
    """What the camera has read, as it came; empty for nothing."""
    color: Mapped[PlateColor | None] = mapped_column(text_enum(PlateColor))
    vehicle: Mapped[VehicleClass] = mapped_column(text_enum(VehicleClass))
    confidence: Mapped[int | None]
    """How sure the camera is, in hundredths."""
    image_ref: Mapped[str] = mapped_column(sa.String(200))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """By the device's clock."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """By which it is ordered and charged."""
    doubt: Mapped[Doubt | None] = mapped_column(text_enum(Doubt))
    waiting: Mapped[bool]
    """Whether a barrier waited for the answer; else it was told later."""
    repeats: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """The event of which this is the same car in the same lane, seen again."""
    verdict: Mapped[Verdict] = mapped_column(text_enum(Verdict))
    reason: Mapped[Reason] = mapped_column(text_enum(Reason))
    answer: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """All of the answer, to be given again."""
    passed: Mapped[bool]
    """Whether the car has gone through: what its stays are worked out from."""
    stay_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """To which stay it belongs, as far as is known."""

    __table_args__ = (
        sa.UniqueConstraint("device_id", "device_event"),
        sa.CheckConstraint("NOT passed OR mark IS NOT NULL", name="passed"),
        sa.Index(
            "ix_gate_event_course",
            "lot_id",
            "mark",
            "at",
            sqlite_where=_PASSED_ON_SQLITE,
            postgresql_where=_PASSED,
        ),
        sa.Index("ix_gate_event_lane", "lane_id", "at", "id"),
        sa.Index("ix_gate_event_lot", "lot_id", "received_at", "id"),
        sa.Index("ix_gate_event_stay", "stay_id"),
    )


class Opening(Base):
    """A barrier has opened, as it has told, or a person has opened it, and why."""

    __tablename__ = "gate_opening"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    lane_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lane.id"))
    device_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("parking_device.id"))
    """None: by hand."""
    device_event: Mapped[str | None] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """The account of whoever has opened it by hand."""
    opened_name: Mapped[str] = mapped_column(sa.String(120))
    reason: Mapped[str] = mapped_column(sa.String(400))
    mark: Mapped[str | None] = mapped_column(sa.String(16))
    explained: Mapped[bool]
    """Whether there was an answer or a command before; else there is an alarm."""

    __table_args__ = (
        sa.UniqueConstraint("device_id", "device_event"),
        sa.Index("ix_gate_opening_lane", "lane_id", "at", "id"),
    )


class AlarmKind(StrEnum):
    """What somebody is to look at."""

    UNEXPLAINED = "unexplained_opening"
    OVERFULL = "overfull"
    """More is there, or promised, than there are bays."""
    CLOCK = "clock"
    EXIT_MISSED = "exit_missed"
    ENTRY_MISSED = "entry_missed"
    MISREAD = "misread"
    """An exit was matched with a plate that looks alike."""
    DRIFT = "drift"
    """What is counted in a zone is not what its stays say."""


ALARM_NAMES: dict[AlarmKind, Text] = {
    AlarmKind.UNEXPLAINED: Text("道闸无记录开启", "The barrier opened without an event"),
    AlarmKind.OVERFULL: Text("车位超占", "More cars than bays"),
    AlarmKind.CLOCK: Text("设备时钟异常", "The clock of a device is wrong"),
    AlarmKind.EXIT_MISSED: Text("缺少离场记录", "No record of an exit"),
    AlarmKind.ENTRY_MISSED: Text("缺少入场记录", "No record of an entry"),
    AlarmKind.DRIFT: Text("在场车辆与车位账不符", "The count of a zone differs from the cars inside"),
    AlarmKind.MISREAD: Text("相近车牌匹配待核对", "A plate was matched with one that looks alike"),
}


class Alarm(Aggregate, Base):
    """Something for the operator to look at; seen once somebody has said so, with a note."""

    __tablename__ = "parking_alarm"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    kind: Mapped[AlarmKind] = mapped_column(text_enum(AlarmKind))
    subject: Mapped[str] = mapped_column(sa.String(64))
    """What it is about, so that the same thing raises it once: an event, a device, a zone with its slot."""
    mark: Mapped[str | None] = mapped_column(sa.String(16))
    details: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_by: Mapped[str] = mapped_column(sa.String(120), default="")
    note: Mapped[str] = mapped_column(sa.String(400), default="")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.UniqueConstraint("lot_id", "kind", "subject"),
        sa.Index("ix_parking_alarm_lot", "lot_id", "id"),
        sa.Index("ix_parking_alarm_open", "lot_id", "raised_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )


class ListingKind(StrEnum):
    """On which list of the park a vehicle is."""

    BANNED = "banned"
    EXEMPT = "exempt"


class Listing(Base):
    """A vehicle that may not come in, or parks free (an ambulance, a disabled person's car)."""

    __tablename__ = "parking_listing"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    mark: Mapped[str] = mapped_column(sa.String(16))
    kind: Mapped[ListingKind] = mapped_column(text_enum(ListingKind))
    exemption: Mapped[Exemption | None] = mapped_column(text_enum(Exemption))
    why: Mapped[str] = mapped_column(sa.String(200))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid)

    __table_args__ = (
        sa.UniqueConstraint("lot_id", "mark", "kind"),
        sa.CheckConstraint("(kind = 'exempt') = (exemption IS NOT NULL)", name="exempted"),
    )

"""Car parks (停车场): their zones, bays, lanes and the devices at these.

A zone is a pool of bays that can stand for one another: one ledger of the capacity engine, under the id of
the zone. Reservations, passes and quota bays claim it; a car that comes in without any of them stands there
as overflow.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.capacity.rules import Policy
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.tariffs.tariff import Tariff
from shared.database import Aggregate, Base, JsonDoc, UtcDateTime, text_enum
from shared.text import Text

TRADE = "parking"


class LotState(StrEnum):
    """Whether cars may come."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


LOT_STATE_NAMES: dict[LotState, Text] = {
    LotState.DRAFT: Text("未启用", "Not in use yet"),
    LotState.OPEN: Text("开放", "Open"),
    LotState.CLOSED: Text("关闭", "Closed"),
}


class ZoneKind(StrEnum):
    """For whom the bays of a zone are."""

    GENERAL = "general"
    CHARGING = "charging"
    """With charging points: who stands there after charging pays a fee for overstaying."""


ZONE_KIND_NAMES: dict[ZoneKind, Text] = {
    ZoneKind.GENERAL: Text("普通车位", "Ordinary bays"),
    ZoneKind.CHARGING: Text("充电车位", "Charging bays"),
}


class DeviceKind(StrEnum):
    """What stands at a lane."""

    CAMERA = "camera"
    """Reads plates and asks (车牌识别一体机); its barrier is told by the answer."""
    BARRIER = "barrier"
    """Tells when it has opened."""
    CHARGER = "charger"
    """Charges a car at one bay (充电桩), and tells when it begins and ends and when the bay is free."""


DEVICE_KIND_NAMES: dict[DeviceKind, Text] = {
    DeviceKind.CAMERA: Text("车牌识别一体机", "Number-plate camera"),
    DeviceKind.BARRIER: Text("道闸", "Barrier"),
    DeviceKind.CHARGER: Text("充电桩", "Charging point"),
}


AT_LANES = (DeviceKind.CAMERA, DeviceKind.BARRIER)
"""What stands at a lane; the others stand at a bay."""


class Lot(Aggregate, Base):
    """A car park, with what its sign at the entrance has to say."""

    __tablename__ = "parking_lot"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    code: Mapped[str] = mapped_column(sa.String(16), unique=True)
    name: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """`{"zh", "en"}`."""
    place: Mapped[str] = mapped_column(sa.String(120))
    operator_name: Mapped[str] = mapped_column(sa.String(120))
    complaint_phone: Mapped[str] = mapped_column(sa.String(32))
    hours: Mapped[list[dict[str, Any]]] = mapped_column(JsonDoc)
    """Opening hours as `facilities.capacity.opening.Opening` writes them; none: open always."""
    drive_in: Mapped[bool]
    """Whether those may come in who have no pass, reservation or quota."""
    rules: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """`Policy.to_json` for reservations to come."""
    early_s: Mapped[int]
    """So many seconds before a reservation begins its car may come in."""
    state: Mapped[LotState] = mapped_column(text_enum(LotState))
    calendar_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """The opening calendar of its ledgers; None: open always."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (sa.CheckConstraint("early_s >= 0", name="early"),)

    @property
    def policy(self) -> Policy:
        """The rules for reservations to come."""
        return Policy.from_json(self.rules)


class Zone(Base):
    """A part of a car park whose bays can stand for one another; a change of it is one of the lot."""

    __tablename__ = "parking_zone"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    """Also what is booked of the capacity engine."""
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    code: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    kind: Mapped[ZoneKind] = mapped_column(text_enum(ZoneKind))
    capacity: Mapped[int]
    """How many cars it holds; the usual capacity of its ledger."""
    ledger_id: Mapped[int] = mapped_column(sa.BigInteger)
    rolled_slot: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    """The latest slot of the ledger in which the cars that stand here are counted."""
    unknown: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many cars stand here of which no entry is known, as somebody has counted."""
    unknown_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """What these take of its ledger: one overflow entry for all of them."""
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody has counted the cars here last."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.CheckConstraint("capacity > 0", name="capacity"),
        sa.CheckConstraint("unknown >= 0", name="unknown"),
        sa.UniqueConstraint("lot_id", "code"),
    )


class Bay(Base):
    """One bay with its number. Most are never named: a pool needs none."""

    __tablename__ = "parking_bay"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    zone_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_zone.id"))
    number: Mapped[str] = mapped_column(sa.String(16))
    accessible: Mapped[bool]
    """Kept for disabled people."""

    __table_args__ = (sa.UniqueConstraint("zone_id", "number"),)


class Lane(Base):
    """A way in or out."""

    __tablename__ = "parking_lane"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    code: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    direction: Mapped[Direction] = mapped_column(text_enum(Direction))

    __table_args__ = (sa.UniqueConstraint("lot_id", "code"),)


class LaneZone(Base):
    """How far a zone is from a lane: the nearest one with a free bay is where a car is sent."""

    __tablename__ = "parking_lane_zone"

    lane_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lane.id"), primary_key=True)
    zone_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_zone.id"), primary_key=True)
    metres: Mapped[int]

    __table_args__ = (sa.CheckConstraint("metres >= 0", name="metres"),)


class Device(Aggregate, Base):
    """A camera or a barrier at a lane, or a charging point at a bay; its secret proves who it is."""

    __tablename__ = "parking_device"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    lane_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("parking_lane.id"), index=True)
    bay_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("parking_bay.id"), unique=True)
    """Of a charging point, which has one bay for itself; anything else stands at a lane."""
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    kind: Mapped[DeviceKind] = mapped_column(text_enum(DeviceKind))
    secret: Mapped[bytes] = mapped_column(sa.LargeBinary)
    """Sealed; it is told once, when it is made."""
    enabled: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint(
            "(lane_id IS NULL) = (kind = 'charger') AND (bay_id IS NULL) = (kind <> 'charger')", name="place"
        ),
    )


class ParkingTariff(Base):
    """What parking costs from a day on, until the next version begins; never edited."""

    __tablename__ = "parking_tariff"

    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"), primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    effective_on: Mapped[date]
    """Stays that begin on this day (Asia/Shanghai) or later cost this."""
    tariff: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """`Tariff.to_json`."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid)

    __table_args__ = (sa.UniqueConstraint("lot_id", "effective_on"),)

    @property
    def version(self) -> Tariff:
        """As the sums take it."""
        return Tariff.from_json(self.tariff)

"""Charging points prove who they are as cameras do (`gates.devices`); each speaks for the bay that it has."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.gates.devices import Request, signer
from facilities.living.parking.lots.model import Bay, Device, DeviceKind, Zone
from shared.cipher import Cipher

_POINT = (
    sa.select(Device.id, Device.code, Device.secret, Device.enabled, Device.bay_id, Bay.number, Zone.lot_id)
    .join(Bay, Bay.id == Device.bay_id)
    .join(Zone, Zone.id == Bay.zone_id)
    .where(Device.kind == DeviceKind.CHARGER, Device.code == sa.bindparam("code"))
)


@dataclass(frozen=True, slots=True)
class Point:
    """A charging point with its bay."""

    device_id: UUID
    code: str
    lot_id: UUID
    bay_id: UUID
    bay: str
    """The number of the bay."""


def point_of_device(session: Session, cipher: Cipher, request: Request, now: datetime) -> Point:
    """The charging point that has signed a request; UnknownDevice when none has."""
    row = signer(session, cipher, request, now, _POINT)
    return Point(row.id, row.code, row.lot_id, row.bay_id, row.number)


def point_at(session: Session, device_id: UUID) -> Point:
    """A charging point by its id, for whoever plays it."""
    query = (
        sa.select(Device.id, Device.code, Zone.lot_id, Bay.id, Bay.number)
        .join(Bay, Bay.id == Device.bay_id)
        .join(Zone, Zone.id == Bay.zone_id)
        .where(Device.id == device_id)
    )
    return Point(*session.execute(query).one())


def take_turn_at(session: Session, device_id: UUID) -> None:
    """Wait for whoever works on the charges of a point, and keep it until the transaction ends.

    Its own row is taken, but for what refers to it.
    """
    mine = sa.select(Device.id).where(Device.id == device_id)
    session.execute(mine.with_for_update(key_share=True)).one()

"""Alarms: what the operator is to look at, raised once for each thing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from facilities.living.parking.gates.model import ALARM_NAMES, Alarm, AlarmKind
from facilities.living.parking.gates.readings import Doubt
from shared.database import insert_if_absent
from shared.errors import Conflict
from shared.http.schemas import TextSchema, instant, string
from shared.identifiers.plates import mask_plate
from shared.ids import new_id
from shared.messaging.contracts import EventContract
from shared.text import Text
from shared.transaction import Transaction

_SEEN = Text("该告警已处理", "Somebody has seen to this alarm already")


class AlarmData(Schema):
    """An alarm; of the plate its ends alone."""

    alarm_id = fields.UUID(required=True)
    lot_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([each.value for each in AlarmKind]))
    kind_name = fields.Nested(TextSchema, required=True)
    plate = string("Masked; null where it is about no car", null=True)
    raised_at = instant()


RAISED = EventContract(
    type="yuanban.living.parking-alarm.raised.v1",
    schema=AlarmData,
    meaning=Text("停车场告警", "Something in a car park is to be looked at"),
    subscribers_optional=True,
)


def raise_alarm(
    tx: Transaction,
    lot_id: UUID,
    kind: AlarmKind,
    subject: object,
    mark: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Raise an alarm unless the same thing (`subject`) has raised one of this kind before."""
    row = {
        "id": new_id(),
        "version": 1,
        "event_sequence": 0,
        "lot_id": lot_id,
        "kind": kind,
        "subject": str(subject),
        "mark": mark,
        "details": dict(details or {}),
        "raised_at": tx.now,
        "seen_at": None,
        "seen_by": "",
        "note": "",
    }
    if not insert_if_absent(tx.session, Alarm, row):
        return
    alarm = tx.session.get_one(Alarm, row["id"])
    data = {
        "alarm_id": alarm.id,
        "lot_id": lot_id,
        "kind": kind.value,
        "kind_name": ALARM_NAMES[kind].to_dict(),
        "plate": None if mark is None else mask_plate(mark),
        "raised_at": alarm.raised_at,
    }
    tx.emit(RAISED, alarm, alarm.id, data)
    tx.audit("alarm.raised", "parking_alarm", alarm.id, {"kind": kind}, begins=True)


def doubt_clock(
    tx: Transaction, lot_id: UUID, device_id: UUID | None, code: str, doubt: Doubt, said_at: datetime
) -> None:
    """Somebody is to look at the clock of a device: once an hour."""
    details = {"device": code, "doubt": doubt.value, "seen_at": said_at.isoformat()}
    raise_alarm(tx, lot_id, AlarmKind.CLOCK, f"{device_id}:{tx.now:%Y%m%d%H}", details=details)


def see(tx: Transaction, alarm: Alarm, note: str) -> None:
    """Somebody has looked at it, and says what was found; once."""
    if alarm.seen_at is not None:
        raise Conflict(_SEEN, slug="alarm-seen")
    alarm.seen_at, alarm.seen_by, alarm.note = tx.now, tx.actor.name, note
    tx.audit("alarm.seen", "parking_alarm", alarm.id)

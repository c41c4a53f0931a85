"""What is said about machines and their bookings: who is concerned, by codes, names of firms and accounts.

The capacity engine tells of every booking by its own contract; these say what people are to be told.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import Span
from facilities.capacity.lifecycle import STATE_NAMES, Party, State
from facilities.capacity.tariff import Operator
from facilities.enterprises.queries import firm_names
from facilities.production.machines.after_use.steps import AFTER_USE
from facilities.production.machines.model import Machine, MachineBooking, MachineState
from facilities.production.machines.reasons import IN_WORDS, in_words
from shared.http.schemas import TextSchema, day, instant, string
from shared.messaging.contracts import EventContract
from shared.text import Text
from shared.transaction import Transaction

SERVICE = "production"

BOOKING_STEPS: Mapping[str, Text] = {
    "offered": Text("候补成功，已保留设备", "A machine is held for a firm that has waited for it"),
    "requested": Text("设备预订待审批", "A machine booking waits for the owner's approval"),
    "confirmed": Text("设备已预订", "A machine booking was confirmed"),
    "approved": Text("设备预订已批准", "The owner has approved a machine booking"),
    "rejected": Text("设备预订未获批准", "The owner has not approved a machine booking"),
    "moved": Text("设备预订已改期", "A machine booking was moved to another time"),
    "cancelled": Text("设备预订已取消", "A machine booking was cancelled"),
    "expired": Text("设备预订逾期失效", "A machine booking ended because nobody acted in time"),
    "started": Text("设备已开始使用", "The use of a machine has begun"),
    "finished": Text("设备使用完毕", "The use of a machine has ended"),
    "missed": Text("未到场使用设备", "The customer has not come to use a machine"),
    "corrected": Text("设备预订账目已更正", "What was charged for a machine booking was corrected"),
    **AFTER_USE,
}
MACHINE_STEPS: Mapping[str, Text] = {
    "published": Text("设备已发布", "A machine is offered"),
    "withdrawn": Text("设备已下架", "A machine is offered no more"),
}


class MachineData(Schema):
    """The public state of a machine."""

    machine_id = fields.UUID(required=True)
    owner = string("Unified social credit code")
    name = fields.Nested(TextSchema, required=True)
    process = string("By the park's list of codes")
    materials = fields.List(fields.String(), required=True)
    accuracy_um = fields.Integer(required=True, allow_none=True, strict=True)
    place = string()
    units = fields.Integer(required=True, strict=True)
    operator = fields.String(required=True, validate=validate.OneOf([each.value for each in Operator]))
    qualified_until = day(null=True)
    state = fields.String(required=True, validate=validate.OneOf([each.value for each in MachineState]))


class MachineBookingData(Schema):
    """A booking of a machine as its two sides know it, and whom to tell."""

    booking_id = fields.UUID(required=True)
    machine_id = fields.UUID(required=True)
    machine_name = fields.Nested(TextSchema, required=True)
    customer = string("Unified social credit code")
    customer_name = string()
    customer_account_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Who has booked"}
    )
    owner = string("Unified social credit code")
    owner_name = string()
    owner_account_id = fields.UUID(required=True, metadata={"description": "Who has listed the machine"})
    by = fields.String(required=True, validate=validate.OneOf([each.value for each in Party]))
    reason = string("As it was written", null=True)
    reason_text = fields.Nested(
        TextSchema, load_default=None, allow_none=True, metadata={"description": IN_WORDS}
    )
    starts_at = instant()
    ends_at = instant()
    was_starts_at = fields.AwareDateTime(
        load_default=None, allow_none=True, metadata={"description": "Of a move: when it would have begun"}
    )
    was_ends_at = fields.AwareDateTime(
        load_default=None, allow_none=True, metadata={"description": "Of a move: when it would have ended"}
    )
    quantity = fields.Integer(required=True, strict=True)
    state = fields.String(required=True, validate=validate.OneOf([each.value for each in State]))
    state_name = fields.Nested(TextSchema, required=True)
    expires_at = instant("Until when it waits", null=True)
    price_fen = fields.Integer(required=True, allow_none=True, strict=True)
    moved_fen = fields.Integer(
        required=True,
        strict=True,
        metadata={"description": "What this step has charged; negative: given back"},
    )
    in_series = fields.Boolean(
        load_default=False,
        metadata={"description": "Whether the step was one for a series, which `machine-series` tells of"},
    )
    amount_fen = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        metadata={"description": "What was claimed or offered after the use, where that is what it tells"},
    )


BOOKING_CONTRACTS: Mapping[str, EventContract] = {
    step: EventContract(
        type=f"yuanban.{SERVICE}.machine-booking.{step}.v1", schema=MachineBookingData, meaning=meaning
    )
    for step, meaning in BOOKING_STEPS.items()
}
MACHINE_CONTRACTS: Mapping[str, EventContract] = {
    step: EventContract(
        type=f"yuanban.{SERVICE}.machine.{step}.v1",
        schema=MachineData,
        meaning=meaning,
        subscribers_optional=True,
    )
    for step, meaning in MACHINE_STEPS.items()
}
CONTRACTS = (*BOOKING_CONTRACTS.values(), *MACHINE_CONTRACTS.values())


def announce_machine(tx: Transaction, machine: Machine, step: str) -> None:
    """Emit `yuanban.production.machine.<step>.v1`."""
    data = {
        "machine_id": machine.id,
        "owner": machine.owner,
        "name": machine.name,
        "process": machine.process,
        "materials": [each.material for each in machine.materials],
        "accuracy_um": machine.accuracy_um,
        "place": machine.place,
        "units": machine.units,
        "operator": machine.operator.value,
        "qualified_until": machine.qualified_until,
        "state": machine.state.value,
    }
    tx.emit(MACHINE_CONTRACTS[step], machine, machine.id, data)


def announce_booking(
    tx: Transaction,
    booking: Booking,
    kept: MachineBooking,
    step: str,
    by: Party,
    *,
    reason: str | None = None,
    moved_fen: int = 0,
    in_series: bool = False,
    was: Span | None = None,
    amount_fen: int | None = None,
) -> None:
    """Emit `yuanban.production.machine-booking.<step>.v1`."""
    machine = tx.session.get_one(Machine, kept.machine_id)
    firms = firm_names(tx.session, [kept.customer, kept.owner])
    data: dict[str, Any] = {
        "booking_id": booking.id,
        "machine_id": machine.id,
        "machine_name": machine.name,
        "customer": kept.customer,
        "customer_name": firms[kept.customer],
        "customer_account_id": booking.booked_by,
        "owner": kept.owner,
        "owner_name": firms[kept.owner],
        "owner_account_id": machine.contact,
        "by": by.value,
        "reason": reason,
        "reason_text": in_words(reason),
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "was_starts_at": was.start if was else None,
        "was_ends_at": was.end if was else None,
        "quantity": booking.quantity,
        "state": booking.state.value,
        "state_name": STATE_NAMES[booking.state].to_dict(),
        "expires_at": booking.expires_at,
        "price_fen": booking.price_fen,
        "moved_fen": moved_fen,
        "in_series": in_series,
        "amount_fen": amount_fen,
    }
    tx.emit(BOOKING_CONTRACTS[step], kept, booking.id, data)

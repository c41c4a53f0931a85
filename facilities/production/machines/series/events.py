"""What is said about recurring bookings of machines: one event for a step of the whole series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marshmallow import Schema, fields, validate

from facilities.capacity.bookings.model import Booking
from facilities.capacity.lifecycle import Party, State
from facilities.capacity.recurring.model import BookingSeries
from facilities.enterprises.queries import firm_names
from facilities.production.machines.events import SERVICE
from facilities.production.machines.model import Machine
from facilities.production.machines.reasons import IN_WORDS, in_words
from facilities.production.machines.series.model import MachineSeries
from shared.http.schemas import TextSchema, instant, string
from shared.messaging.contracts import EventContract
from shared.text import Text
from shared.transaction import Transaction

STEPS: Mapping[str, Text] = {
    "requested": Text("设备系列预订待审批", "A series of machine bookings waits for the owner's approval"),
    "confirmed": Text("设备系列已预订", "A series of machine bookings was confirmed"),
    "approved": Text("设备系列预订已批准", "The owner has approved a series of machine bookings"),
    "rejected": Text("设备系列预订未获批准", "The owner has not approved a series of machine bookings"),
    "cancelled": Text("设备系列预订已取消", "A series of machine bookings, or a part of it, was cancelled"),
    "changed": Text("设备系列预订已更改", "A series of machine bookings, or a part of it, was changed"),
    "extended": Text("设备系列预订已续订", "More occurrences of a series of machine bookings were booked"),
    "expired": Text("设备系列预订逾期失效", "Occurrences of a series ended because nobody acted in time"),
}


class MachineSeriesData(Schema):
    """A step of a series of bookings as its two sides know it, and whom to tell."""

    series_id = fields.UUID(required=True)
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
    rule = string("By RFC 5545")
    quantity = fields.Integer(required=True, strict=True)
    count = fields.Integer(
        required=True, strict=True, metadata={"description": "Occurrences that the step was about"}
    )
    skipped = fields.Integer(
        required=True, strict=True, metadata={"description": "Occurrences that could not be had"}
    )
    waiting = fields.Integer(
        required=True, strict=True, metadata={"description": "How many of those wait for approval now"}
    )
    starts_at = instant("Beginning of the first of them", null=True)
    ends_at = instant("End of the first of them", null=True)
    last_starts_at = instant("Beginning of the last of them", null=True)
    expires_at = instant("Until when the first of those that wait do so", null=True)
    price_fen = fields.Integer(required=True, strict=True)
    moved_fen = fields.Integer(
        required=True,
        strict=True,
        metadata={"description": "What this step has charged; negative: given back"},
    )


CONTRACTS: Mapping[str, EventContract] = {
    step: EventContract(
        type=f"yuanban.{SERVICE}.machine-series.{step}.v1", schema=MachineSeriesData, meaning=meaning
    )
    for step, meaning in STEPS.items()
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a step was about."""

    step: str
    by: Party
    bookings: Sequence[Booking] = ()
    skipped: int = 0
    moved_fen: int = 0
    reason: str | None = None


def announce_series(tx: Transaction, series: BookingSeries, kept: MachineSeries, told: Told) -> None:
    """Emit `yuanban.production.machine-series.<step>.v1`."""
    machine = tx.session.get_one(Machine, kept.machine_id)
    firms = firm_names(tx.session, [kept.customer, kept.owner])
    ordered = sorted(told.bookings, key=lambda each: each.starts_at)
    waiting = [each for each in ordered if each.state is State.PENDING]
    first, last = (ordered[0], ordered[-1]) if ordered else (None, None)
    data = {
        "series_id": series.id,
        "machine_id": machine.id,
        "machine_name": machine.name,
        "customer": kept.customer,
        "customer_name": firms[kept.customer],
        "customer_account_id": series.created_by,
        "owner": kept.owner,
        "owner_name": firms[kept.owner],
        "owner_account_id": machine.contact,
        "by": told.by.value,
        "reason": told.reason,
        "reason_text": in_words(told.reason),
        "rule": series.pattern["rule"],
        "quantity": series.quantity,
        "count": len(ordered),
        "skipped": told.skipped,
        "waiting": len(waiting),
        "starts_at": first.starts_at if first else None,
        "ends_at": first.ends_at if first else None,
        "last_starts_at": last.starts_at if last else None,
        "expires_at": min((each.expires_at for each in waiting if each.expires_at), default=None),
        "price_fen": sum(each.price_fen or 0 for each in ordered),
        "moved_fen": told.moved_fen,
    }
    tx.emit(CONTRACTS[told.step], kept, series.id, data)

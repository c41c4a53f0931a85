"""What is said about bookings: one contract for every step, each with the whole public state."""

from collections.abc import Mapping
from functools import cache

from marshmallow import Schema, fields, validate

from facilities.capacity.bookings.model import Booking
from facilities.capacity.lifecycle import STATE_NAMES, State
from shared.http.schemas import TextSchema, instant, string
from shared.messaging.contracts import EventContract
from shared.text import Text
from shared.transaction import Transaction

STEPS: dict[str, Text] = {
    "held": Text("已占位", "Capacity is held for a customer"),
    "requested": Text("已提交，待审批", "A booking was requested and waits for approval"),
    "confirmed": Text("已预订", "A booking was confirmed"),
    "approved": Text("预订已批准", "A booking was approved"),
    "rejected": Text("预订未获批准", "A booking was not approved"),
    "moved": Text("预订已改期", "A booking was moved"),
    "cancelled": Text("预订已取消", "A booking was cancelled"),
    "expired": Text("预订逾期失效", "A booking ended because nobody acted in time"),
    "started": Text("已开始使用", "The use has begun"),
    "finished": Text("使用完毕", "The use has ended"),
    "missed": Text("未到场", "The customer has not shown up"),
}


class BookingData(Schema):
    """The public state of a booking; ids and codes of who is concerned, no names."""

    booking_id = fields.UUID(required=True)
    trade = string("Whose resource it is")
    resource_id = fields.UUID(required=True)
    customer = string("Unified social credit code; null for a person of their own", null=True)
    account_id = fields.UUID(required=True, allow_none=True, metadata={"description": "Who has booked"})
    series_id = fields.UUID(required=True, allow_none=True)
    starts_at = instant()
    ends_at = instant()
    quantity = fields.Integer(required=True, strict=True)
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in State]))
    state_name = fields.Nested(TextSchema, required=True)
    expires_at = instant("Until when it waits", null=True)
    price_fen = fields.Integer(required=True, allow_none=True, strict=True)
    started_at = instant(null=True)
    ended_at = instant(null=True)


@cache
def booking_contracts(service: str) -> Mapping[str, EventContract]:
    """The contracts of the booking events that `service` publishes, by step."""
    return {
        step: EventContract(
            type=f"yuanban.{service}.booking.{step}.v1",
            schema=BookingData,
            meaning=meaning,
            subscribers_optional=True,
        )
        for step, meaning in STEPS.items()
    }


def announce(tx: Transaction, booking: Booking, step: str) -> None:
    """Emit `yuanban.<service>.booking.<step>.v1`."""
    tx.emit(
        booking_contracts(tx.context.service)[step],
        booking,
        booking.id,
        {
            "booking_id": booking.id,
            "trade": booking.trade,
            "resource_id": booking.resource_id,
            "customer": booking.customer,
            "account_id": booking.booked_by,
            "series_id": booking.series_id,
            "starts_at": booking.starts_at,
            "ends_at": booking.ends_at,
            "quantity": booking.quantity,
            "state": booking.state.value,
            "state_name": STATE_NAMES[booking.state].to_dict(),
            "expires_at": booking.expires_at,
            "price_fen": booking.price_fen,
            "started_at": booking.started_at,
            "ended_at": booking.ended_at,
        },
    )

"""Bookings of machines on the wire."""

from enum import StrEnum

from marshmallow import Schema, fields, validate

from facilities.capacity.amounts import MOST_FEN
from facilities.capacity.lifecycle import Party, State
from facilities.production.machines.answers import (
    AlternativeOut,
    BrokenOut,
    CancellationOut,
    LineOut,
    OfferOut,
)
from facilities.production.machines.reasons import IN_WORDS
from facilities.production.machines.schemas import MOST_UNITS, whole
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, following, instant, string, text


class Side(StrEnum):
    """On which side of a booking a firm stands."""

    CUSTOMER = Party.CUSTOMER.value
    PROVIDER = Party.PROVIDER.value


class Hold(Schema):
    """What is to be booked, and for which firm."""

    machine_id = fields.UUID(required=True)
    on_behalf_of = text(18, "Unified social credit code of the firm that books", required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    quantity = whole(1, MOST_UNITS, "Machines", load_default=1)
    with_operator = fields.Boolean(
        load_default=False, metadata={"description": "With an operator who is paid for"}
    )
    pieces = whole(
        1, 1_000_000, "Pieces or batches, where these are paid for", load_default=None, allow_none=True
    )
    purpose = fields.String(load_default="", validate=validate.Length(max=400))


class MayReason(Schema):
    """Why, if one wants to say."""

    reason = fields.String(load_default="", validate=validate.Length(max=400))


class MustReason(Schema):
    """Why."""

    reason = text(400, required=True)


class Correction(Schema):
    """The line that is wrong, why, and the right amount."""

    charge_id = fields.UUID(required=True)
    reason = text(400, required=True)
    instead_fen = whole(
        0, MOST_FEN, "The right amount of the line, nearer to nothing than it is; 0: nothing", load_default=0
    )


class NewTime(Schema):
    """Another time for a booking, and why, if one wants to say."""

    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=400))


class NewTimeArgs(Schema):
    """Another time, to be looked at."""

    starts_at = fields.AwareDateTime(
        load_default=None, metadata={"description": "The new beginning; without it the present one"}
    )
    ends_at = fields.AwareDateTime(
        load_default=None, metadata={"description": "The new end; without it as long a time as now"}
    )


class RunBody(Schema):
    """A time over which the machine ran."""

    machine_id = fields.UUID(required=True)
    started_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True)


class Finish(Schema):
    """The machine's log of the use; without any it ran from its start until now."""

    runs = fields.List(fields.Nested(RunBody), load_default=list, validate=validate.Length(max=200))


class BookingListArgs(PageArgs):
    """Filters of the list of bookings."""

    side = fields.Enum(
        Side,
        by_value=True,
        load_default=None,
        metadata={
            "description": "What your firms have booked (`customer`), or others of theirs (`provider`)"
        },
    )
    state = fields.Enum(
        State, by_value=True, load_default=None, metadata={"description": "Only those in this state"}
    )


class MachineBookingsArgs(PageArgs):
    """Filters of the bookings of one machine."""

    state = fields.Enum(
        State, by_value=True, load_default=None, metadata={"description": "Only those in this state"}
    )


class BookingSummary(Answer):
    """A booking in a list."""

    id = fields.UUID(required=True)
    series_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "The series of which it is one, if of any"}
    )
    machine_id = fields.UUID(required=True)
    machine_name = bilingual()
    place = string("Where the machine stands")
    customer = string("Unified social credit code")
    customer_name = string()
    owner = string("Unified social credit code")
    owner_name = string()
    starts_at = instant()
    ends_at = instant()
    quantity = fields.Integer(required=True)
    state = fields.Enum(State, by_value=True, required=True)
    state_name = bilingual()
    expires_at = instant("Until when it waits", null=True)
    price_fen = fields.Integer(required=True, metadata={"description": "As it was quoted"})
    deposit_fen = fields.Integer(required=True)


class BookingPage(Answer):
    """A page of bookings, the one made last first."""

    items = fields.List(fields.Nested(BookingSummary), required=True)
    next = following()


class ChargeOut(Answer):
    """A line of what is owed; negative: given back."""

    id = fields.UUID(required=True)
    number = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "By which statements name it; null where there is nothing to post"},
    )
    reason = string()
    seq = fields.Integer(required=True)
    text = bilingual()
    amount_fen = fields.Integer(required=True)
    made_at = instant()
    corrects = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The number of the line that it undoes"}
    )
    corrected = fields.Boolean(required=True, metadata={"description": "Whether another line undoes it"})
    may_correct = fields.Boolean(required=True, metadata={"description": "Whether the reader may undo it"})


class StepOut(Answer):
    """One step of the history."""

    step = string()
    by = fields.Enum(Party, by_value=True, required=True)
    at = instant()
    reason = string("As it was written", null=True)
    reason_text = bilingual(IN_WORDS, null=True)


class RunOut(Answer):
    """A time over which the machine ran."""

    started_at = instant()
    ended_at = instant()


class BookingOut(BookingSummary):
    """A booking with its price, its lines and its history."""

    purpose = string()
    with_operator = fields.Boolean(required=True)
    pieces = fields.Integer(required=True, allow_none=True)
    needs_approval = fields.Boolean(required=True)
    price_lines = fields.List(fields.Nested(LineOut), required=True)
    cancellation = fields.Nested(CancellationOut, required=True)
    reason = string("Why it was cancelled or rejected, as it was written", null=True)
    reason_text = bilingual(IN_WORDS, null=True)
    started_at = instant(null=True)
    ended_at = instant(null=True)
    no_show_at = instant("When it is let go unless the use has begun by then", null=True)
    charges = fields.List(fields.Nested(ChargeOut), required=True)
    balance_fen = fields.Integer(
        required=True, metadata={"description": "Sum of the lines: what the customer owes on the whole"}
    )
    runs = fields.List(fields.Nested(RunOut), required=True)
    history = fields.List(fields.Nested(StepOut), required=True)
    sides = fields.List(
        fields.Enum(Party, by_value=True),
        required=True,
        metadata={"description": "On which sides the reader stands"},
    )
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What the reader may do with it now"}
    )


class RefundLine(Answer):
    """A line of what would come back."""

    what = bilingual()
    amount_fen = fields.Integer(required=True)


class CancellationPreview(Answer):
    """What would come back if the reader cancelled now, and what later."""

    by = fields.Enum(Party, by_value=True, required=True)
    refund_fen = fields.Integer(required=True)
    lines = fields.List(fields.Nested(RefundLine), required=True)
    offers = fields.List(
        fields.Nested(OfferOut),
        required=True,
        metadata={"description": "Until when the customer gets how much back"},
    )


class MovePreview(Answer):
    """What the reader's moving the booking there now would bring."""

    by = fields.Enum(Party, by_value=True, required=True)
    bookable = fields.Boolean(required=True)
    free = fields.Integer(
        required=True, metadata={"description": "The booking's own old time counts as free"}
    )
    broken = fields.List(fields.Nested(BrokenOut), required=True)
    alternatives = fields.List(fields.Nested(AlternativeOut), required=True)
    needs_approval = fields.Boolean(
        required=True, metadata={"description": "Whether the new time waits for the owner's approval"}
    )
    price_lines = fields.List(
        fields.Nested(LineOut),
        required=True,
        metadata={"description": "The new time by the price that was agreed"},
    )
    price_fen = fields.Integer(required=True, allow_none=True)
    deposit_fen = fields.Integer(required=True, allow_none=True)
    returned = fields.List(
        fields.Nested(RefundLine), required=True, metadata={"description": "What comes back for the old time"}
    )
    kept_fen = fields.Integer(
        required=True, metadata={"description": "What was charged for the old time and does not come back"}
    )
    balance_fen = fields.Integer(required=True, metadata={"description": "What is owed on the whole now"})
    balance_after_fen = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The same once the new time is agreed"}
    )

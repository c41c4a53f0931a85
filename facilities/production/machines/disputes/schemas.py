"""Disputes on the wire."""

from marshmallow import Schema, fields, validate

from facilities.capacity.amounts import MOST_FEN
from facilities.capacity.lifecycle import Party
from facilities.production.machines.after_use.schemas import FileOut, MoneyOfferOut
from facilities.production.machines.disputes.rules import DisputeState, Reason
from facilities.production.machines.schemas import fen, whole
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, following, instant, string, text


class NewDispute(Schema):
    """What is wrong, and what one side wants from the other for it."""

    reason = fields.Enum(Reason, by_value=True, required=True)
    text = text(2000, "What has happened", required=True)
    claimed_fen = whole(
        1,
        MOST_FEN,
        "For a customer what is to be given back, for an owner what is to be paid more; in fen",
        required=True,
    )


class Statement(Schema):
    """What one side says."""

    text = text(2000, required=True)


class Settlement(Schema):
    """An offer to settle."""

    amount_fen = fen("For whoever has opened the dispute", required=True)
    text = fields.String(load_default="", validate=validate.Length(max=400))


class Decision(Schema):
    """What the park decides, and why."""

    amount_fen = fen("For whoever has opened the dispute", required=True)
    reason = text(2000, "Both sides read it", required=True)


class DisputeListArgs(PageArgs):
    """Filters of the list of disputes."""

    running = fields.Boolean(
        load_default=None, metadata={"description": "Only those that are open, or only those that are over"}
    )


class DisputeSummary(Answer):
    """A dispute in a list."""

    id = fields.UUID(required=True)
    booking_id = fields.UUID(required=True)
    machine_name = bilingual()
    customer = string("Unified social credit code")
    customer_name = string()
    owner = string("Unified social credit code")
    owner_name = string()
    opened_by = fields.Enum(Party, by_value=True, required=True)
    reason = fields.Enum(Reason, by_value=True, required=True)
    reason_name = bilingual()
    claimed_fen = fields.Integer(required=True)
    state = fields.Enum(DisputeState, by_value=True, required=True)
    state_name = bilingual()
    opened_at = instant()
    answer_by = instant("From then on it may be decided without the other side's answer")
    closed_at = instant(null=True)
    amount_fen = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "What whoever has opened it gets by the settlement or the decision"},
    )


class DisputePage(Answer):
    """A page of disputes, the one opened last first."""

    items = fields.List(fields.Nested(DisputeSummary), required=True)
    next = following()


class EvidenceOut(Answer):
    """Something said, or a file handed in."""

    number = fields.Integer(required=True)
    by = fields.Enum(Party, by_value=True, required=True)
    text = string(null=True)
    file = fields.Nested(FileOut, required=True, allow_none=True)
    made_at = instant()


class DisputeOut(DisputeSummary):
    """A dispute with everything said and handed in."""

    text = string()
    starts_at = instant("Beginning of the booking")
    ends_at = instant("End of the booking")
    paid_fen = fields.Integer(
        required=True, metadata={"description": "What the customer has paid so far and not got back"}
    )
    evidence = fields.List(fields.Nested(EvidenceOut), required=True)
    next_number = fields.Integer(
        required=True, metadata={"description": "The number of the next file that is handed in"}
    )
    offers = fields.List(fields.Nested(MoneyOfferOut), required=True)
    decision = string("Why the park has decided so", null=True)
    sides = fields.List(
        fields.Enum(Party, by_value=True),
        required=True,
        metadata={"description": "On which sides the reader stands"},
    )
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What the reader may do with it now"}
    )

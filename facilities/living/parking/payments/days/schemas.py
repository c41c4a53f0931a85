"""The accounts of a day on the wire."""

from marshmallow import Schema, fields

from facilities.living.parking.payments.model import DifferenceKind
from shared.http.schemas import Answer, bilingual, chosen_day, day, instant, string, text


class ParkingDayArgs(Schema):
    """Of which day."""

    on = chosen_day("A day of the park (Asia/Shanghai); without it today")


class ParkingDayBody(Schema):
    """Which day's accounts are to be made."""

    on = chosen_day("A day of the park (Asia/Shanghai)", required=True)


class ParkingSettlement(Schema):
    """How a difference was cleared up."""

    note = text(400, required=True)


class ParkingSums(Answer):
    """How many transactions there are, and what they come to."""

    received = fields.Integer(required=True)
    received_fen = fields.Integer(required=True)
    refunds = fields.Integer(required=True)
    refunded_fen = fields.Integer(required=True)


class ParkingAccountOut(Answer):
    """The account of a day with one provider, or of cash."""

    provider = string("`cash` for cash")
    provider_name = bilingual()
    made_at = instant("When both accounts were compared; null while they have not been", null=True)
    ours = fields.Nested(ParkingSums, required=True)
    theirs = fields.Nested(
        ParkingSums,
        required=True,
        allow_none=True,
        metadata={"description": "The provider's own; null of cash, and while it was not asked"},
    )


class ParkingDifferenceOut(Answer):
    """Something to be cleared up with a provider."""

    id = fields.UUID(required=True)
    provider = string()
    provider_name = bilingual()
    reference = string("By which the provider knows the transaction")
    kind = fields.Enum(DifferenceKind, by_value=True, required=True)
    kind_name = bilingual()
    ours_fen = fields.Integer(required=True, allow_none=True)
    theirs_fen = fields.Integer(required=True, allow_none=True)
    found_at = instant()
    settled_at = instant(null=True)
    settled_by = string()
    note = string()


class ParkingReconciliationOut(Answer):
    """All accounts of a day and what was found."""

    lot_id = fields.UUID(required=True)
    on = day()
    accounts = fields.List(fields.Nested(ParkingAccountOut), required=True)
    differences = fields.List(fields.Nested(ParkingDifferenceOut), required=True)
    open = fields.Integer(
        required=True, metadata={"description": "Differences of all days that nobody has settled"}
    )

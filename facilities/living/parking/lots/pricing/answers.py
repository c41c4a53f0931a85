"""What is answered about tariffs and what a stay would cost."""

from marshmallow import fields

from facilities.living.parking.tariffs.fees import Kind
from facilities.living.parking.tariffs.tariff import Restart, Window
from facilities.living.parking.vehicles import Exemption, VehicleClass
from shared.http.schemas import Answer, bilingual, day, string


class BlockOut(Answer):
    """A length of time and what it costs."""

    minutes = fields.Integer(required=True)
    fen = fields.Integer(required=True)


class TariffBandOut(Answer):
    """Hours of the day with a unit of their own."""

    name = bilingual()
    since = string()
    until = string()
    unit = fields.Nested(BlockOut, required=True)
    cap_fen = fields.Integer(required=True, allow_none=True)
    weekdays = fields.List(fields.Integer(), required=True)


class TariffPeriodOut(Answer):
    """Periods of a stay with their caps."""

    window = fields.Enum(Window, by_value=True, required=True)
    caps_fen = fields.List(fields.Integer(), required=True)
    restart = fields.Enum(Restart, by_value=True, required=True)
    shared = fields.Boolean(required=True)


class RateOut(Answer):
    """What some classes of vehicles pay."""

    classes = fields.List(fields.Enum(VehicleClass, by_value=True), required=True)
    unit = fields.Nested(BlockOut, required=True)
    free_minutes = fields.Integer(required=True)
    free_included = fields.Boolean(required=True)
    first = fields.Nested(BlockOut, required=True, allow_none=True)
    bands = fields.List(fields.Nested(TariffBandOut), required=True)
    period = fields.Nested(TariffPeriodOut, required=True, allow_none=True)
    lost_entry_fen = fields.Integer(required=True, allow_none=True)
    monthly_fen = fields.Integer(required=True, allow_none=True)


class OverstayOut(Answer):
    """What standing on at a charging point costs."""

    unit = fields.Nested(BlockOut, required=True)
    free_minutes = fields.Integer(required=True)
    cap_fen = fields.Integer(required=True, allow_none=True)


class TariffShape(Answer):
    """What parking costs, in the form in which it is entered."""

    name = bilingual()
    rates = fields.List(fields.Nested(RateOut), required=True)
    exempt = fields.List(fields.Enum(Exemption, by_value=True), required=True)
    nev_discount_bp = fields.Integer(required=True)
    merge_minutes = fields.Integer(required=True)
    grace_minutes = fields.Integer(required=True)
    overstay = fields.Nested(OverstayOut, required=True, allow_none=True)


class TariffOut(TariffShape):
    """A version of what parking costs."""

    number = fields.Integer(required=True)
    effective_on = day("Stays that begin on this day or later")


class TariffList(Answer):
    """Every version of what parking costs, the latest first."""

    items = fields.List(fields.Nested(TariffOut), required=True)


class PublishedTariff(Answer):
    """A tariff that a car park has published."""

    key = string()
    source = string("Where it stands")
    words = string("What the source says, in short")
    tariff = fields.Nested(TariffShape, required=True)


class PublishedTariffs(Answer):
    """Tariffs to begin with."""

    items = fields.List(fields.Nested(PublishedTariff), required=True)


class TriedLineOut(Answer):
    """One line of a fee: what it is for, and how much."""

    kind = fields.Enum(Kind, by_value=True, required=True)
    what = bilingual()
    amount_fen = fields.Integer(required=True, metadata={"description": "Negative for what comes off"})
    quantity = fields.Integer(required=True)
    coupon = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Which of the coupons, counted from 0"}
    )


class TriedFee(Answer):
    """What a stay would cost, line by line: the lines are all of it."""

    tariff = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Number of the version; null of a draft"}
    )
    tariff_name = bilingual()
    minutes = fields.Integer(required=True, metadata={"description": "How long it stays"})
    total_fen = fields.Integer(required=True)
    lines = fields.List(fields.Nested(TriedLineOut), required=True)

"""What is said of a tariff, and of a stay that somebody wants to try it out on."""

from marshmallow import Schema, fields, validate

from facilities.capacity.amounts import MOST_FEN, WHOLE_BP
from facilities.living.parking.lots.schemas import NameBody, wall, whole
from facilities.living.parking.tariffs.checking import DAY_MINUTES, MOST_BANDS, MOST_CAPS
from facilities.living.parking.tariffs.tariff import ALL_WEEK, Restart, Window
from facilities.living.parking.vehicles import Exemption, VehicleClass

MOST_COUPONS = 20


def fen(said: str = "", *, required: bool = False) -> fields.Integer:
    """An amount in fen; null unless it is required."""
    more = {"required": True} if required else {"load_default": None, "allow_none": True}
    return whole(0, MOST_FEN, f"{said}, in fen" if said else "In fen", **more)


class BlockBody(Schema):
    """A length of time and what it costs; begun it costs as much as whole."""

    minutes = whole(1, DAY_MINUTES, required=True)
    fen = fen(required=True)


class TariffBandBody(Schema):
    """Hours of the day with a unit of their own; an end that is not later is the next day's."""

    name = fields.Nested(NameBody, required=True)
    since = wall(required=True)
    until = wall(required=True)
    unit = fields.Nested(BlockBody, required=True)
    cap_fen = fen("All units of these hours cost this at most each time they come round")
    weekdays = fields.List(
        whole(1, 7),
        load_default=lambda: sorted(ALL_WEEK),
        validate=validate.Length(min=1, max=7),
        metadata={"description": "On which they begin; 1 is Monday"},
    )


class TariffPeriodBody(Schema):
    """Periods of a stay with their caps."""

    window = fields.Enum(Window, by_value=True, required=True)
    caps_fen = fields.List(
        whole(0, MOST_FEN),
        load_default=list,
        validate=validate.Length(max=MOST_CAPS),
        metadata={"description": "Of the first period, the second …; the last one holds for all that follow"},
    )
    restart = fields.Enum(
        Restart,
        by_value=True,
        load_default=Restart.NOTHING,
        metadata={"description": "What begins anew with each period"},
    )
    shared = fields.Boolean(
        load_default=False,
        metadata={"description": "Whether all stays of a plate on a calendar day have one cap together"},
    )


class RateBody(Schema):
    """What some classes of vehicles pay; amounts in fen."""

    classes = fields.List(
        fields.Enum(VehicleClass, by_value=True),
        required=True,
        validate=validate.Length(min=1, max=len(VehicleClass)),
    )
    unit = fields.Nested(BlockBody, required=True, metadata={"description": "Of the hours that no band has"})
    free_minutes = whole(0, DAY_MINUTES, load_default=0)
    free_included = fields.Boolean(
        load_default=False,
        metadata={"description": "Whether the free time is charged as well once it is exceeded"},
    )
    first = fields.Nested(
        BlockBody,
        load_default=None,
        allow_none=True,
        metadata={"description": "What the time after the beginning of charging costs before units begin"},
    )
    bands = fields.List(
        fields.Nested(TariffBandBody), load_default=list, validate=validate.Length(max=MOST_BANDS)
    )
    period = fields.Nested(TariffPeriodBody, load_default=None, allow_none=True)
    lost_entry_fen = fen("What is charged when nobody knows when the car came; null: the first cap")
    monthly_fen = fen("What a pass for a month costs; null: none is sold")


class OverstayBody(Schema):
    """What standing on at a charging point costs once the car is charged; on top of what parking costs."""

    unit = fields.Nested(BlockBody, required=True)
    free_minutes = whole(
        0, DAY_MINUTES, "So long after the end of charging the bay may still be taken", load_default=0
    )
    cap_fen = fen("What one time of charging brings at most")


class TariffBody(Schema):
    """What parking costs."""

    name = fields.Nested(NameBody, required=True)
    rates = fields.List(
        fields.Nested(RateBody), required=True, validate=validate.Length(min=1, max=len(VehicleClass))
    )
    exempt = fields.List(
        fields.Enum(Exemption, by_value=True),
        load_default=list,
        validate=validate.Length(max=len(Exemption)),
        metadata={"description": "Which vehicles park free"},
    )
    nev_discount_bp = whole(
        0, WHOLE_BP, "The share that new-energy vehicles are spared, in basis points", load_default=0
    )
    merge_minutes = whole(
        0, DAY_MINUTES, "Who comes back within this time goes on with the same stay", load_default=0
    )
    grace_minutes = whole(0, DAY_MINUTES, "How long one has to leave after paying", load_default=15)
    overstay = fields.Nested(
        OverstayBody,
        load_default=None,
        allow_none=True,
        metadata={"description": "What those pay who stand on at a charging point; null: nothing"},
    )


class NewTariff(TariffBody):
    """Another version of what parking costs."""

    effective_on = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "For stays that begin on that day or later; null: from today"},
    )


class TriedCoupon(Schema):
    """A coupon that is tried: minutes or an amount, one of them."""

    name = fields.Nested(NameBody, required=True)
    minutes = whole(1, DAY_MINUTES, load_default=None, allow_none=True)
    fen = whole(1, MOST_FEN, "In fen", load_default=None, allow_none=True)


class TriedCharging(Schema):
    """A time at a charging point that is tried."""

    bay = fields.String(load_default="1", validate=validate.Length(min=1, max=16))
    ended_at = fields.AwareDateTime(required=True, metadata={"description": "When the car was charged"})
    freed_at = fields.AwareDateTime(
        load_default=None,
        allow_none=True,
        metadata={"description": "When the bay was free again; null: when the car left"},
    )


class TryBody(Schema):
    """A stay to try a tariff out on."""

    vehicle = fields.Enum(VehicleClass, by_value=True, required=True)
    entered_at = fields.AwareDateTime(required=True)
    left_at = fields.AwareDateTime(required=True)
    exemption = fields.Enum(Exemption, by_value=True, load_default=None, allow_none=True)
    coupons = fields.List(
        fields.Nested(TriedCoupon), load_default=list, validate=validate.Length(max=MOST_COUPONS)
    )
    charging = fields.List(
        fields.Nested(TriedCharging), load_default=list, validate=validate.Length(max=MOST_COUPONS)
    )


class TryTariff(TryBody):
    """A tariff that is no car park's yet, and a stay to try it out on."""

    tariff = fields.Nested(TariffBody, required=True)


class TryLotTariff(TryBody):
    """A stay to try the tariff of a car park out on."""

    day = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "The version in force on that day; null: on the day of the entry"},
    )

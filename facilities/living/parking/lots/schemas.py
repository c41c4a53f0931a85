"""What is said of car parks by those who run them."""

from typing import Any

from marshmallow import Schema, fields, validate

from facilities.living.parking.gates.model import ListingKind
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.lots.model import AT_LANES, DeviceKind, ZoneKind
from facilities.living.parking.vehicles import Exemption
from shared.http.paging import PageArgs
from shared.http.schemas import shaped, text

MOST_BAYS = 100_000
MONTH_MIN = 31 * 24 * 60


def whole(least: int, most: int, said: str = "", **more: Any) -> fields.Integer:
    """A whole number within limits."""
    return fields.Integer(
        strict=True,
        validate=validate.Range(min=least, max=most),
        metadata={"description": said} if said else {},
        **more,
    )


def wall(said: str = "", **more: Any) -> fields.String:
    """A time by the wall, in Asia/Shanghai."""
    return fields.String(
        validate=shaped(r"^([01][0-9]|2[0-3]):[0-5][0-9]$"),
        metadata={"description": said or "`HH:MM`"},
        **more,
    )


def _code(said: str) -> fields.String:
    return fields.String(
        required=True, validate=shaped(r"^[A-Za-z0-9][A-Za-z0-9-]{0,15}$"), metadata={"description": said}
    )


def device_code() -> fields.String:
    """By which a device is known in all of the park."""
    return fields.String(
        required=True,
        validate=shaped(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$"),
        metadata={"description": "By which it says who it is; one a device of the park"},
    )


class Nothing(Schema):
    """A verb that needs no more said."""


class NameBody(Schema):
    """A name in both languages."""

    zh = text(120, required=True)
    en = text(120, required=True)


class HoursBody(Schema):
    """Open on a weekday from when until when (wall times of the park); an end not later is the next day's."""

    weekday = whole(1, 7, "1 is Monday", required=True)
    since = wall(required=True)
    until = wall(required=True)


class ReservationRulesBody(Schema):
    """By which rules a bay is reserved; times in minutes."""

    notice_min = whole(0, 30 * 1440, "To be reserved so long ahead at least", load_default=0)
    horizon_days = whole(1, 365, "To be reserved so many days ahead at most", load_default=14)
    shortest_min = whole(30, MONTH_MIN, "Reserved for so long at least", load_default=30)
    longest_min = whole(30, MONTH_MIN, "Reserved for so long at most", load_default=1440)
    start_grid_min = fields.Integer(
        strict=True,
        load_default=30,
        validate=validate.OneOf([30, 60, 120, 240]),
        metadata={"description": "Beginnings are multiples of this since midnight"},
    )
    most_open = whole(
        1, 1000, "Reservations that one customer may have open at a time", load_default=3, allow_none=True
    )
    no_show_min = whole(
        5,
        1440,
        "Let go so long after the beginning unless the car has come; null: never",
        load_default=None,
        allow_none=True,
    )


class LotBody(Schema):
    """A car park as its sign at the entrance has it, and by which rules one may come in."""

    name = fields.Nested(NameBody, required=True)
    place = text(120, "Where it is", required=True)
    operator_name = text(120, "Who runs it", required=True)
    complaint_phone = fields.String(
        required=True,
        validate=shaped(r"^[+]?[0-9][0-9 -]{2,30}$"),
        metadata={"description": "Where to complain"},
    )
    hours = fields.List(
        fields.Nested(HoursBody),
        required=True,
        validate=validate.Length(max=42),
        metadata={"description": "None: open always"},
    )
    drive_in = fields.Boolean(
        required=True,
        metadata={"description": "Whether those may come in who have no pass, reservation or quota"},
    )
    early_min = whole(
        0, 1440, "So many minutes before a reservation begins its car may come in", load_default=30
    )
    rules = fields.Nested(ReservationRulesBody, required=True)


class NewLot(LotBody):
    """A car park to be set up."""

    code = _code("By which the park's people know it; one a car park")


class ZoneBody(Schema):
    """What may change of a zone."""

    name = fields.Nested(NameBody, required=True)
    capacity = whole(1, MOST_BAYS, "How many cars it holds", required=True)


class NewZone(ZoneBody):
    """A zone: bays that can stand for one another."""

    code = _code("One a zone of the car park")
    kind = fields.Enum(ZoneKind, by_value=True, required=True)


class NewBays(Schema):
    """Bays with numbers in a row."""

    prefix = fields.String(
        load_default="",
        validate=shaped(r"^[A-Za-z0-9-]{0,8}$"),
        metadata={"description": "Stands before each number"},
    )
    first = whole(0, 999_999, "The first number", required=True)
    last = whole(0, 999_999, "The last number", required=True)
    digits = whole(1, 6, "Numbers have so many digits at least, zeros before them", load_default=1)
    accessible = fields.Boolean(load_default=False, metadata={"description": "Kept for disabled people"})


class FarBody(Schema):
    """How far a zone is from a lane."""

    zone_id = fields.UUID(required=True)
    metres = whole(0, 100_000, required=True)


class LaneBody(Schema):
    """What may change of a lane."""

    name = fields.Nested(NameBody, required=True)
    metres = fields.List(
        fields.Nested(FarBody),
        required=True,
        validate=validate.Length(max=100),
        metadata={"description": "How far the zones are: cars are sent to the nearest one with a free bay"},
    )


class NewLane(LaneBody):
    """A way in or out."""

    code = _code("One a lane of the car park")
    direction = fields.Enum(Direction, by_value=True, required=True)


class NewDevice(Schema):
    """A camera or a barrier at a lane."""

    code = device_code()
    kind = fields.Enum(DeviceKind, by_value=True, required=True, validate=validate.OneOf(AT_LANES))


class NewListing(Schema):
    """A vehicle that may not come in, or that parks free."""

    plate = text(20, "Its number plate, as it stands on it", required=True)
    kind = fields.Enum(ListingKind, by_value=True, required=True)
    exemption = fields.Enum(
        Exemption,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "Why it parks free; null of one that may not come in"},
    )
    why = text(200, "For the people of the park", required=True)


class ListingArgs(PageArgs):
    """Filters of the lists of vehicles."""

    kind = fields.Enum(
        ListingKind, by_value=True, load_default=None, metadata={"description": "Only those of this list"}
    )
    plate = fields.String(
        load_default=None,
        validate=validate.Length(min=2, max=20),
        metadata={"description": "A part of the plate; all of it where plates are starred"},
    )

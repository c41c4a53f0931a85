"""What is asked about machines and said of them by their owners."""

from typing import Any

from marshmallow import Schema, fields, validate

from facilities.capacity.amounts import MOST_FEN, Rounding
from facilities.capacity.tariff import Operator, Unit
from facilities.production.machines.model import MachineState
from shared.http.paging import PageArgs
from shared.http.schemas import shaped, text

_TIME = shaped(r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
_MONTH_MIN = 31 * 24 * 60
MOST_UNITS = 1000


def whole(least: int, most: int, said: str = "", **more: Any) -> fields.Integer:
    """A whole number within limits."""
    return fields.Integer(
        strict=True,
        validate=validate.Range(min=least, max=most),
        metadata={"description": said} if said else {},
        **more,
    )


def number(least: int, most: int, said: str) -> fields.Integer:
    """A whole number in a query, where everything is text; None when it is not given."""
    return fields.Integer(
        load_default=None, validate=validate.Range(min=least, max=most), metadata={"description": said}
    )


def fen(said: str, **more: Any) -> fields.Integer:
    """An amount in fen."""
    return whole(0, MOST_FEN, f"{said}, in fen", **more)


class Nothing(Schema):
    """A verb that needs no more said."""


class NameBody(Schema):
    """A name in both languages."""

    zh = text(120, required=True)
    en = text(120, required=True)


class TravelBody(Schema):
    """How far the machine reaches, in mm; null where it says nothing."""

    x = whole(1, 1_000_000, required=True, allow_none=True)
    y = whole(1, 1_000_000, required=True, allow_none=True)
    z = whole(1, 1_000_000, required=True, allow_none=True)


class HoursBody(Schema):
    """Open on a weekday from when until when (wall times of the park); an end not later is the next day's."""

    weekday = whole(1, 7, "1 is Monday", required=True)
    since = fields.String(required=True, validate=_TIME)
    until = fields.String(required=True, validate=_TIME)


class RulesBody(Schema):
    """By which rules it is booked; times in minutes."""

    notice_min = whole(0, 90 * 1440, "To be booked so long ahead at least", load_default=0)
    horizon_days = whole(1, 365, "To be booked so many days ahead at most", load_default=60)
    shortest_min = whole(5, _MONTH_MIN, "Booked for so long at least", load_default=60)
    longest_min = whole(5, _MONTH_MIN, "Booked for so long at most", load_default=720)
    start_grid_min = fields.Integer(
        strict=True,
        load_default=30,
        validate=validate.OneOf([15, 30, 60, 120, 240, 480, 1440]),
        metadata={"description": "Beginnings are multiples of this since midnight; 1440: whole days"},
    )
    before_min = whole(0, 480, "Kept free before", load_default=0)
    set_up_min = whole(0, 480, "Set-up before the beginning", load_default=0)
    after_min = whole(0, 480, "Kept free after the end", load_default=0)
    needs_approval = fields.Boolean(load_default=False)
    most_open = whole(
        1, 1000, "Bookings that one firm may have open at a time", load_default=None, allow_none=True
    )
    most_hours_day = whole(1, 24_000, "Machine hours of one firm a day", load_default=None, allow_none=True)
    most_hours_week = whole(
        1, 168_000, "Machine hours of one firm a week, from Monday", load_default=None, allow_none=True
    )
    most_hours_month = whole(
        1, 744_000, "Machine hours of one firm a month", load_default=None, allow_none=True
    )
    no_show_min = whole(
        5,
        1440,
        "Let go, as not shown up, so long after the beginning unless the use has begun; null: never",
        load_default=None,
        allow_none=True,
    )


class TierBody(Schema):
    """What comes back with at least so much notice."""

    hours = whole(0, 24 * 366, required=True)
    price_percent = whole(0, 100, required=True)
    deposit_percent = whole(0, 100, load_default=100)


class CancellationBody(Schema):
    """What a cancellation by the customer gives back; the tier with most notice comes first."""

    tiers = fields.List(fields.Nested(TierBody), required=True, validate=validate.Length(max=12))
    late_deposit_percent = whole(0, 100, "Of the deposit, below the last tier", load_default=100)
    no_show_deposit_percent = whole(0, 100, load_default=100)
    no_show_fee_fen = fen("To be paid by whoever does not come", load_default=0)


class BandBody(Schema):
    """Hours of the week that cost more."""

    name = fields.Nested(NameBody, required=True)
    weekdays = fields.List(whole(1, 7), required=True, validate=validate.Length(min=1, max=7))
    since = fields.String(required=True, validate=_TIME)
    until = fields.String(required=True, validate=_TIME)
    surcharge_percent = whole(0, 1000, required=True)


class OvertimeBody(Schema):
    """What running over the booked end costs."""

    hour_fen = fen("An hour", required=True)
    grace_min = whole(0, 1440, "So long over the end costs nothing", load_default=0)
    steps = whole(1, 60, "Equal parts of an hour in which it counts", load_default=4)


class PriceBody(Schema):
    """What it costs: each unit of time, piece or batch, and what comes with it. For each machine."""

    unit = fields.Enum(Unit, by_value=True, required=True)
    unit_fen = fen("A unit", required=True)
    shift_min = whole(1, 1440, "Length of a shift in minutes", load_default=480)
    steps = whole(1, 60, "Equal parts of a unit of time in which it is billed", load_default=1)
    rounding = fields.Enum(Rounding, by_value=True, load_default=Rounding.UP)
    bands = fields.List(fields.Nested(BandBody), load_default=list, validate=validate.Length(max=10))
    minimum_order = whole(1, 1_000_000, "Pieces or batches at least", load_default=1)
    operator_fen = fen("A unit, for an operator who is chosen", load_default=0)
    set_up_fen = fen("Once", load_default=0)
    minimum_fen = fen("A booking costs this at least", load_default=0)
    deposit_fen = fen("Given back after the use", load_default=0)
    overtime = fields.Nested(OvertimeBody, load_default=None, allow_none=True)
    early_percent = whole(0, 100, "Of what was not used, given back for an early end", load_default=0)


class MachineBody(Schema):
    """A machine as its owner describes it."""

    name = fields.Nested(NameBody, required=True)
    note = fields.String(load_default="", validate=validate.Length(max=2000))
    process = text(32, "By the list of codes", required=True)
    materials = fields.List(text(32), required=True, validate=validate.Length(max=30))
    accuracy_um = whole(1, 1_000_000, "Micrometres", load_default=None, allow_none=True)
    travel_mm = fields.Nested(TravelBody, load_default=None, allow_none=True)
    place = text(120, "Where it stands", required=True)
    units = whole(1, MOST_UNITS, "How many alike there are", load_default=1)
    operator = fields.Enum(Operator, by_value=True, required=True)
    crew_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "Whose operators, where they are shared"}
    )
    confidentiality = text(32, "By the list of codes", required=True)
    qualification = text(200, "The document of its fitness", load_default=None, allow_none=True)
    qualified_until = fields.Date(
        load_default=None, allow_none=True, metadata={"description": "The last day on which that holds"}
    )
    hours = fields.List(
        fields.Nested(HoursBody),
        required=True,
        validate=validate.Length(max=42),
        metadata={"description": "None: open always"},
    )
    rules = fields.Nested(RulesBody, required=True)
    cancellation = fields.Nested(CancellationBody, required=True)


class NewMachine(MachineBody):
    """A machine to be listed for a firm, with its first price."""

    owner = text(18, "Unified social credit code of the firm", required=True)
    price = fields.Nested(PriceBody, required=True)


class NewPrice(PriceBody):
    """Another version of the price."""

    effective_on = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "For bookings that begin on that day or later; null: from today"},
    )


class NewClosure(Schema):
    """A time for which a machine is closed, or for which there are fewer."""

    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    capacity = whole(0, MOST_UNITS, "So many stay; 0 closes", load_default=0)
    reason = text(400, required=True)


class NewCrew(Schema):
    """Operators whom several machines share."""

    owner = text(18, "Unified social credit code of the firm", required=True)
    name = fields.Nested(NameBody, required=True)
    people = whole(1, MOST_UNITS, "Who can work at the same time", required=True)


class WishArgs(Schema):
    """A wish in a query."""

    starts_at = fields.AwareDateTime(
        load_default=None, metadata={"description": "Beginning; without it the earliest that the rules allow"}
    )
    ends_at = fields.AwareDateTime(
        load_default=None, metadata={"description": "End; without it after the shortest time"}
    )
    quantity = fields.Integer(
        load_default=1,
        validate=validate.Range(min=1, max=MOST_UNITS),
        metadata={"description": "Machines"},
    )
    with_operator = fields.Boolean(
        load_default=False, metadata={"description": "With an operator who is paid for"}
    )
    pieces = number(1, 1_000_000, "Pieces or batches")


class SearchArgs(PageArgs):
    """What a machine has to be able to do, and when."""

    process = fields.String(
        load_default=None,
        validate=validate.Length(max=32),
        metadata={"description": "A process by the list of codes"},
    )
    material = fields.String(
        load_default=None,
        validate=validate.Length(max=32),
        metadata={"description": "A material by the list of codes"},
    )
    accuracy_um = number(1, 1_000_000, "At least as accurate, in micrometres")
    travel_x_mm = number(1, 1_000_000, "Reaches at least so far")
    travel_y_mm = number(1, 1_000_000, "Reaches at least so far")
    travel_z_mm = number(1, 1_000_000, "Reaches at least so far")
    place = fields.String(
        load_default=None,
        validate=validate.Length(max=120),
        metadata={"description": "A part of where it stands"},
    )
    owner = fields.String(
        load_default=None,
        validate=validate.Length(max=18),
        metadata={"description": "Offered by this firm: its credit code, or how that begins"},
    )
    unit = fields.Enum(Unit, by_value=True, load_default=None, metadata={"description": "Priced by this"})
    max_fen = number(0, MOST_FEN, "At most so many fen: for the whole time where one is named, else a unit")
    starts_at = fields.AwareDateTime(
        load_default=None,
        metadata={"description": "Beginning; without it, where there is an end, the next full hour"},
    )
    ends_at = fields.AwareDateTime(
        load_default=None, metadata={"description": "End; without it an hour after the beginning"}
    )
    quantity = fields.Integer(
        load_default=1,
        validate=validate.Range(min=1, max=MOST_UNITS),
        metadata={"description": "Machines"},
    )
    with_operator = fields.Boolean(
        load_default=False, metadata={"description": "With an operator who is paid for"}
    )
    pieces = number(1, 1_000_000, "Pieces or batches")


class OwnArgs(PageArgs):
    """Filters of a firm's own machines."""

    state = fields.Enum(
        MachineState, by_value=True, load_default=None, metadata={"description": "Only those in this state"}
    )


class CalendarArgs(Schema):
    """Which days."""

    first = fields.Date(load_default=None, metadata={"description": "The first day; without it today"})
    days = fields.Integer(
        load_default=14,
        validate=validate.Range(min=1, max=62),
        metadata={"description": "How many days"},
    )

"""What is answered about machines."""

from marshmallow import fields

from facilities.capacity.amounts import Rounding
from facilities.capacity.tariff import Operator, Unit
from facilities.production.machines.model import MachineState
from shared.http.schemas import Answer, TextSchema, bilingual, day, following, instant, string


class CodeOut(Answer):
    """One entry of a list of codes."""

    code = string()
    name = bilingual()
    source = string("Who says so")


class CodesOut(Answer):
    """The lists by which machines are described."""

    processes = fields.List(fields.Nested(CodeOut), required=True)
    materials = fields.List(fields.Nested(CodeOut), required=True)
    confidentiality = fields.List(fields.Nested(CodeOut), required=True)


class NamedCode(Answer):
    """A code with its name."""

    code = string()
    name = bilingual()


class TravelOut(Answer):
    """How far it reaches, in mm."""

    x = fields.Integer(required=True, allow_none=True)
    y = fields.Integer(required=True, allow_none=True)
    z = fields.Integer(required=True, allow_none=True)


class HoursOut(Answer):
    """Opening hours."""

    weekday = fields.Integer(required=True)
    since = string()
    until = string()


class RulesOut(Answer):
    """By which rules it is booked."""

    notice_min = fields.Integer(required=True)
    horizon_days = fields.Integer(required=True)
    shortest_min = fields.Integer(required=True)
    longest_min = fields.Integer(required=True)
    start_grid_min = fields.Integer(required=True)
    before_min = fields.Integer(required=True)
    set_up_min = fields.Integer(required=True)
    after_min = fields.Integer(required=True)
    needs_approval = fields.Boolean(required=True)
    most_open = fields.Integer(required=True, allow_none=True)
    most_hours_day = fields.Integer(required=True, allow_none=True)
    most_hours_week = fields.Integer(required=True, allow_none=True)
    most_hours_month = fields.Integer(required=True, allow_none=True)
    no_show_min = fields.Integer(required=True, allow_none=True)


class TierOut(Answer):
    """A tier of the cancellation rules."""

    hours = fields.Integer(required=True)
    price_percent = fields.Integer(required=True)
    deposit_percent = fields.Integer(required=True)


class CancellationOut(Answer):
    """The cancellation rules."""

    tiers = fields.List(fields.Nested(TierOut), required=True)
    late_deposit_percent = fields.Integer(required=True)
    no_show_deposit_percent = fields.Integer(required=True)
    no_show_fee_fen = fields.Integer(required=True)


class BandOut(Answer):
    """Hours of the week that cost more."""

    name = fields.Nested(TextSchema, required=True)
    weekdays = fields.List(fields.Integer(), required=True)
    since = string()
    until = string()
    surcharge_percent = fields.Integer(required=True)


class OvertimeOut(Answer):
    """What running over the end costs."""

    hour_fen = fields.Integer(required=True)
    grace_min = fields.Integer(required=True)
    steps = fields.Integer(required=True)


class PriceOut(Answer):
    """A version of the price."""

    number = fields.Integer(required=True)
    effective_on = day("Bookings that begin on this day or later")
    unit = fields.Enum(Unit, by_value=True, required=True)
    unit_name = bilingual()
    unit_fen = fields.Integer(required=True)
    shift_min = fields.Integer(required=True)
    steps = fields.Integer(required=True)
    rounding = fields.Enum(Rounding, by_value=True, required=True)
    bands = fields.List(fields.Nested(BandOut), required=True)
    minimum_order = fields.Integer(required=True)
    operator_fen = fields.Integer(required=True)
    set_up_fen = fields.Integer(required=True)
    minimum_fen = fields.Integer(required=True)
    deposit_fen = fields.Integer(required=True)
    overtime = fields.Nested(OvertimeOut, required=True, allow_none=True)
    early_percent = fields.Integer(required=True)


class PriceList(Answer):
    """Every version of a price, the latest first."""

    items = fields.List(fields.Nested(PriceOut), required=True)


class FirmRatingOut(Answer):
    """What a firm has been given by those who lent it machines or borrowed its own."""

    count = fields.Integer(required=True)
    average = fields.Float(
        required=True, allow_none=True, metadata={"description": "Of 5, to one decimal; null without any"}
    )


class MachineOut(Answer):
    """A machine as it is offered."""

    id = fields.UUID(required=True)
    owner = string("Unified social credit code")
    owner_name = string()
    owner_rating = fields.Nested(FirmRatingOut, required=True)
    name = bilingual()
    note = string()
    process = fields.Nested(NamedCode, required=True)
    materials = fields.List(fields.Nested(NamedCode), required=True)
    accuracy_um = fields.Integer(required=True, allow_none=True)
    travel_mm = fields.Nested(TravelOut, required=True)
    place = string()
    units = fields.Integer(required=True)
    operator = fields.Enum(Operator, by_value=True, required=True)
    crew_id = fields.UUID(required=True, allow_none=True)
    confidentiality = fields.Nested(NamedCode, required=True)
    qualification = string(null=True)
    qualified_until = day(null=True)
    hours = fields.List(fields.Nested(HoursOut), required=True)
    rules = fields.Nested(RulesOut, required=True)
    cancellation = fields.Nested(CancellationOut, required=True)
    price = fields.Nested(
        PriceOut, required=True, allow_none=True, metadata={"description": "The one in force now"}
    )
    state = fields.Enum(MachineState, by_value=True, required=True)
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What the reader may do with it now"}
    )


class MachinePage(Answer):
    """A page of a firm's machines, the one listed last first."""

    items = fields.List(fields.Nested(MachineOut), required=True)
    next = following()


class HitOut(MachineOut):
    """A machine that was found."""

    available = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "Whether it could be booked as wished; null without a time"},
    )
    free = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Machines free all through the time"}
    )
    quote_fen = fields.Integer(
        required=True, allow_none=True, metadata={"description": "What the wish costs, without the deposit"}
    )


class HitPage(Answer):
    """A page of machines: those that could be booked first, then the cheaper ones."""

    items = fields.List(fields.Nested(HitOut), required=True)
    next = following()


class FreeOut(Answer):
    """A time over which machines are free."""

    starts_at = instant()
    ends_at = instant()
    free = fields.Integer(required=True)


class DayOut(Answer):
    """What is free on one day."""

    day = day()
    free = fields.List(fields.Nested(FreeOut), required=True)


class CalendarOut(Answer):
    """What is free of a machine, day by day."""

    days = fields.List(fields.Nested(DayOut), required=True)


class LineOut(Answer):
    """One line of a price."""

    kind = string()
    what = bilingual()
    quantity = string("With up to four decimals")
    unit = bilingual()
    unit_price_fen = fields.Integer(required=True)
    amount_fen = fields.Integer(required=True)


class OfferOut(Answer):
    """What a cancellation would give back until when."""

    until = instant("Null: from then on", null=True)
    price_back_fen = fields.Integer(required=True)
    deposit_back_fen = fields.Integer(required=True)
    fee_fen = fields.Integer(
        required=True, metadata={"description": "Kept of both, or owed, by whoever has not come"}
    )


class BrokenOut(Answer):
    """A rule that the wish breaks."""

    pointer = string()
    code = string()
    message = bilingual()


class AlternativeOut(Answer):
    """Another time at which it would fit."""

    kind = string("`earlier`, `later`, `shorter` or `other_day`")
    starts_at = instant()
    ends_at = instant()


class QuoteOut(Answer):
    """What a wish would cost, whether it can be booked, and what else would fit."""

    bookable = fields.Boolean(required=True)
    free = fields.Integer(required=True)
    broken = fields.List(fields.Nested(BrokenOut), required=True)
    alternatives = fields.List(fields.Nested(AlternativeOut), required=True)
    lines = fields.List(fields.Nested(LineOut), required=True)
    total_fen = fields.Integer(required=True, allow_none=True)
    deposit_fen = fields.Integer(required=True, allow_none=True)
    cancellation = fields.List(fields.Nested(OfferOut), required=True)
    needs_approval = fields.Boolean(required=True)


class ClosureOut(Answer):
    """A time for which a machine is closed, or for which there are fewer."""

    id = fields.UUID(required=True)
    starts_at = instant()
    ends_at = instant()
    capacity = fields.Integer(required=True)
    reason = string()


class ClosureList(Answer):
    """The closures that are not over."""

    items = fields.List(fields.Nested(ClosureOut), required=True)


class CrewOut(Answer):
    """Operators whom several machines share."""

    id = fields.UUID(required=True)
    owner = string()
    name = bilingual()
    people = fields.Integer(required=True)


class CrewList(Answer):
    """The crews of the reader's firms."""

    items = fields.List(fields.Nested(CrewOut), required=True)

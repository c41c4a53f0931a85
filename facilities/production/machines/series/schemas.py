"""Recurring bookings of machines on the wire."""

from marshmallow import Schema, fields, validate

from facilities.capacity.lifecycle import Party, State
from facilities.capacity.recurring.changing import Scope
from facilities.capacity.recurring.commands import Mode
from facilities.capacity.recurring.planning import Outlook
from facilities.production.machines.answers import AlternativeOut, BrokenOut
from facilities.production.machines.bookings.schemas import Hold, Side
from facilities.production.machines.schemas import MOST_UNITS, number, whole
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, following, instant, shaped, string, text

_RULE = "How it recurs, by RFC 5545: by day, week or month, and with an end"
_EXAMPLE = "FREQ=WEEKLY;COUNT=8"
_WALL = "Wall time of the park by which the series knows it"


def wall(said: str = _WALL, **more: object) -> fields.NaiveDateTime:
    """A wall time that names an occurrence."""
    return fields.NaiveDateTime(
        metadata={"description": said, "example": "2026-12-01T09:00:00"},
        **more,  # type: ignore[arg-type]
    )


class SeriesArgs(Schema):
    """A recurring wish in a query."""

    starts_at = fields.AwareDateTime(
        load_default=None,
        metadata={"description": "Beginning of the first one; without it the earliest by the rules"},
    )
    ends_at = fields.AwareDateTime(
        load_default=None,
        metadata={"description": "End of the first one; without it after the shortest time"},
    )
    rule = fields.String(
        load_default=_EXAMPLE,
        validate=validate.Length(min=1, max=500),
        metadata={"description": f"{_RULE}; without it eight weeks"},
    )
    quantity = fields.Integer(
        load_default=1,
        validate=validate.Range(min=1, max=MOST_UNITS),
        metadata={"description": "Machines"},
    )
    with_operator = fields.Boolean(
        load_default=False, metadata={"description": "With an operator who is paid for"}
    )
    pieces = number(1, 1_000_000, "Pieces or batches of each")


class BookSeries(Hold):
    """What is to be booked again and again, and for which firm; the times are those of the first one."""

    rule = fields.String(
        required=True,
        validate=validate.Length(min=1, max=500),
        metadata={"description": _RULE, "example": _EXAMPLE},
    )
    skipped = fields.List(
        wall("Wall time of one that is left out"), load_default=list, validate=validate.Length(max=100)
    )
    mode = fields.Enum(
        Mode,
        by_value=True,
        load_default=Mode.ALL,
        metadata={"description": "`all`: all or nothing; `skip`: without those that cannot be had"},
    )


class PartArgs(Schema):
    """A part of a series in a query."""

    scope = fields.Enum(
        Scope,
        by_value=True,
        load_default=Scope.ALL,
        metadata={"description": "`this`, that one and those `following`, or `all` that have not begun"},
    )
    occurrence = wall(load_default=None)


class Part(Schema):
    """A part of a series."""

    scope = fields.Enum(
        Scope,
        by_value=True,
        required=True,
        metadata={"description": "`this`, that one and those `following`, or `all` that have not begun"},
    )
    occurrence = wall(load_default=None, allow_none=True)


class CancelPart(Part):
    """Which part is given up, and why if one wants to say."""

    reason = fields.String(load_default="", validate=validate.Length(max=400))


class ChangePart(Part):
    """Which part is wanted at another time of day, for another length, or of another quantity."""

    since = fields.String(
        required=True,
        validate=shaped(r"^([01][0-9]|2[0-3]):[0-5][0-9]$"),
        metadata={"description": "Time of day by the wall clock of the park", "example": "09:00"},
    )
    length_min = whole(5, 31 * 24 * 60, "For so many minutes", required=True)
    quantity = whole(1, MOST_UNITS, "Machines", load_default=1)
    mode = fields.Enum(
        Mode,
        by_value=True,
        load_default=Mode.ALL,
        metadata={"description": "`all`: all or nothing; `skip`: what cannot be had keeps its old time"},
    )


class SeriesListArgs(PageArgs):
    """Filters of the list of series."""

    side = fields.Enum(
        Side,
        by_value=True,
        load_default=None,
        metadata={
            "description": "What your firms have booked (`customer`), or others of theirs (`provider`)"
        },
    )


class PlannedOut(Answer):
    """What would become of an occurrence."""

    occurrence = string(_WALL)
    starts_at = instant()
    ends_at = instant()
    outlook = fields.Enum(
        Outlook,
        by_value=True,
        required=True,
        metadata={"description": "`later`: beyond the horizon; it is booked when it no longer is"},
    )
    reasons = fields.List(fields.Nested(BrokenOut), required=True)
    alternatives = fields.List(fields.Nested(AlternativeOut), required=True)
    price_fen = fields.Integer(required=True, allow_none=True)
    deposit_fen = fields.Integer(required=True, allow_none=True)


class SeriesQuoteOut(Answer):
    """What would become of each occurrence, and what those that are free would cost."""

    rule = string("As it was understood")
    free = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    later = fields.Integer(required=True)
    total_fen = fields.Integer(required=True, metadata={"description": "Of those that are free"})
    deposit_fen = fields.Integer(required=True, metadata={"description": "Of those that are free"})
    needs_approval = fields.Boolean(required=True)
    horizon_days = fields.Integer(required=True)
    occurrences = fields.List(fields.Nested(PlannedOut), required=True)


class OccurrenceOut(Answer):
    """An occurrence of a series and what has become of it."""

    occurrence = string(_WALL)
    starts_at = instant()
    ends_at = instant()
    outcome = fields.String(
        required=True,
        validate=validate.OneOf(["booked", "refused", "later"]),
        metadata={"description": "`refused` has reasons; `later` is booked once the horizon reaches it"},
    )
    booking_id = fields.UUID(required=True, allow_none=True)
    state = fields.Enum(State, by_value=True, required=True, allow_none=True)
    state_name = bilingual(null=True)
    price_fen = fields.Integer(required=True, allow_none=True)
    reasons = fields.List(fields.Nested(BrokenOut), required=True)
    ahead = fields.Boolean(
        required=True, metadata={"description": "Whether it has not begun and can be given up or changed"}
    )


class SeriesSummary(Answer):
    """A series in a list."""

    id = fields.UUID(required=True)
    machine_id = fields.UUID(required=True)
    machine_name = bilingual()
    customer = string("Unified social credit code")
    customer_name = string()
    owner = string("Unified social credit code")
    owner_name = string()
    rule = string("By RFC 5545")
    first = string("Wall time of the first one")
    length_min = fields.Integer(required=True)
    quantity = fields.Integer(required=True)
    ended = fields.Boolean(required=True, metadata={"description": "Whether nothing more is booked for it"})
    created_at = instant()


class SeriesPage(Answer):
    """A page of series, the one made last first."""

    items = fields.List(fields.Nested(SeriesSummary), required=True)
    next = following()


class SeriesOut(SeriesSummary):
    """A series with its occurrences."""

    purpose = string()
    with_operator = fields.Boolean(required=True)
    pieces = fields.Integer(required=True, allow_none=True)
    split_from = fields.UUID(
        required=True, allow_none=True, metadata={"description": "The series of which it was a part"}
    )
    occurrences = fields.List(fields.Nested(OccurrenceOut), required=True)
    price_fen = fields.Integer(
        required=True, metadata={"description": "Of the bookings that have not come to an untimely end"}
    )
    balance_fen = fields.Integer(
        required=True, metadata={"description": "Sum of all lines of its bookings: what the customer owes"}
    )
    sides = fields.List(
        fields.Enum(Party, by_value=True),
        required=True,
        metadata={"description": "On which sides the reader stands"},
    )
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What the reader may do with it now"}
    )


class RefusedOut(Answer):
    """An occurrence that could not be had."""

    occurrence = string(_WALL)
    starts_at = instant()
    ends_at = instant()
    reasons = fields.List(fields.Nested(BrokenOut), required=True)


class SeriesDone(SeriesOut):
    """A series after a step that may have left some of it out."""

    refused = fields.List(
        fields.Nested(RefusedOut), required=True, metadata={"description": "What could not be had, and why"}
    )


class PartRefund(Answer):
    """What would come back of one occurrence."""

    occurrence = string(_WALL)
    booking_id = fields.UUID(required=True)
    starts_at = instant()
    ends_at = instant()
    refund_fen = fields.Integer(required=True)


class PartRefunds(Answer):
    """What would come back if the reader gave up that part now."""

    by = fields.Enum(Party, by_value=True, required=True)
    refund_fen = fields.Integer(required=True)
    items = fields.List(fields.Nested(PartRefund), required=True)


class RejectSeries(Schema):
    """Why."""

    reason = text(400, required=True)

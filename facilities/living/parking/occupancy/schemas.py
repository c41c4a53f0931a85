"""Occupancy on the wire."""

from marshmallow import Schema, fields, validate

from facilities.living.parking.lots.model import ZoneKind
from shared.http.schemas import Answer, bilingual, chosen_day, day, instant


class ZoneOccupancy(Answer):
    """How full a zone is."""

    id = fields.UUID(required=True)
    name = bilingual()
    kind = fields.String(required=True, validate=validate.OneOf([each.value for each in ZoneKind]))
    capacity = fields.Integer(required=True)
    taken = fields.Integer(
        required=True, metadata={"description": "By reservations, passes and quotas, and by cars without any"}
    )
    inside = fields.Integer(
        required=True,
        metadata={"description": "Cars that are inside: unknown ones among them, those that are doubted not"},
    )
    free = fields.Integer(required=True, metadata={"description": "For cars without a right of their own"})
    unknown_ = fields.Integer(
        data_key="unknown",
        attribute="unknown",
        metadata={"description": "Cars of which no entry is known, by the last count; for operators"},
    )
    doubted = fields.Integer(
        metadata={"description": "Open stays of cars that are gone, by the last count; for operators"}
    )
    counted_at = fields.AwareDateTime(
        allow_none=True,
        metadata={"description": "When the cars were counted last; null: never; for operators"},
    )


class OccupancyOut(Answer):
    """How full a car park is now."""

    lot_id = fields.UUID(required=True)
    at = instant()
    capacity = fields.Integer(required=True)
    taken = fields.Integer(required=True)
    inside = fields.Integer(required=True)
    free = fields.Integer(required=True)
    zones = fields.List(fields.Nested(ZoneOccupancy), required=True)


class HistoryArgs(Schema):
    """Of which day."""

    on = chosen_day("A day of the park; today without it")


class HourOut(Answer):
    """The fullest moment of an hour."""

    starts_at = instant()
    taken = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Null while the hour lies ahead"}
    )
    capacity = fields.Integer(required=True)


class ZoneHistory(Answer):
    """The hours of a zone."""

    id = fields.UUID(required=True)
    name = bilingual()
    hours = fields.List(fields.Nested(HourOut), required=True)


class HistoryOut(Answer):
    """How full a car park was, hour by hour."""

    lot_id = fields.UUID(required=True)
    on = day()
    zones = fields.List(fields.Nested(ZoneHistory), required=True)


class CountCars(Schema):
    """How many cars somebody has counted in a zone."""

    cars = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=0),
        metadata={"description": "At most ten times the bays of the zone"},
    )


class CarsCounted(Answer):
    """What a count has come to: counted are the known and the unknown ones, less those that are doubted."""

    zone_id = fields.UUID(required=True)
    counted = fields.Integer(required=True)
    known = fields.Integer(
        required=True, metadata={"description": "Cars with an open stay there, on a right or not"}
    )
    unknown_ = fields.Integer(
        required=True,
        data_key="unknown",
        attribute="unknown",
        metadata={"description": "Beyond the known ones: they take room from now on"},
    )
    doubted = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "Plates and tickets of known cars that are gone by all appearance, the one that "
            "came first first: they take no room from now on, and leave like any other should they turn up"
        },
    )


class StockTake(Schema):
    """What really stands in the car park."""

    plates = fields.List(
        fields.String(validate=validate.Length(min=1, max=32)),
        required=True,
        validate=validate.Length(max=2000),
        metadata={"description": "Plates or tickets of all cars that are there; none: it is empty"},
    )


class StockTaken(Answer):
    """What was put right."""

    gone = fields.List(
        fields.String(), required=True, metadata={"description": "Not there: they must have left before"}
    )
    found = fields.List(
        fields.String(), required=True, metadata={"description": "There, not known: entered from now on"}
    )
    right = fields.Integer(required=True, metadata={"description": "How many were there as known"})

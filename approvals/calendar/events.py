"""What the calendar says: a year with its whole public state, whenever a notice comes into force."""

from functools import cache

from marshmallow import Schema, fields, validate

from approvals.calendar.model import CalendarNotice
from approvals.cases.event_data import TextField
from shared.messaging.contracts import EventContract
from shared.text import Text


class DayField(Schema):
    """A day that departs from the plain week."""

    date = fields.Date(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["off", "work"]))
    name = fields.Nested(TextField, required=True)


class SourceField(Schema):
    """The notice that the year follows."""

    title = fields.Nested(TextField, required=True)
    document = fields.String(required=True)
    published_on = fields.Date(required=True)
    url = fields.String(required=True)


class CalendarData(Schema):
    """A year of the working calendar: all days not listed follow the plain week."""

    year = fields.Integer(required=True)
    standing = fields.String(required=True, validate=validate.OneOf(["official", "provisional"]))
    source = fields.Nested(SourceField, required=True)
    days = fields.List(fields.Nested(DayField), required=True)


@cache
def calendar_published(service: str) -> EventContract:
    """The contract of the event by which `service` announces a year."""
    return EventContract(
        type=f"yuanban.{service}.calendar.published.v1",
        schema=CalendarData,
        meaning=Text("年度放假安排已生效", "The holiday arrangement of a year came into force"),
        subscribers_optional=True,
    )


def public_state(notice: CalendarNotice) -> dict[str, object]:
    """The year as it is by its notice in force."""
    return {
        "year": notice.year,
        "standing": "official",
        "source": {
            "title": notice.title,
            "document": notice.document,
            "published_on": notice.published_on,
            "url": notice.url,
        },
        "days": [{"date": row.day, "kind": row.kind, "name": row.name} for row in notice.days],
    }

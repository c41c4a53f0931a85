"""The history of a case on the wire."""

from marshmallow import Schema, fields, validate

from approvals.cases.clock.facts import Unit
from approvals.cases.clock.ledger import ClockKind
from approvals.cases.clock.reading import ClockState, Light
from approvals.cases.lifecycle import ENTRIES
from approvals.documents.slips import SlipKind
from shared.http.schemas import day, instant, string, text


class TimelineEntry(Schema):
    """One thing that has happened to the case."""

    code = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "National event code (1–15); null for an entry of the platform's own"},
    )
    key = fields.String(required=True, validate=validate.OneOf(sorted(ENTRIES)))
    name = text()
    at = instant("When it was recorded")
    effective_on = day("From which day it counts, which may lie before")
    actor = text("The office that acted, never a person's name")
    detail = text("What there is to say about it", null=True)


class Timeline(Schema):
    """What has happened to the case, oldest first."""

    items = fields.List(fields.Nested(TimelineEntry), required=True)


class ClockLimit(Schema):
    """A time limit as the law or the promise words it."""

    n = fields.Integer(required=True)
    unit = fields.Enum(Unit, by_value=True, required=True)
    text = text()
    verified = fields.Boolean(required=True, metadata={"description": "Whether its source was checked"})


class ClockLine(Schema):
    """One line of the explanation of a date."""

    on = day(null=True)
    text = text()


class ClockOut(Schema):
    """One clock of the case, and why its date is what it is."""

    kind = fields.Enum(ClockKind, by_value=True, required=True)
    name = text()
    round = fields.Integer(required=True, metadata={"description": "Counts intake clocks of one case"})
    limit = fields.Nested(ClockLimit, required=True)
    start_on = day()
    due_on = day(null=True)
    state = fields.Enum(ClockState, by_value=True, required=True)
    light = fields.Enum(Light, by_value=True, required=True)
    provisional = fields.Boolean(
        required=True, metadata={"description": "Counted over a year without an official calendar"}
    )
    lines = fields.List(fields.Nested(ClockLine), required=True)


class DeadlineOut(Schema):
    """Every clock of a case."""

    due_on = day("The date by which an answer is due now", null=True)
    light = fields.Enum(Light, by_value=True, required=True)
    provisional = fields.Boolean(required=True)
    clocks = fields.List(fields.Nested(ClockOut), required=True)


class SlipOut(Schema):
    """An official slip (文书)."""

    id = fields.UUID(required=True)
    number = string(example="示范市监受字〔2026〕1号")
    kind = fields.Enum(SlipKind, by_value=True, required=True)
    name = text()
    issued_at = instant()
    url = string("Where the PDF is")


class SlipList(Schema):
    """The official slips issued on the case, oldest first."""

    items = fields.List(fields.Nested(SlipOut), required=True)

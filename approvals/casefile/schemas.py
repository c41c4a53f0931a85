"""The history of a case on the wire."""

from marshmallow import fields, validate

from approvals.cases.clock import ClockKind
from approvals.cases.clock.facts import Unit
from approvals.cases.clock.reading import ClockState, Light
from approvals.cases.lifecycle import ENTRIES
from approvals.documents.slips import SlipKind
from shared.http.schemas import Answer, bilingual, day, instant, string


class TimelineEntry(Answer):
    """One thing that has happened to the case."""

    code = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "National event code (1–15); null for an entry of the platform's own"},
    )
    key = fields.String(required=True, validate=validate.OneOf(sorted(ENTRIES)))
    name = bilingual()
    at = instant("When it was recorded")
    effective_on = day("From which day it counts, which may lie before")
    actor = bilingual("The office that acted, never a person's name")
    detail = bilingual("What there is to say about it", null=True)


class Timeline(Answer):
    """What has happened to the case, oldest first."""

    items = fields.List(fields.Nested(TimelineEntry), required=True)


class ClockLimit(Answer):
    """A time limit as the law or the promise words it."""

    n = fields.Integer(required=True)
    unit = fields.Enum(Unit, by_value=True, required=True)
    text = bilingual()
    verified = fields.Boolean(required=True, metadata={"description": "Whether its source was checked"})


class ClockLine(Answer):
    """One line of the explanation of a date."""

    on = day(null=True)
    text = bilingual()


class ClockOut(Answer):
    """One clock of the case, and why its date is what it is."""

    kind = fields.Enum(ClockKind, by_value=True, required=True)
    name = bilingual()
    round = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Counts the intake clocks of a case; null of others"},
    )
    stage = string("Which stage's clock it is; null of others. For officials only", null=True)
    limit = fields.Nested(ClockLimit, required=True)
    start_on = day()
    due_on = day(null=True)
    due_at = instant("The instant, where the limit is in hours", null=True)
    state = fields.Enum(ClockState, by_value=True, required=True)
    light = fields.Enum(Light, by_value=True, required=True)
    provisional = fields.Boolean(
        required=True, metadata={"description": "Counted over a year without an official calendar"}
    )
    lines = fields.List(fields.Nested(ClockLine), required=True)


class DeadlineOut(Answer):
    """Every clock of a case."""

    due_on = day("The date by which an answer is due now", null=True)
    due_at = instant("The instant, where the limit is in hours", null=True)
    light = fields.Enum(Light, by_value=True, required=True)
    provisional = fields.Boolean(required=True)
    clocks = fields.List(fields.Nested(ClockOut), required=True)


class SlipOut(Answer):
    """An official slip (文书)."""

    id = fields.UUID(required=True)
    number = string(example="示范市监受字〔2026〕1号")
    kind = fields.Enum(SlipKind, by_value=True, required=True)
    name = bilingual()
    issued_at = instant()
    url = string("Where the PDF is")


class SlipList(Answer):
    """The official slips issued on the case, oldest first."""

    items = fields.List(fields.Nested(SlipOut), required=True)

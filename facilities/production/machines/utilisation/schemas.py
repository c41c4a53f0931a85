"""Utilisation on the wire."""

from marshmallow import Schema, fields, validate

from facilities.production.machines.utilisation.figures import By
from shared.http.schemas import Answer, bilingual, day, string
from shared.text import LANGUAGES


class UtilisationArgs(Schema):
    """Which machine, which days, how they are cut."""

    machine_id = fields.UUID(
        load_default=None, metadata={"description": "One of the firm's machines; without it all"}
    )
    since = fields.Date(
        load_default=None, metadata={"description": "The first day; without it four weeks back"}
    )
    until = fields.Date(
        load_default=None, metadata={"description": "The last day, a year later at most; without it today"}
    )
    by = fields.Enum(By, by_value=True, load_default=By.DAY, metadata={"description": "How long a period is"})


class UtilisationCsvArgs(UtilisationArgs):
    """The same, and in which language."""

    language = fields.String(
        load_default="zh",
        validate=validate.OneOf(LANGUAGES),
        metadata={"description": "The language of the head"},
    )


def _minutes(said: str) -> fields.Integer:
    return fields.Integer(required=True, metadata={"description": f"Machine-minutes {said}"})


class FiguresOut(Answer):
    """What became of machines' time."""

    open_min = _minutes("that the rules have open today")
    closed_min = _minutes("outside opening hours, or closed")
    booked_min = _minutes("booked")
    used_min = _minutes("that the run log says")
    overtime_min = _minutes("run beyond the end of the booking")
    idle_min = _minutes("open and not booked")


class PeriodOut(FiguresOut):
    """Of all machines, in one period."""

    first = day()
    last = day()


class MachineFiguresOut(FiguresOut):
    """Of one machine, on the whole."""

    machine_id = fields.UUID(required=True)
    name = bilingual()
    units = fields.Integer(required=True)


class UtilisationOut(Answer):
    """How the time of a firm's machines was spent."""

    firm = string("Unified social credit code")
    since = day()
    until = day()
    by = fields.Enum(By, by_value=True, required=True)
    machines = fields.List(fields.Nested(MachineFiguresOut), required=True)
    periods = fields.List(fields.Nested(PeriodOut), required=True)
    total = fields.Nested(FiguresOut, required=True)

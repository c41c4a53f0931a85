"""Public notices (公示) on the wire, as lists of them and case files name them."""

from marshmallow import fields, validate

from shared.http.schemas import Answer, bilingual, day, instant, string


class NoticeItem(Answer):
    """The item that the notice is about."""

    code = string()
    slug = string()
    name = bilingual()


class NoticeDepartment(Answer):
    """The body that is responsible."""

    code = string("Unified social credit code")
    name = bilingual()


class NoticeSummary(Answer):
    """A public notice as a line of a list."""

    id = fields.UUID(required=True)
    kind = string("As items name it", example="simple-deregistration")
    timing = fields.String(required=True, validate=validate.OneOf(["before_filing", "before_decision"]))
    name = bilingual()
    number = string("The number of its sheet")
    item = fields.Nested(NoticeItem, required=True)
    department = fields.Nested(NoticeDepartment, required=True)
    subject_name = string("What it is about: the name of the company")
    state = fields.String(required=True, validate=validate.OneOf(["running", "ended", "stopped"]))
    state_name = bilingual()
    published_on = day("This day is not counted")
    last_on = day("The last day on which one can object")
    provisional = fields.Boolean(
        required=True, metadata={"description": "`last_on` lies beyond the calendars that are published"}
    )
    file_until = day("The last day for the application, where the notice comes before it", null=True)
    file_provisional = fields.Boolean(
        required=True, metadata={"description": "`file_until` lies beyond the calendars that are published"}
    )
    ended_on = day("Its last day, or the day on which it was stopped", null=True)
    stop_reason = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(["objection", "withdrawn", "case_ended"])
    )
    objected = fields.Boolean(required=True, metadata={"description": "Somebody has objected"})


class ObjectionSaid(Answer):
    """That somebody objects, and as what; neither who nor why."""

    standing = fields.String(required=True, validate=validate.OneOf(["authority", "creditor", "interested"]))
    standing_name = bilingual()
    lodged_at = instant()


class CaseNotice(NoticeSummary):
    """The latest public notice on the case."""

    advice = bilingual("What the applicant can do after an objection that ends the case", null=True)
    objections = fields.List(fields.Nested(ObjectionSaid), required=True)

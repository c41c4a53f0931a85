"""Credit records on the wire."""

from marshmallow import Schema, fields, validate

from approvals.credit.model import CreditCause
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, day, following, instant, string


class CreditListArgs(PageArgs):
    """Filters of the list."""

    q = fields.String(
        load_default=None,
        validate=validate.Length(max=100),
        metadata={"description": "Part of the subject's name or credit code"},
    )
    standing = fields.String(
        load_default=None,
        validate=validate.OneOf(["active", "repaired"]),
        metadata={"description": "Only records that stand, or that were repaired"},
    )


class EnterCredit(Schema):
    """A record that was made elsewhere; its subject is named by exactly one of the first two."""

    uscc = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=18),
        metadata={"description": "Credit code of the organisation", "example": "91990101MA0DEM013U"},
    )
    case_number = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=50),
        metadata={"description": "Number of a case whose applicant is the subject"},
    )
    name = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata={"description": "Name of the organisation, for screens"},
    )
    source = fields.String(
        required=True,
        validate=validate.Length(max=200),
        metadata={"description": "The list or the decision that says so"},
    )
    reason = fields.String(required=True, validate=validate.Length(max=1000))
    since = fields.Date(
        load_default=None, allow_none=True, metadata={"description": "From which day it stands; else today"}
    )


class RepairCredit(Schema):
    """Why the credit counts as repaired."""

    reason = fields.String(required=True, validate=validate.Length(max=1000))


class CreditRecordOut(Answer):
    """A credit record (失信记录)."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata={"description": "What If-Match names"})
    uscc = string("Credit code, of an organisation", null=True)
    subject_name = string("How the subject is named; may be empty")
    cause = fields.Enum(CreditCause, by_value=True, required=True)
    cause_name = bilingual()
    case_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "The case whose promise was broken"}
    )
    source = string()
    reason = string()
    since = day("From which day it stands")
    entered_at = instant()
    entered_by = string("Who entered it; not told to the subject", null=True)
    repaired_on = day("Since when it keeps from nothing any more", null=True)
    repaired_by = string("Who repaired it; not told to the subject", null=True)
    repair_reason = string(null=True)
    actions = fields.List(fields.String(validate=validate.OneOf(["repair"])), required=True)


class CreditPage(Answer):
    """A page of credit records."""

    items = fields.List(fields.Nested(CreditRecordOut), required=True)
    next = following()

"""What clients send and get about explanations of missed limits."""

from marshmallow import Schema, fields, validate

from approvals.cases.clock import ClockKind
from approvals.cases.schemas import ItemRef
from shared.http.schemas import Answer, bilingual, day, following, instant, string


class ExplainOverdue(Schema):
    """Why the answer is late, and by when it is expected."""

    reason = fields.String(
        required=True,
        validate=validate.Length(max=1000),
        metadata={
            "description": "Published as it is: name no person and no company",
            "example": "申请量集中，正在调配人员加紧办理",
        },
    )
    expected_on = fields.Date(
        required=True,
        metadata={
            "description": "The day by which the answer is expected, after today",
            "example": "2026-12-04",
        },
    )


class DepartmentOut(Answer):
    """The implementing body."""

    code = string()
    name = bilingual()


class PublishedExplanation(Answer):
    """Why an answer is late, as anybody may read it; whose application it is, it does not say."""

    id = fields.UUID(required=True)
    item = fields.Nested(ItemRef, required=True)
    department = fields.Nested(DepartmentOut, required=True)
    case_number = string("Case number (18 digits)")
    missed = fields.Enum(ClockKind, by_value=True, required=True)
    due_on = day("The day on which that limit ended")
    days_over = fields.Integer(required=True, metadata={"description": "Working days since then"})
    reason = string()
    expected_on = day("The day by which the answer is expected now")
    explained_at = instant()


class ExplanationPage(Answer):
    """A page of them, the newest first."""

    items = fields.List(fields.Nested(PublishedExplanation), required=True)
    next = following()

"""What a check has found, on the wire."""

from marshmallow import Schema, fields, validate

from approvals.cases.schemas import YesNo


class RecordCheck(Schema):
    """What the check of a promise has found."""

    fulfilled = YesNo(required=True, metadata={"description": "Whether the promise is kept"})
    findings = fields.String(
        required=True,
        validate=validate.Length(max=2000),
        metadata={"description": "What was found; the holder is told", "example": "现场与承诺一致"},
    )
    correct_by = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "Of a first check that failed: the last day to correct"},
    )

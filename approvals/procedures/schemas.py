"""What clients send about special procedures."""

from marshmallow import Schema, fields, validate

from approvals.procedures.model import DEFAULT_BASIS, ProcedureKind

MOST_DAYS = 500
"""A longer time needed is a slip of the pen; no law says how long a procedure may take."""


class StartProcedure(Schema):
    """Which procedure, why, and how long it will take."""

    kind = fields.Enum(ProcedureKind, by_value=True, required=True)
    reason = fields.String(
        required=True,
        validate=validate.Length(max=1000),
        metadata={"description": "Why it is needed; the applicant reads it", "example": "涉及危险化学品"},
    )
    expected_days = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=MOST_DAYS),
        metadata={"description": "Working days that it will take, as the applicant is told", "example": 10},
    )
    legal_basis = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata={"description": f"The provision that asks for it; without one {DEFAULT_BASIS.zh}"},
    )


class EndProcedure(Schema):
    """Which procedure is over, and since when."""

    kind = fields.Enum(
        ProcedureKind,
        by_value=True,
        required=True,
        metadata={"description": "Of each kind one procedure runs at most"},
    )
    ended_on = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "The day on which it ended: not before its start, today without one"},
    )

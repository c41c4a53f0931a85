"""The port's words as JSON and back (docs/handover.md): for adapter, callback and simulator."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from approvals.handovers.port import Document, Filing, Point, Procedure, Report, Step, StepKind
from approvals.procedures.model import ProcedureKind
from shared.http.schemas import Answer

MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png")
MOST_STEPS = 200
MOST_BYTES = 20 * 1024 * 1024
"""Of one document."""


class WireError(ValueError):
    """What came does not keep to the protocol; names the fields, repeats no content."""


class PointSchema(Answer):
    """One thing that has to be corrected."""

    target = fields.String(required=True, validate=validate.Length(1, 200))
    requirement = fields.String(required=True, validate=validate.Length(1, 500))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Point:
        """As the port words it."""
        return Point(**data)


class ProcedureSchema(Answer):
    """A special procedure that has started or ended."""

    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in ProcedureKind]))
    expected_days = fields.Integer(load_default=1, strict=True, validate=validate.Range(1, 500))
    legal_basis = fields.String(load_default="", validate=validate.Length(max=200))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Procedure:
        """As the port words it."""
        return Procedure(**data)


class DocumentSchema(Answer):
    """A document that the authority has issued."""

    id = fields.String(required=True, validate=validate.Regexp(r"\A[0-9A-Za-z._-]{1,64}\Z"))
    name = fields.String(required=True, validate=validate.Length(1, 160))
    media_type = fields.String(required=True, validate=validate.OneOf(MEDIA_TYPES))
    size = fields.Integer(required=True, strict=True, validate=validate.Range(1, MOST_BYTES))
    sha256 = fields.String(required=True, validate=validate.Regexp(r"\A[0-9a-f]{64}\Z"))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Document:
        """As the port words it."""
        return Document(**data)


class StepSchema(Answer):
    """One step of the authority's procedure."""

    number = fields.Integer(required=True, strict=True, validate=validate.Range(1, MOST_STEPS))
    kind = fields.Enum(StepKind, by_value=True, required=True)
    effective_on = fields.Date(required=True)
    text = fields.String(load_default="", validate=validate.Length(max=1000))
    points = fields.List(fields.Nested(PointSchema), load_default=list, validate=validate.Length(max=100))
    procedure = fields.Nested(ProcedureSchema, load_default=None, allow_none=True)
    documents = fields.List(
        fields.Nested(DocumentSchema), load_default=list, validate=validate.Length(max=20)
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Step:
        """As the port words it."""
        lists = {key: tuple(data[key]) for key in ("points", "documents")}
        return Step(**{**data, **lists})


class ReportSchema(Schema):
    """Every step of one hand-over so far; whatever else a later version adds is not looked at."""

    reference = fields.String(required=True, validate=validate.Length(1, 64))
    steps = fields.List(fields.Nested(StepSchema), required=True, validate=validate.Length(max=MOST_STEPS))


def read_report(data: Any) -> Report:
    """The report in a JSON document; WireError when it does not keep to the protocol."""
    try:
        loaded = ReportSchema(unknown="exclude").load(data)
    except ValidationError as error:
        raise WireError(f"fields at fault: {sorted(map(str, error.messages_dict))}") from error
    return report_of(loaded)


def report_of(loaded: Mapping[str, Any]) -> Report:
    """What the schema has loaded, as a report."""
    return Report(loaded["reference"], tuple(sorted(loaded["steps"], key=lambda step: step.number)))


def write_report(report: Report) -> dict[str, Any]:
    """The report as JSON."""
    written: dict[str, Any] = ReportSchema().dump(report)
    return written


def write_filing(filing: Filing) -> dict[str, Any]:
    """What is handed over, as JSON; materials are named by their digest and sent beside it."""
    return {
        **filing.facts,
        "materials": [
            {
                "code": file.code,
                "file_name": file.name,
                "media_type": file.media_type,
                "size": file.size,
                "sha256": file.sha256,
            }
            for file in filing.files
        ],
    }

"""Opinions and decisions as the case file shows them."""

from marshmallow import fields, validate

from shared.http.schemas import Answer, bilingual, day, instant, string


class CheckedPoint(Answer):
    """One point of the check list, as the reviewer answered it."""

    key = string()
    result = fields.String(required=True, validate=validate.OneOf(["pass", "fail", "na"]))
    note = string()


class InspectionOut(Answer):
    """The check on the spot: who was there, when, and what they found."""

    on = day()
    inspectors = fields.List(fields.String(), required=True)
    findings = string()


class SeenMaterial(Answer):
    """A paper as it was when the opinion was given."""

    code = string()
    name = bilingual()
    version = fields.Integer(required=True)


class SeenOut(Answer):
    """What an opinion is bound to: the versions that its author saw."""

    materials = fields.List(fields.Nested(SeenMaterial), required=True)
    answers_changed = fields.Boolean(
        required=True, metadata={"description": "The answers are others now than those that were seen"}
    )
    materials_changed = fields.List(
        fields.String(), required=True, metadata={"description": "Codes of the papers that are others now"}
    )


class OpinionOut(Answer):
    """A reviewer's opinion."""

    kind = fields.String(required=True, validate=validate.Equal("review"))
    conclusion = fields.String(required=True, validate=validate.OneOf(["approve", "reject"]))
    conclusion_name = bilingual()
    text = string()
    official = string()
    at = instant()
    checks = fields.List(fields.Nested(CheckedPoint), required=True)
    inspection = fields.Nested(
        InspectionOut,
        required=True,
        allow_none=True,
        metadata={"description": "The check on the spot, of an item that demands one"},
    )
    case_version = fields.Integer(required=True, metadata={"description": "The version that was read"})
    department = string("Credit code of the department that gave it")
    department_name = bilingual()
    stage = string("Key of the stage; null where the item names no examiners", null=True)
    stage_name = bilingual(null=True)
    seen = fields.Nested(SeenOut, required=True)


class DecisionOut(Answer):
    """The decision."""

    granted = fields.Boolean(required=True)
    reason = string(null=True)
    decided_at = instant()
    official = string()
    remedies = bilingual("How a refusal may be contested", null=True)

"""What clients send about cases, and what they get."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from approvals.cases.lifecycle import ALLOWED, State
from approvals.cases.notice_schemas import CaseNotice
from approvals.cases.time_schemas import (
    DeliveryOut,
    Due,
    ExtensionOut,
    FundingOut,
    OverdueOut,
    ProcedureOut,
    StageOut,
)
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, TextSchema, bilingual, day, following, instant, string

EXAMPLE_ID = "01939f6e-3a4b-7c21-9d5e-8f0a1b2c3d4e"
PLACES: dict[str, tuple[str, Any]] = {
    "case_id": ("The id of the case", EXAMPLE_ID),
    "slip_id": ("The id of the slip", EXAMPLE_ID),
    "task_id": ("The id of the task", EXAMPLE_ID),
    "code": ("The code of the material, as the item lists it", "articles"),
    "number": ("The number of the page, from 1", 1),
}
"""What the placeholders in paths mean: description and example."""


class YesNo(fields.Boolean):
    """true or false and nothing like it: 1 is no declaration."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class StartCase(Schema):
    """Open a draft."""

    item_code = fields.String(required=True, validate=validate.Length(min=1, max=50))
    on_behalf_of = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=18))


class Sections(fields.Dict):
    """Sections by name; what is wrong with one is said at the section, not at marshmallow's `value`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call] # of marshmallow
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            said = {name: each.get("value") or each["key"] for name, each in error.messages.items()}
            raise ValidationError(said) from error


class SaveAnswers(Schema):
    """Sections of the form, raw as typed; each named section is replaced whole."""

    answers = Sections(keys=fields.String(), values=fields.Dict(), required=True)


class CheckArgs(Schema):
    """Which section to check; the whole application without it."""

    section = fields.String(
        load_default=None, metadata={"description": "Key of the section", "example": "company"}
    )


class Submit(Schema):
    """The applicant's declaration."""

    declaration = YesNo(required=True)


class PublishNotice(Schema):
    """That what is published is true and may be read by everybody."""

    declaration = YesNo(required=True)


class Withdraw(Schema):
    """Why the application is taken back."""

    reason = fields.String(load_default="", validate=validate.Length(max=500))


class Nothing(Schema):
    """A verb without further information."""


class Decline(Schema):
    """Refusing intake."""

    kind = fields.String(required=True, validate=validate.OneOf(["not_required", "refused"]))
    ground = fields.String(required=True, validate=validate.Length(max=60))
    reason = fields.String(required=True, validate=validate.Length(max=2000))


class CorrectionPoint(Schema):
    """One thing to correct."""

    target = fields.String(required=True, validate=validate.Length(min=1, max=200))
    requirement = fields.String(required=True, validate=validate.Length(max=500))


class RequestCorrection(Schema):
    """Everything to correct, once."""

    items = fields.List(fields.Nested(CorrectionPoint), required=True, validate=validate.Length(max=60))


class Decide(Schema):
    """The decision."""

    granted = YesNo(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=4000))
    amount_fen = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(min=1, max=10**15),
        metadata={
            "description": "What is granted of funds, in fen: at most what was asked for, with reasons if "
            "less; without it all that was asked for"
        },
    )


class CaseListArgs(PageArgs):
    """Filters of the list of cases."""

    state = fields.String(
        load_default=None,
        validate=validate.OneOf([state.value for state in State]),
        metadata={"description": "Only cases in this state"},
    )


class ItemRef(Answer):
    """The item a case is about."""

    code = string("Basic code and serial", example="00013112700401")
    slug = string(example="company-establishment")
    version = string("The version of the item that the case was filed under")
    name = bilingual()


class Person(Answer):
    """A person as named on screens."""

    id = fields.UUID(required=True)
    name = string()


class CaseSummary(Answer):
    """A case as a line of a list."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata={"description": "What If-Match names"})
    number = string("Case number (18 digits), from submission on", null=True)
    item = fields.Nested(ItemRef, required=True)
    state = fields.Enum(State, by_value=True, required=True)
    state_name = bilingual()
    applicant = fields.Nested(Person, required=True)
    on_behalf_of = string("Credit code of the organisation it is made for", null=True)
    subject_name = string("What the case is about: the name of the company", null=True)
    created_at = instant()
    submitted_at = instant(null=True)
    due = fields.Nested(Due, required=True, allow_none=True)
    resumes_on = day("While nothing is due for special procedures: when their end is expected", null=True)


class SectionStatus(Answer):
    """A section of the form and how far it is filled in."""

    key = string()
    title = bilingual()
    status = fields.String(required=True, validate=validate.OneOf(["not_started", "in_progress", "complete"]))


class Uploaded(Answer):
    """The file handed in for a material."""

    file_name = string()
    media_type = string(example="application/pdf")
    size = fields.Integer(required=True, metadata={"description": "bytes"})
    sha256 = string()
    pages = fields.Integer(required=True)
    version = fields.Integer(required=True)
    etag = string("What If-Match names to replace it or take it back", example='"1"')
    uploaded_at = instant()


class MaterialOut(Answer):
    """One material of the item and the file handed in for it."""

    code = string(example="articles")
    name = bilingual()
    necessity = fields.String(required=True, validate=validate.OneOf(["required", "optional", "conditional"]))
    required = fields.Boolean(required=True, metadata={"description": "Needed here, by the answers given"})
    uploaded = fields.Nested(Uploaded, required=True, allow_none=True)


class CorrectionItem(Answer):
    """One point of a correction notice."""

    target = string("JSON pointer of what is to be corrected", example="/materials/articles")
    label = bilingual()
    requirement = string()
    resolved = fields.Boolean(required=True, metadata={"description": "It has changed since the notice"})


class CorrectionOut(Answer):
    """The latest correction notice (一次性告知)."""

    round = fields.Integer(required=True)
    requested_at = instant()
    answered_at = instant(null=True)
    official = string("Who sent it")
    items = fields.List(fields.Nested(CorrectionItem), required=True)


class CheckedPoint(Answer):
    """One point of the check list, as the reviewer answered it."""

    key = string()
    result = fields.String(required=True, validate=validate.OneOf(["pass", "fail", "na"]))
    note = string()


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


class CertificateRef(Answer):
    """The certificate that a grant has issued."""

    id = string("Certificate identifier (GB/T 36904)")
    uscc = string("Unified social credit code of its holder (GB 32100)")
    holder = string()
    name = bilingual()
    number = string("As printed; empty where the credit code is the number")
    status = string("valid, revoked, cancelled, replaced or expired")
    issued_on = day()
    valid_until = day("The last day of its validity; null: no end", null=True)
    url = string("Where anybody can check it")
    pdf_url = string("Where those who see the case get the PDF")


class Renewal(Answer):
    """What another version of the item means for a draft that was begun before."""

    version = string("The version in force; null when nobody can apply now", null=True)
    effective_on = day("Its first day", null=True)
    note = bilingual("Its authors' words", null=True)
    changes = fields.List(
        fields.Nested(TextSchema),
        required=True,
        metadata={"description": "What differs from the version of the draft"},
    )
    losses = fields.List(
        fields.Nested(TextSchema),
        required=True,
        metadata={"description": "What of the draft it has no place for"},
    )


class CaseOut(CaseSummary):
    """The whole case file as this reader may see it."""

    query_code = string("With the number, what the applicant asks by; for the applicant only", null=True)
    accepted_at = instant(null=True)
    decided_at = instant("When the case ended, in whatever way", null=True)
    sections = fields.List(fields.Nested(SectionStatus), required=True)
    answers = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String()),
        required=True,
        metadata={"description": "By section, as typed; the item's form says what each means"},
    )
    code_names = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(TextSchema),
        required=True,
        metadata={"description": "What codes among the answers stand for, by pointer"},
    )
    masked = fields.Boolean(
        required=True, metadata={"description": "ID numbers and phones are not shown to this reader"}
    )
    materials = fields.List(fields.Nested(MaterialOut), required=True)
    correction = fields.Nested(CorrectionOut, required=True, allow_none=True)
    opinions = fields.List(fields.Nested(OpinionOut), required=True)
    decision = fields.Nested(DecisionOut, required=True, allow_none=True)
    certificate = fields.Nested(CertificateRef, required=True, allow_none=True)
    renewal = fields.Nested(
        Renewal,
        required=True,
        allow_none=True,
        metadata={"description": "Of a draft whose version of the item is not in force"},
    )
    procedures = fields.List(fields.Nested(ProcedureOut), required=True)
    extension = fields.Nested(ExtensionOut, required=True, allow_none=True)
    delivery = fields.Nested(DeliveryOut, required=True, allow_none=True)
    stages = fields.List(fields.Nested(StageOut), required=True)
    funding = fields.Nested(
        FundingOut,
        required=True,
        allow_none=True,
        metadata={"description": "Of an item that pays funds, from submission on"},
    )
    overdue = fields.Nested(OverdueOut, required=True, allow_none=True)
    notice = fields.Nested(
        CaseNotice,
        required=True,
        allow_none=True,
        metadata={"description": "Its latest public notice (公示)"},
    )
    actions = fields.List(
        fields.String(validate=validate.OneOf(sorted(ALLOWED))),
        required=True,
        metadata={"description": "The verbs that this reader may use now"},
    )


class CasePage(Answer):
    """A page of cases."""

    items = fields.List(fields.Nested(CaseSummary), required=True)
    next = following()


class Finding(Answer):
    """One wrong field, or one that may be."""

    pointer = string("JSON pointer", example="/answers/company/trade_name")
    code = string(example="required")
    message = bilingual()


class CheckOut(Answer):
    """What is still wrong."""

    valid = fields.Boolean(required=True)
    errors = fields.List(fields.Nested(Finding), required=True)
    warnings = fields.List(fields.Nested(Finding), required=True)

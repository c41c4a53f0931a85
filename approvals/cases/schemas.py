"""What clients send about cases, and what they get."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from approvals.cases.certificate_schemas import CertificateRef, Renews
from approvals.cases.correction_schemas import CorrectionOut, SpotCorrectionOut
from approvals.cases.handover_schemas import HandoverOut
from approvals.cases.lifecycle import ALLOWED, State
from approvals.cases.notice_schemas import CaseNotice
from approvals.cases.promise_schemas import CreditBan, PromiseOut
from approvals.cases.review_schemas import DecisionOut, OpinionOut
from approvals.cases.time_schemas import (
    DeferralOut,
    DeliveryOut,
    Due,
    ExtensionOut,
    FundingOut,
    OverdueOut,
    ProcedureOut,
    RevocationOut,
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
    "document_id": ("The id of the document", EXAMPLE_ID),
    "reference": ("The reference under which the case was handed over", EXAMPLE_ID),
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
    renews = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=120),
        metadata={"description": "The certificate to be renewed; its holder applies, and is prefilled"},
    )


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


class Deferred(Schema):
    """What is to be handed in later (容缺受理), and the promise to do so."""

    materials = fields.List(
        fields.String(validate=validate.Length(min=1, max=40)),
        required=True,
        validate=validate.Length(max=60),
        metadata={"description": "Codes of materials whose necessity is `deferrable`"},
    )
    promise = YesNo(required=True)


class AnswerCorrection(Schema):
    """What of the corrected application is to follow later."""

    deferred = fields.Nested(Deferred, load_default=None, allow_none=True)


class Submit(AnswerCorrection):
    """The applicant's declaration, and what is to follow later."""

    declaration = YesNo(required=True)
    promise = YesNo(
        load_default=False,
        metadata={"description": "On the route `promise`: that what the item says is promised"},
    )


class PublishNotice(Schema):
    """That what is published is true and may be read by everybody."""

    declaration = YesNo(required=True)


class Withdraw(Schema):
    """Why the application is taken back."""

    reason = fields.String(load_default="", validate=validate.Length(max=500))


class Nothing(Schema):
    """A verb without further information."""


class Accept(Schema):
    """Accepting; with the gaps that the applicant has promised to make up, where there are any."""

    with_gaps = YesNo(load_default=False)


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
    necessity = fields.String(
        required=True, validate=validate.OneOf(["required", "optional", "conditional", "deferrable"])
    )
    required = fields.Boolean(required=True, metadata={"description": "Needed here, by the answers given"})
    deferred = fields.Boolean(
        required=True, metadata={"description": "Promised to follow later; see `deferral` of the case"}
    )
    uploaded = fields.Nested(Uploaded, required=True, allow_none=True)


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
    deferral = fields.Nested(
        DeferralOut,
        required=True,
        allow_none=True,
        metadata={"description": "The latest promise to hand materials in later (容缺受理)"},
    )
    correction = fields.Nested(CorrectionOut, required=True, allow_none=True)
    spot_corrections = fields.List(fields.Nested(SpotCorrectionOut), required=True)
    opinions = fields.List(fields.Nested(OpinionOut), required=True)
    decision = fields.Nested(DecisionOut, required=True, allow_none=True)
    certificate = fields.Nested(CertificateRef, required=True, allow_none=True)
    renewal = fields.Nested(
        Renewal,
        required=True,
        allow_none=True,
        metadata={"description": "Of a draft whose version of the item is not in force"},
    )
    renews = fields.Nested(
        Renews,
        required=True,
        allow_none=True,
        metadata={"description": "The certificate that the case asks to renew"},
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
    route = fields.String(
        required=True,
        validate=validate.OneOf(["ordinary", "promise"]),
        metadata={"description": "The way of filing, chosen while it is a draft"},
    )
    routes = fields.List(
        fields.String(), required=True, metadata={"description": "The ways of filing that there are"}
    )
    promise = fields.Nested(
        PromiseOut,
        required=True,
        allow_none=True,
        metadata={"description": "What was promised with it, and what checks have found"},
    )
    credit_ban = fields.Nested(
        CreditBan,
        required=True,
        allow_none=True,
        metadata={"description": "What keeps the applicant from promising; for them and the holder"},
    )
    revocation = fields.Nested(RevocationOut, required=True, allow_none=True)
    handover = fields.Nested(
        HandoverOut,
        required=True,
        allow_none=True,
        metadata={"description": "Of a case that another authority executes in its own system"},
    )
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

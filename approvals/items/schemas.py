"""The catalogue on the wire: what `guide.py` says, as schemas."""

from typing import Any, get_args

from marshmallow import Schema, fields, validate

from approvals.items.model import DeclineKind, Necessity, ProcedureName, StageEvent, Unit
from approvals.items.version_schemas import FormOut, ItemLink, Replaced, VersionOut, flag
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, TextSchema, bilingual, day, following, string


def _one_of(choices: Any) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(get_args(choices)))


class ItemArgs(PageArgs):
    """Search words and category."""

    q = fields.String(
        load_default=None, validate=validate.Length(max=100), metadata={"description": "Words in the name"}
    )
    category = fields.String(
        load_default=None, validate=validate.Length(max=40), metadata={"description": "Code of a category"}
    )


class VersionArgs(Schema):
    """Which version of an item."""

    version = fields.String(
        load_default=None,
        validate=validate.Length(max=40),
        metadata={"description": "A published version, by its name; the one in force today without it"},
    )


class Stated(Answer):
    """What the guide states, and whether it was checked against its source."""

    verified = flag("Whether this was checked against the source named in `basis`")
    basis = bilingual("Where it stands", null=True)


class Named(Answer):
    """Something with a code and a name."""

    code = string()
    name = bilingual()


class CodedOut(Stated):
    """A value of a national code list."""

    code = string()
    name = bilingual()


class LimitOut(Stated):
    """A time limit exactly as worded, and how far it may be extended."""

    n = fields.Integer(required=True)
    unit = _one_of(Unit)
    text = bilingual()
    on_the_spot = flag("Answered while the applicant waits")
    note = bilingual(null=True)
    extension = fields.Nested(
        lambda: LimitOut(), required=True, allow_none=True, metadata={"description": "By how much at most"}
    )


class FeeOut(Stated):
    """What it costs."""

    charged = fields.Boolean(required=True)
    text = bilingual()


class ItemSummary(Answer):
    """An item as a line of a list."""

    code = string("Basic code and serial", example="00013112700401")
    slug = string("For addresses", example="company-establishment")
    name = bilingual()
    summary = bilingual()
    category = fields.Nested(Named, required=True)
    item_type = fields.Nested(CodedOut, required=True)
    department = fields.Nested(Named, required=True)
    service_objects = fields.List(fields.Nested(TextSchema), required=True)
    statutory_limit = fields.Nested(LimitOut, required=True, allow_none=True)
    promised_limit = fields.Nested(LimitOut, required=True, allow_none=True)
    case_kind = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(["immediate", "promise"])
    )
    fee = fields.Nested(FeeOut, required=True, allow_none=True)
    version = string()
    effective_on = day("The first day of this version")
    online = flag("It can be applied for here")


class ItemPage(Answer):
    """The items found."""

    items = fields.List(fields.Nested(ItemSummary), required=True)
    categories = fields.List(fields.Nested(Named), required=True)
    next = following()


class LegalBasisOut(Answer):
    """One article the item rests on."""

    role = fields.String(required=True, validate=validate.OneOf(["establish", "implement", "supervise"]))
    law = bilingual()
    text_version = string("The version of the text that is quoted")
    version_note = bilingual()
    articles = bilingual()
    content = bilingual()
    verified = fields.Boolean(required=True)
    source = bilingual()


class FactOut(Stated):
    """One line of the guide."""

    label = bilingual()
    value = bilingual()


class ChapterOut(Answer):
    """A chapter of the guide."""

    key = string()
    title = bilingual()
    facts = fields.List(fields.Nested(FactOut), required=True)


class ConditionOut(Stated):
    """What an applicant must fulfil."""

    text = bilingual()


class GuideMaterial(Stated):
    """A material that the item asks for."""

    code = string(example="articles")
    name = bilingual()
    necessity = _one_of(Necessity)
    necessity_name = bilingual()
    condition = bilingual("When a conditional material is needed", null=True)
    form = bilingual()
    source = bilingual()
    source_kind = fields.String(required=True, validate=validate.OneOf(["self", "government", "other"]))
    copies = fields.Integer(required=True)
    note = bilingual(null=True)
    accept = fields.List(fields.String(), required=True, metadata={"description": "Media types"})
    max_bytes = fields.Integer(required=True)
    max_pages = fields.Integer(required=True)
    route = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(["ordinary", "promise"]),
        metadata={"description": "The one way of filing that asks for it; null: every one"},
    )


class OnSiteOut(Stated):
    """That a step goes to the place itself."""

    least = fields.Integer(required=True, metadata={"description": "How many officials at least"})


class StepOut(Stated):
    """One step of the way."""

    key = string()
    name = bilingual()
    who = bilingual()
    limit = fields.Nested(LimitOut, required=True, allow_none=True)
    examined_by = fields.List(
        fields.Nested(Named),
        required=True,
        metadata={"description": "The departments that give an opinion in it, all at once"},
    )
    starts = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(get_args(StageEvent)),
        metadata={"description": "What the clock of the step starts with; null where it has none of its own"},
    )
    ends = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(get_args(StageEvent)),
        metadata={"description": "What it ends with"},
    )
    criteria = bilingual()
    result = bilingual()
    department = bilingual("The department whose stage it is", null=True)
    route = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(["ordinary", "promise"]),
        metadata={"description": "The one way of filing that takes it; null: every one"},
    )
    on_site = fields.Nested(
        OnSiteOut,
        required=True,
        allow_none=True,
        metadata={"description": "Of a step that checks on the spot; the opinion says who did"},
    )


class RenewalRule(Stated):
    """How the outcome is renewed, and where that can be done here, when: so long before its end."""

    text = bilingual()
    apply_before = fields.Nested(LimitOut, required=True, allow_none=True)
    opens = fields.Nested(LimitOut, required=True, allow_none=True)


class OutcomeOut(Stated):
    """What a grant gives."""

    name = bilingual()
    kind = bilingual()
    validity = bilingual(null=True)
    validity_verified = fields.Boolean(required=True)
    renewal = fields.Nested(RenewalRule, required=True, allow_none=True)


class ReviewCheck(Stated):
    """A point of the reviewer's check list."""

    key = string()
    text = bilingual()


class DeclineGroundOut(Stated):
    """A ground for not taking an application up."""

    key = string()
    kind = _one_of(DeclineKind)
    text = bilingual()


class SpecialProcedureOut(Stated):
    """A special procedure (特别程序) that may stop the clock."""

    kind = fields.Nested(CodedOut, required=True)
    procedures = fields.List(
        fields.String(validate=validate.OneOf(get_args(ProcedureName))),
        required=True,
        metadata={"description": "Those of 行政许可法 art. 45 that may be needed; none of an extension"},
    )
    text = bilingual()


class SaidOut(Stated):
    """A sentence of a promise."""

    text = bilingual()


class PromiseRouteOut(Answer):
    """The way of filing on a written promise (告知承诺)."""

    told = fields.List(
        fields.Nested(SaidOut), required=True, metadata={"description": "The conditions that are told"}
    )
    promised = fields.List(
        fields.Nested(SaidOut), required=True, metadata={"description": "What the applicant promises"}
    )
    consequences = fields.Nested(SaidOut, required=True)
    statutory_limit = fields.Nested(LimitOut, required=True)
    promised_limit = fields.Nested(LimitOut, required=True, allow_none=True)
    check_limit = fields.Nested(
        LimitOut, required=True, metadata={"description": "For the later check, from the grant"}
    )


class ReformOut(Stated):
    """A reform mode, such as 告知承诺."""

    mode = string()
    name = bilingual()
    text = bilingual()
    make_up = fields.Nested(
        LimitOut,
        required=True,
        allow_none=True,
        metadata={"description": "Of 容缺受理: how long after acceptance `deferrable` materials may follow"},
    )
    promise = fields.Nested(
        PromiseRouteOut,
        required=True,
        allow_none=True,
        metadata={"description": "What makes it a way of filing that the applicant may choose"},
    )


class ObjectionsOut(Stated):
    """Who may object to a public notice, and what follows."""

    text = bilingual()
    ends = flag("An objection ends the case; otherwise it is weighed in the decision")
    advice = bilingual("What the applicant can do then", null=True)


class PublicNoticeOut(Answer):
    """The public notice (公示) that the item asks for."""

    kind = string("Its name for programs")
    timing = fields.String(
        required=True,
        validate=validate.OneOf(["before_filing", "before_decision"]),
        metadata={"description": "Whether it comes before the application or before the decision"},
    )
    name = bilingual()
    days = fields.Nested(LimitOut, required=True)
    filing = fields.Nested(
        LimitOut,
        required=True,
        allow_none=True,
        metadata={"description": "How long after it the application may be handed in"},
    )
    stops_clocks = fields.Nested(
        Stated,
        required=True,
        allow_none=True,
        metadata={"description": "The provision by which its time does not count; null: the limits run on"},
    )
    promise = fields.Nested(RenewalRule, required=True, allow_none=True)
    objections = fields.Nested(ObjectionsOut, required=True)


class ItemOut(ItemSummary):
    """The guide of one item (办事指南), with its form."""

    in_force = flag("New applications are made under this version today")
    applicant = string("Who may apply: person, organisation or any")
    retired_on = day("The day from which it is not in force", null=True)
    replaces = fields.Nested(Replaced, required=True, allow_none=True)
    versions = fields.List(fields.Nested(VersionOut), required=True)
    requires = fields.List(
        fields.Nested(ItemLink), required=True, metadata={"description": "Items to be granted before"}
    )
    leads_to = fields.List(
        fields.Nested(ItemLink), required=True, metadata={"description": "Items that ask for this one"}
    )
    special_procedures = fields.List(fields.Nested(SpecialProcedureOut), required=True)
    reforms = fields.List(fields.Nested(ReformOut), required=True)

    basic_code = string()
    implementation_code = string(null=True)
    business_code = string(null=True)
    missing = bilingual("What the guide lacks", null=True)
    legal_bases = fields.List(fields.Nested(LegalBasisOut), required=True)
    chapters = fields.List(fields.Nested(ChapterOut), required=True)
    conditions = fields.List(fields.Nested(ConditionOut), required=True)
    materials = fields.List(fields.Nested(GuideMaterial), required=True)
    steps = fields.List(fields.Nested(StepOut), required=True)
    intake_limit = fields.Nested(LimitOut, required=True, allow_none=True)
    delivery_limit = fields.Nested(LimitOut, required=True, allow_none=True)
    public_notice = fields.Nested(PublicNoticeOut, required=True, allow_none=True)
    outcome = fields.Nested(OutcomeOut, required=True, allow_none=True)
    remedies = bilingual("How a decision may be contested", null=True)
    contact = fields.List(fields.Nested(FactOut), required=True)
    review_checks = fields.List(fields.Nested(ReviewCheck), required=True)
    decline_grounds = fields.List(fields.Nested(DeclineGroundOut), required=True)
    form = fields.Nested(FormOut, required=True)

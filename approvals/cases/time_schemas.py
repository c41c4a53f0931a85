"""How the time of a case runs, on the wire: due dates, special procedures, the extension, the delivery."""

from marshmallow import fields, validate

from approvals.cases.clock import ClockKind
from approvals.cases.clock.reading import Light
from shared.http.schemas import Answer, bilingual, day, instant, string

SUSPENDED = "suspended"
REVOCATION = "revocation"


class Due(Answer):
    """The date by which an answer is due."""

    on = day()
    at = instant("The instant, where the limit is in hours; else the whole day is in time", null=True)
    kind = fields.String(
        required=True,
        validate=validate.OneOf([*(kind.value for kind in ClockKind), REVOCATION]),
        metadata={"description": f"Which clock; `{REVOCATION}`: the time for deciding on a revocation"},
    )
    light = fields.String(
        required=True,
        validate=validate.OneOf([*(light.value for light in Light), SUSPENDED]),
        metadata={
            "description": f"`{SUSPENDED}`: the clock of the task stands still, and `on` is the day on which "
            "it is expected to go on"
        },
    )
    days_left = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Working days, negative when overdue; null when the clock has ended"},
    )
    hours_left = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Whole hours, negative when overdue; null where the limit is in days"},
    )
    provisional = fields.Boolean(
        required=True, metadata={"description": "Counted over a year without an official calendar"}
    )


class StageDue(Answer):
    """By when a stage (环节) is to be done inside the authority; no promise."""

    key = string(example="review")
    name = bilingual()
    on = day()
    at = instant("The instant, where the limit is in hours", null=True)
    light = fields.String(required=True, validate=validate.OneOf(["green", "yellow", "red"]))
    provisional = fields.Boolean(required=True)


class ExaminerOut(Answer):
    """A department that examines in a stage, and how far it is."""

    code = string("Credit code of the department")
    name = bilingual()
    state = fields.String(required=True, validate=validate.OneOf(["pending", "running", "done"]))


class StageOut(Answer):
    """A stage of the procedure (环节) and how far it is."""

    key = string(example="review")
    name = bilingual()
    who = bilingual("Who is at work in it")
    state = fields.String(required=True, validate=validate.OneOf(["pending", "running", "done"]))
    departments = fields.List(
        fields.Nested(ExaminerOut),
        required=True,
        metadata={"description": "Who gives an opinion in it, all at once; empty in other stages"},
    )
    due = fields.Nested(
        StageDue,
        required=True,
        allow_none=True,
        metadata={
            "description": "While it runs: for officials, and for the applicant where the item announces it"
        },
    )


class DeferredMaterial(Answer):
    """A material that is to follow later."""

    code = string(example="premises")
    name = bilingual()
    uploaded = fields.Boolean(required=True)


class DeferralOut(Answer):
    """What was promised to follow later (容缺受理), and what became of it."""

    state = fields.String(
        required=True, validate=validate.OneOf(["promised", "due", "made_up", "broken", "lapsed"])
    )
    state_name = bilingual()
    with_gaps = fields.Boolean(
        required=True, metadata={"description": "是否容缺受理: the case was accepted with these gaps"}
    )
    materials = fields.List(fields.Nested(DeferredMaterial), required=True)
    limit = bilingual("How long after acceptance they may follow")
    basis = bilingual(null=True)
    promised_at = instant()
    due = fields.Nested(
        Due, required=True, allow_none=True, metadata={"description": "By when they are to follow"}
    )
    made_up_at = instant(null=True)


class ProcedureOut(Answer):
    """A special procedure (特别程序), whose time does not count."""

    id = fields.UUID(required=True)
    kind = string("Which of those that 行政许可法 art. 45 names", example="expert_review")
    name = bilingual()
    national_kind = string("Kind of special procedure (GB/T 39046 A.7)", example="2")
    reason = string()
    legal_basis = bilingual()
    expected_days = fields.Integer(
        required=True,
        metadata={"description": "Working days that it was expected to take, as told in writing"},
    )
    expected_end_on = day()
    started_on = day("This day still counts")
    ended_on = day("This day does not count; null while it runs", null=True)


class ExtensionOut(Answer):
    """The latest request for an extension of the statutory limit (延长审批期限)."""

    state = fields.String(
        required=True, validate=validate.OneOf(["requested", "approved", "refused", "lapsed"])
    )
    state_name = bilingual()
    national_kind = string("Kind of special procedure (GB/T 39046 A.7)", example="1")
    amount = bilingual("By how much, as the item's law says")
    basis = bilingual(null=True)
    reason = string("Told to the applicant when it is approved; null for them before", null=True)
    requested_at = instant()
    requested_by = string("For officials only", null=True)
    decided_at = instant(null=True)
    decided_by = string("For officials only", null=True)
    note = string("What the approver said to it; for officials only", null=True)


class ExplanationOut(Answer):
    """Why the answer is late, and by when it is expected, as it was published."""

    number = fields.Integer(required=True, metadata={"description": "Counts the versions"})
    missed = fields.Enum(ClockKind, by_value=True, required=True)
    due_on = day("The day on which that limit ended")
    reason = string()
    expected_on = day()
    explained_at = instant()
    explained_by = string("For officials only", null=True)


class OverdueOut(Answer):
    """The limit that was missed, and what was said about it (公开说明理由)."""

    missed = fields.Enum(
        ClockKind,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "The limit that is missed now; null where none is any more"},
    )
    due_on = day("The day on which it ended", null=True)
    explanations = fields.List(
        fields.Nested(ExplanationOut), required=True, metadata={"description": "The newest first"}
    )


class DeliveredOut(Answer):
    """The delivery of what was granted (送达)."""

    on = day()
    method = fields.String(required=True, validate=validate.OneOf(["in_person", "post", "electronic"]))
    method_name = bilingual()
    recipient = string()
    note = string(null=True)
    recorded_at = instant()


class DeliveryOut(Answer):
    """By when what was granted is to be delivered, or how it was."""

    due = fields.Nested(Due, required=True, allow_none=True)
    delivered = fields.Nested(DeliveredOut, required=True, allow_none=True)


class RevocationGround(Answer):
    """On which ground a revocation is proposed, as told to the holder."""

    key = string(example="obtained_by_deceit")
    text = bilingual()
    basis = bilingual()


class DropReasonOut(Answer):
    """Why a revocation may be dropped."""

    key = string(example="unfounded")
    text = bilingual()


class RevocationOut(Answer):
    """The latest proceeding to revoke what was granted (撤销行政许可)."""

    state = fields.String(
        required=True, validate=validate.OneOf(["proposed", "revoked", "dropped", "withdrawn"])
    )
    state_name = bilingual()
    ground = fields.Nested(RevocationGround, required=True)
    facts = string("Facts and reasons, as told to the holder")
    proposed_at = instant()
    proposed_by = string("For officials only", null=True)
    statement_until = day("The last day on which the holder may state and defend (陈述、申辩)")
    statement_provisional = fields.Boolean(required=True)
    stated_at = instant(null=True)
    statement = string("What the holder said; for them and for the officials concerned", null=True)
    heard = fields.Boolean(
        required=True, metadata={"description": "The holder has spoken, or the time for it is over"}
    )
    ended_at = instant(null=True)
    decided_by = string("For officials only", null=True)
    reason = string("Of the decision, or of taking the proposal back", null=True)
    dropped_for = bilingual("Why it is not revoked after all", null=True)
    may_be_dropped_for = fields.List(fields.Nested(DropReasonOut), required=True)


class PaymentOut(Answer):
    """The payment of what was granted (拨付)."""

    amount_fen = fields.Integer(required=True)
    on = day()
    voucher = string("Number of the voucher (拨付凭证号)")
    recorded_at = instant()


class BudgetOut(Answer):
    """The budget of the clause for the year; for officials."""

    total_fen = fields.Integer(required=True)
    left_fen = fields.Integer(required=True)


class FundingOut(Answer):
    """The funds that a case is about (专项资金); amounts in fen."""

    clause = string("Key of the clause (政策条款)")
    clause_name = bilingual()
    year = fields.Integer(required=True, metadata={"description": "Year of application (申报年度)"})
    asked_fen = fields.Integer(required=True)
    granted_fen = fields.Integer(required=True, allow_none=True)
    payer = bilingual("The department that pays")
    budget = fields.Nested(
        BudgetOut, required=True, allow_none=True, metadata={"description": "Null for the applicant"}
    )
    due = fields.Nested(
        Due, required=True, allow_none=True, metadata={"description": "By when it is to be paid"}
    )
    payment = fields.Nested(PaymentOut, required=True, allow_none=True)

"""What is said about cases: one contract for every step, each with the whole public state."""

from functools import cache

from marshmallow import Schema, fields

from shared.messaging.contracts import EventContract
from shared.text import Text


class TextField(Schema):
    """A text in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class DecisionField(Schema):
    """The decision, once there is one."""

    granted = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)
    certificate_id = fields.String(required=True, allow_none=True)
    uscc = fields.String(required=True, allow_none=True)


class CorrectionField(Schema):
    """The correction notice that is open, or was answered last."""

    round = fields.Integer(required=True)
    count = fields.Integer(required=True)


class DeclineField(Schema):
    """Why the application was not accepted."""

    kind = fields.String(required=True)
    reason = fields.String(required=True)


class CaseData(Schema):
    """The public state of a case; no answers, no ID numbers, no phones."""

    case_id = fields.UUID(required=True)
    number = fields.String(required=True, allow_none=True)
    item_code = fields.String(required=True)
    item_name = fields.Nested(TextField, required=True)
    subject_name = fields.String(required=True, allow_none=True)
    applicant_account_id = fields.UUID(required=True)
    on_behalf_of = fields.String(required=True, allow_none=True)
    department = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.Nested(TextField, required=True)
    submitted_on = fields.Date(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)
    due_kind = fields.String(required=True, allow_none=True)
    provisional = fields.Boolean(required=True)
    due_at = fields.DateTime(required=False, allow_none=True)
    """The instant, where the limit is in hours."""
    decision = fields.Nested(DecisionField, required=True, allow_none=True)
    correction = fields.Nested(CorrectionField, required=True, allow_none=True)
    decline = fields.Nested(DeclineField, required=True, allow_none=True)


class NoticeField(Schema):
    """The State Council's notice that a calendar comes from."""

    year = fields.Integer(required=True)
    title = fields.Nested(TextField, required=True)
    published_on = fields.Date(required=True)


class MovedDateField(Schema):
    """The date of one clock that a newly published calendar has moved or settled."""

    clock = fields.String(required=True)
    name = fields.Nested(TextField, required=True)
    previous_on = fields.Date(required=True)
    on = fields.Date(required=True)
    provisional = fields.Boolean(required=True)
    internal = fields.Boolean(required=True)
    """The date of a stage inside the authority, which is no business of the applicant's."""


class RedatingField(Schema):
    """What a newly published calendar has moved: the dates before it, and who has to know."""

    previous_due_on = fields.Date(required=True)
    previous_provisional = fields.Boolean(required=True)
    notice = fields.Nested(NoticeField, required=True)
    claimed_by = fields.UUID(required=True, allow_none=True)
    moved = fields.List(fields.Nested(MovedDateField), load_default=())
    """Clocks besides the one that governs."""


class RedatedData(CaseData):
    """The public state of a case whose due date was computed anew, and what it was before."""

    redating = fields.Nested(RedatingField, required=True)


class ProcedureField(Schema):
    """A special procedure (特别程序) during which the time limits stand still."""

    kind = fields.String(required=True)
    name = fields.Nested(TextField, required=True)
    reason = fields.String(required=True)
    legal_basis = fields.String(required=True)
    started_on = fields.Date(required=True)
    expected_days = fields.Integer(required=True)
    expected_end_on = fields.Date(required=True)
    ended_on = fields.Date(required=True, allow_none=True)


class ProcedureData(CaseData):
    """The public state of a case, and the special procedure that has started or ended."""

    procedure = fields.Nested(ProcedureField, required=True)
    running = fields.Integer(required=True)
    """How many special procedures run now; the limits stand still while any does."""
    statutory_due_on = fields.Date(required=True, allow_none=True)
    """When the law wants the decision; null while the limit stands still."""
    statutory_provisional = fields.Boolean(required=False)
    """Whether that day lies beyond the calendars that are published."""


class ExtensionField(Schema):
    """The extension of the statutory limit, and where it leads; no date while a special procedure runs."""

    amount = fields.Nested(TextField, required=True)
    reason = fields.String(required=True)
    previous_due_on = fields.Date(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)
    provisional = fields.Boolean(required=False)
    """Whether `due_on` lies beyond the calendars that are published."""


class ExtendedData(CaseData):
    """The public state of a case, and the extension that was approved."""

    extension = fields.Nested(ExtensionField, required=True)


class DeliveryField(Schema):
    """How and when what was granted was delivered; not to whom, which is a person's name."""

    method = fields.String(required=True)
    method_name = fields.Nested(TextField, required=True)
    delivered_on = fields.Date(required=True)


class DeliveredData(CaseData):
    """The public state of a case, and the delivery of what was granted."""

    delivery = fields.Nested(DeliveryField, required=True)


class PaymentField(Schema):
    """The payment of funds that were granted; neither the account nor the voucher."""

    amount_fen = fields.Integer(required=True)
    paid_on = fields.Date(required=True)


class PaidData(CaseData):
    """The public state of a case, and the payment of what was granted."""

    payment = fields.Nested(PaymentField, required=True)


class WarningField(Schema):
    """A limit that is near or was missed, and who has to know."""

    record = fields.String(required=True)
    clock = fields.String(required=True)
    name = fields.Nested(TextField, required=True)
    light = fields.String(required=True)
    """`yellow`, `red` (promised limit missed) or `red_card` (statutory limit missed)."""
    due_on = fields.Date(required=True)
    due_at = fields.DateTime(required=True, allow_none=True)
    claimed_by = fields.UUID(required=True, allow_none=True)


class WarnedData(CaseData):
    """The public state of a case, and the warning that was given about it."""

    warning = fields.Nested(WarningField, required=True)


class ExplanationField(Schema):
    """Why the answer is late, and by when it is expected: published as it is."""

    number = fields.Integer(required=True)
    due_kind = fields.String(required=True)
    missed_on = fields.Date(required=True)
    reason = fields.String(required=True)
    expected_on = fields.Date(required=True)


class ExplainedData(CaseData):
    """The public state of a case, and the explanation of its delay."""

    explanation = fields.Nested(ExplanationField, required=True)


class PublicNoticeField(Schema):
    """A public notice (公示): how long it stands, and until when the application may follow it."""

    notice_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    timing = fields.String(required=True)
    name = fields.Nested(TextField, required=True)
    published_on = fields.Date(required=True)
    last_on = fields.Date(required=True)
    provisional = fields.Boolean(required=True)
    """Whether `last_on` lies beyond the calendars that are published."""
    file_until = fields.Date(required=True, allow_none=True)
    """The last day for the application, where the notice comes before it."""
    ended_on = fields.Date(required=True, allow_none=True)


class PublicNoticeData(CaseData):
    """The public state of a case, and its public notice."""

    public_notice = fields.Nested(PublicNoticeField, required=True)


class ObjectionField(Schema):
    """An objection to a public notice; neither who lodged it nor why."""

    standing = fields.String(required=True)
    standing_name = fields.Nested(TextField, required=True)
    ends_case = fields.Boolean(required=True)
    advice = fields.Nested(TextField, required=True, allow_none=True)


class ObjectionData(PublicNoticeData):
    """The public state of a case, its public notice, and that somebody objects."""

    objection = fields.Nested(ObjectionField, required=True)


CASE_STEPS: dict[str, Text] = {
    "submitted": Text("申请已提交并收件", "An application was submitted and received"),
    "correction-requested": Text("已发出补正材料一次性告知书", "A correction notice was sent"),
    "correction-answered": Text("申请人已补正", "The correction was answered"),
    "accepted": Text("申请已受理", "The application was accepted"),
    "declined": Text("申请未予受理", "The application was not accepted"),
    "reviewed": Text("审查人员已出具意见", "A reviewer gave an opinion"),
    "decided": Text("已作出决定", "The decision was made"),
    "withdrawn": Text("申请已撤回", "The application was withdrawn"),
    "redated": Text(
        "放假安排公布，到期日已重新推算", "A calendar was published and the due date computed anew"
    ),
    "procedure-started": Text("特别程序已开始，期限停止计算", "A special procedure stops the time limits"),
    "procedure-ended": Text("特别程序已结束", "A special procedure has ended"),
    "extended": Text("审批期限已延长", "The time limit was extended"),
    "delivered": Text("证件已送达", "What was granted was delivered"),
    "paid": Text("资金已拨付", "The funds that were granted were paid"),
    "warned": Text(
        "期限临近或者已超过，已发出监察提醒", "A limit is near or was missed, and a warning was given"
    ),
    "overdue-explained": Text("已公开说明超期理由", "The delay was explained publicly"),
    "notice-published": Text("公示已发布", "A public notice was published"),
    "notice-ended": Text("公示期已届满", "A public notice has ended"),
    "objection-lodged": Text("公示期内有人提出异议", "Somebody objects to a public notice"),
    "filing-lapsed": Text(
        "公示期满后逾期未提交申请", "No application was handed in in time after a public notice"
    ),
}

_SCHEMAS: dict[str, type[Schema]] = {
    "redated": RedatedData,
    "procedure-started": ProcedureData,
    "procedure-ended": ProcedureData,
    "extended": ExtendedData,
    "delivered": DeliveredData,
    "paid": PaidData,
    "warned": WarnedData,
    "overdue-explained": ExplainedData,
    "notice-published": PublicNoticeData,
    "notice-ended": PublicNoticeData,
    "objection-lodged": ObjectionData,
    "filing-lapsed": PublicNoticeData,
}
"""The steps that say more than the public state of the case."""


@cache
def case_contracts(service: str) -> dict[str, EventContract]:
    """The contracts of the case events that `service` publishes, by step."""
    return {
        step: EventContract(
            type=f"yuanban.{service}.case.{step}.v1",
            schema=_SCHEMAS.get(step, CaseData),
            meaning=meaning,
            subscribers_optional=service != "enterprise",
        )
        for step, meaning in CASE_STEPS.items()
    }

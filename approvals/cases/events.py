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
    executed_in = fields.Nested(TextField, required=False, allow_none=True)
    """The system of another authority that executes the case; null or absent where our own desk does."""


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


class GapsField(Schema):
    """What was still missing when the case was accepted (容缺受理), and by when it is to follow."""

    materials = fields.List(fields.Nested(TextField), required=True)
    """Their official names."""
    due_on = fields.Date(required=True)
    provisional = fields.Boolean(required=True)
    """Whether that day lies beyond the calendars that are published."""


class SpotCorrectionField(Schema):
    """Which answers were corrected on the spot, by name; never what they say."""

    fields_ = fields.List(fields.Nested(TextField), required=True, data_key="fields", attribute="fields")
    consent_name = fields.Nested(TextField, required=True)


class SpotCorrectedData(CaseData):
    """The public state of a case in which answers were corrected on the spot."""

    spot_correction = fields.Nested(SpotCorrectionField, required=True)


class AcceptedData(CaseData):
    """The public state of a case that was accepted; with `gaps` where materials are to follow."""

    gaps = fields.Nested(GapsField, required=False, allow_none=True)


class GapsData(CaseData):
    """The public state of a case with gaps, and who has to know beside the applicant."""

    gaps = fields.Nested(GapsField, required=True)
    claimed_by = fields.UUID(required=True, allow_none=True)
    """The official who examines the case now."""


class CheckField(Schema):
    """What a check of a promise has found."""

    round = fields.Integer(required=True)
    fulfilled = fields.Boolean(required=True)
    findings = fields.String(required=True)
    checked_on = fields.Date(required=True)
    correct_by = fields.Date(required=True, allow_none=True)


class CheckedData(CaseData):
    """The public state of a case, and what was found of the promise made with it."""

    check = fields.Nested(CheckField, required=True)


class RevocationField(Schema):
    """A revocation that is proposed or decided; facts and statements stay in the case file."""

    ground = fields.String(required=True)
    ground_text = fields.Nested(TextField, required=True)
    statement_until = fields.Date(required=True)
    statement_provisional = fields.Boolean(required=True)
    """Whether that day lies beyond the calendars that were published when it was told."""
    certificate_id = fields.String(required=True, allow_none=True)
    """The certificate that ended with the revocation."""
    officials = fields.List(fields.UUID(), required=True)
    """Accounts of whoever proposed, and of whoever holds the task of deciding."""


class RevocationData(CaseData):
    """The public state of a case, and the proceeding to revoke what was granted."""

    revocation = fields.Nested(RevocationField, required=True)


class HandoverField(Schema):
    """The system of another authority that executes the case."""

    system = fields.Nested(TextField, required=True)
    receipt_number = fields.String(required=True, allow_none=True)
    """The authority's own; null until it has taken the application."""
    reason = fields.Nested(TextField, required=True, allow_none=True)
    """Why it is stuck, or why a withdrawal was not taken."""


class HandoverData(CaseData):
    """The public state of a case, and what its hand-over has come to."""

    handover = fields.Nested(HandoverField, required=True)


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


class ExpiringField(Schema):
    """A certificate that ends before long, and when its renewal can be applied for."""

    name = fields.Nested(TextField, required=True)
    number = fields.String(required=True)
    valid_until = fields.Date(required=True)
    opens_on = fields.Date(required=True, allow_none=True)
    apply_by = fields.Date(required=True, allow_none=True)
    """The last day on which it is in time; null once that has passed."""


class RenewalDueData(CaseData):
    """The public state of the case that issued the certificate, and the certificate."""

    expiring = fields.Nested(ExpiringField, required=True)


class RenewedField(Schema):
    """What counts as renewed by law, and how long it is valid now."""

    certificate_id = fields.String(required=True)
    name = fields.Nested(TextField, required=True)
    number = fields.String(required=True)
    previous_valid_until = fields.Date(required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)


class DeemedRenewedData(CaseData):
    """The public state of a case on which nobody decided in time, and the renewal that followed."""

    renewed = fields.Nested(RenewedField, required=True)


class FilingField(Schema):
    """What shows that something was filed."""

    certificate_id = fields.String(required=True)
    name = fields.Nested(TextField, required=True)
    number = fields.String(required=True)


class FiledData(CaseData):
    """The public state of a filing, recorded as it was handed in."""

    filing = fields.Nested(FilingField, required=True)


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
    "warned": Text(
        "期限临近或者已超过，已发出监察提醒", "A limit is near or was missed, and a warning was given"
    ),
    "overdue-explained": Text("已公开说明超期理由", "The delay was explained publicly"),
    "corrected-on-the-spot": Text("窗口当场更正", "Answers were corrected on the spot"),
    "made-up": Text("申请人已补齐容缺材料", "The missing materials were handed in"),
    "make-up-redated": Text(
        "放假安排公布，补齐期限已重新推算", "A calendar was published and the make-up date computed anew"
    ),
    "terminated": Text("逾期未补齐，终止办理", "The missing materials did not come in time: terminated"),
    "promise-checked": Text("经核查已履行承诺", "A promise was checked and is kept"),
    "correction-ordered": Text("经核查与承诺不符，责令限期改正", "A promise is to be made good by a day"),
    "promise-broken": Text("未履行承诺", "A promise was broken"),
    "revocation-proposed": Text("已提出撤销许可", "Revoking what was granted was proposed"),
    "objection-stated": Text("被许可人已陈述申辩", "The holder has stated and defended"),
    "revocation-withdrawn": Text("撤销建议已撤回", "The proposal to revoke was taken back"),
    "revocation-dropped": Text("决定不予撤销许可", "It was decided not to revoke"),
    "revoked": Text("许可已撤销", "What was granted was revoked"),
    "handed-over": Text("主管机关的系统已收件", "The authority's own system has taken the application"),
    "handover-stuck": Text("转交受阻，已转人工处理", "A hand-over is stuck and was taken to a person"),
    "withdrawal-refused": Text("主管机关未予撤回", "The authority has not taken the withdrawal"),
    "notice-published": Text("公示已发布", "A public notice was published"),
    "notice-ended": Text("公示期已届满", "A public notice has ended"),
    "objection-lodged": Text("公示期内有人提出异议", "Somebody objects to a public notice"),
    "filing-lapsed": Text(
        "公示期满后逾期未提交申请", "No application was handed in in time after a public notice"
    ),
    "filed": Text("备案已办结", "What was to be filed was recorded"),
    "renewal-due": Text("证照即将届满，可以申请延续", "A certificate ends before long and can be renewed"),
    "deemed-renewed": Text("逾期未决定，视为准予延续", "Nobody decided in time: it counts as renewed"),
}

_SCHEMAS: dict[str, type[Schema]] = {
    "redated": RedatedData,
    "procedure-started": ProcedureData,
    "procedure-ended": ProcedureData,
    "extended": ExtendedData,
    "delivered": DeliveredData,
    "warned": WarnedData,
    "overdue-explained": ExplainedData,
    "corrected-on-the-spot": SpotCorrectedData,
    "accepted": AcceptedData,
    "made-up": GapsData,
    "make-up-redated": GapsData,
    "terminated": GapsData,
    "promise-checked": CheckedData,
    "correction-ordered": CheckedData,
    "promise-broken": CheckedData,
    "revocation-proposed": RevocationData,
    "objection-stated": RevocationData,
    "revocation-withdrawn": RevocationData,
    "revocation-dropped": RevocationData,
    "revoked": RevocationData,
    "handed-over": HandoverData,
    "handover-stuck": HandoverData,
    "withdrawal-refused": HandoverData,
    "notice-published": PublicNoticeData,
    "notice-ended": PublicNoticeData,
    "objection-lodged": ObjectionData,
    "filing-lapsed": PublicNoticeData,
    "filed": FiledData,
    "renewal-due": RenewalDueData,
    "deemed-renewed": DeemedRenewedData,
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

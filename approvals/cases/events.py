"""What is said about cases: one contract for every step, each with the whole public state."""

from functools import cache

from marshmallow import Schema

from approvals.cases.event_data import (
    CaseData,
    DeliveredData,
    ExplainedData,
    ExtendedData,
    PaidData,
    ProcedureData,
    RedatedData,
    WarnedData,
)
from approvals.cases.step_events import (
    AcceptedData,
    CheckedData,
    DeemedRenewedData,
    FiledData,
    GapsData,
    HandoverData,
    ObjectionData,
    PublicNoticeData,
    RenewalDueData,
    RevocationData,
    SpotCorrectedData,
)
from shared.messaging.contracts import EventContract
from shared.text import Text

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
    "paid": PaidData,
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

"""The life of a case (办件) as pure rules: the national event vocabulary, states, verbs.

The 15 event codes are those of the national exchange standard for construction approvals, used here for
every case; an entry without a code (a claim, an opinion) is the platform's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shared.text import Text


class State(StrEnum):
    """Where a case stands; always derived from its log."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    """Handed in and to be taken by the authority's own system, which has not said yet that it has."""
    RECEIVED = "received"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    REVIEWING = "reviewing"
    DECIDING = "deciding"
    GRANTED = "granted"
    REFUSED = "refused"
    NOT_REQUIRED = "not_required"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    REVOKED = "revoked"
    ON_NOTICE = "on_notice"
    NOTICE_OVER = "notice_over"
    OBJECTED = "objected"
    LAPSED = "lapsed"
    FILED = "filed"


STATE_NAMES: dict[State, Text] = {
    State.DRAFT: Text("草稿", "Draft"),
    State.SUBMITTED: Text("已提交，正在转交主管机关", "Submitted, being handed over to the authority"),
    State.RECEIVED: Text("已收件，待受理", "Received, awaiting acceptance"),
    State.CORRECTION: Text("待补正", "Correction requested"),
    State.ACCEPTED: Text("已受理", "Accepted"),
    State.REVIEWING: Text("审查中", "Under review"),
    State.DECIDING: Text("待决定", "Awaiting decision"),
    State.GRANTED: Text("准予许可", "Granted"),
    State.REFUSED: Text("不予许可", "Refused"),
    State.NOT_REQUIRED: Text("不受理", "No approval required"),
    State.NOT_ACCEPTED: Text("不予受理", "Not accepted"),
    State.WITHDRAWN: Text("已撤回", "Withdrawn"),
    State.TERMINATED: Text("终止办理", "Terminated"),
    State.REVOKED: Text("许可已撤销", "Revoked"),
    State.ON_NOTICE: Text("公示中", "On public notice"),
    State.NOTICE_OVER: Text("公示期满，待提交申请", "Notice over, to be handed in"),
    State.OBJECTED: Text("公示期内被提出异议，已终止", "Ended by an objection"),
    State.LAPSED: Text("逾期未提交申请，已终止", "Ended: not handed in in time"),
    State.FILED: Text("已备案", "Filed"),
}
_NO_LICENCE = {
    State.GRANTED: Text("已通过", "Granted"),
    State.REFUSED: Text("未通过", "Refused"),
    State.REVOKED: Text("已撤销", "Revoked"),
}


def name_of(state: State, *, licence: bool) -> Text:
    """What a state is called; the words of 行政许可法 are for licences (许可) alone."""
    return STATE_NAMES[state] if licence else _NO_LICENCE.get(state, STATE_NAMES[state])


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind of log entry: its national code (None for our own), its name and the state it leads to."""

    key: str
    code: int | None
    name: Text
    state: State | None
    """None: the state stays as it is."""


ENTRIES: dict[str, Entry] = {
    entry.key: entry
    for entry in (
        Entry("received", 1, Text("已接件", "Received"), State.RECEIVED),
        Entry("withdrawn_early", 2, Text("撤件", "Withdrawn before acceptance"), State.WITHDRAWN),
        Entry("accepted", 3, Text("已受理", "Accepted"), State.ACCEPTED),
        Entry("accepted_with_gaps", 3, Text("已受理（容缺受理）", "Accepted with gaps"), State.ACCEPTED),
        Entry("deemed_accepted", 3, Text("逾期未告知，视为受理", "Deemed accepted"), State.ACCEPTED),
        Entry("not_required", 4, Text("不受理", "No approval required"), State.NOT_REQUIRED),
        Entry("not_accepted", 5, Text("不予受理", "Not accepted"), State.NOT_ACCEPTED),
        Entry("correction_requested", 6, Text("补正（开始）", "Correction requested"), State.CORRECTION),
        Entry("correction_answered", 7, Text("补正（结束）", "Correction answered"), State.RECEIVED),
        Entry("corrected_on_the_spot", None, Text("当场更正", "Corrected on the spot"), None),
        Entry("review_started", 8, Text("部门开始办理", "Review started"), State.REVIEWING),
        Entry("reviewed", None, Text("审查意见", "Reviewer's opinion"), State.DECIDING),
        Entry("granted", 11, Text("办结（通过）", "Closed: granted"), State.GRANTED),
        Entry(
            "granted_after_gaps", 12, Text("办结（容缺通过）", "Closed: granted, gaps made up"), State.GRANTED
        ),
        Entry("deemed_renewed", 11, Text("逾期未决定，视为准予延续", "Deemed renewed"), State.GRANTED),
        Entry("filed", 11, Text("备案（办结）", "Closed: filed"), State.FILED),
        Entry("refused", 13, Text("办结（不通过）", "Closed: refused"), State.REFUSED),
        Entry("withdrawn", 14, Text("撤回", "Withdrawn"), State.WITHDRAWN),
        Entry("made_up", None, Text("补齐容缺材料", "Missing materials handed in"), None),
        Entry("make_up_redated", None, Text("补齐期限重新推算", "Make-up date computed anew"), None),
        # None of the fifteen codes says 终止办理. What ends a case whose gaps were not made up is, by the one
        # provision that was read on it, an application that counts as withdrawn (安阳市政务服务条例 art. 24:
        # 视为撤回申请): code 14, and the name says how it came about.
        Entry(
            "terminated", 14, Text("逾期未补齐，终止办理", "Terminated: gaps not made up"), State.TERMINATED
        ),
        Entry("redated", None, Text("到期日重新推算", "Due date computed anew"), None),
        Entry("certificate_issued", None, Text("制证", "Certificate issued"), None),
        Entry("delivered", None, Text("送达", "Delivered"), None),
        Entry("procedure_started", 9, Text("特别程序（开始）", "Special procedure started"), None),
        Entry("procedure_ended", 10, Text("特别程序（结束）", "Special procedure ended"), None),
        Entry("extension_requested", None, Text("申请延长审批期限", "Extension requested"), None),
        Entry("extension_refused", None, Text("不批准延长审批期限", "Extension not approved"), None),
        Entry("overdue_explained", None, Text("公开说明超期理由", "Delay explained publicly"), None),
        Entry("by_promise", None, Text("按告知承诺办理", "Handled on a written promise"), State.DECIDING),
        Entry("check_passed", None, Text("核查：已履行承诺", "Checked: the promise is kept"), None),
        Entry("correction_ordered", None, Text("责令限期改正", "Ordered to correct"), None),
        Entry("promise_broken", None, Text("核查：未履行承诺", "Checked: the promise is broken"), None),
        Entry("opinion_given", None, Text("部门出具意见", "A department gave its opinion"), None),
        Entry("stage_reviewed", None, Text("审查环节完成", "A stage of the examination is done"), None),
        Entry("paid", None, Text("资金拨付", "Funds paid"), None),
        Entry("extended", None, Text("延长审批期限", "Time limit extended"), None),
        Entry("revocation_proposed", None, Text("拟撤销许可", "Revocation proposed"), None),
        Entry("objection_stated", None, Text("被许可人陈述申辩", "The holder's statement"), None),
        Entry("revocation_withdrawn", None, Text("撤回撤销建议", "Proposal to revoke taken back"), None),
        Entry("revocation_dropped", None, Text("不予撤销许可", "Not revoked"), None),
        Entry("revoked", 15, Text("撤销", "Revoked"), State.REVOKED),
        Entry("handed_in", None, Text("提交，转交主管机关", "Submitted for the authority"), State.SUBMITTED),
        Entry(
            "answer_handed_in",
            None,
            Text("提交补正，转交主管机关", "Correction submitted for the authority"),
            State.SUBMITTED,
        ),
        Entry("withdrawal_asked", None, Text("申请撤回，转交主管机关", "Withdrawal asked for"), None),
        Entry("withdrawal_refused", None, Text("主管机关未予撤回", "Withdrawal not taken"), None),
        # A notice before the application comes before code 1: the national codes know nothing so early.
        Entry("notice_published", None, Text("公示（开始）", "Put on public notice"), State.ON_NOTICE),
        Entry("notice_ended", None, Text("公示期届满", "Public notice over"), State.NOTICE_OVER),
        Entry("notice_objected", None, Text("公示期内被提出异议", "An objection was lodged"), State.OBJECTED),
        Entry("notice_withdrawn", None, Text("撤回公示", "Public notice withdrawn"), State.WITHDRAWN),
        Entry("filing_lapsed", None, Text("逾期未提交申请", "Not handed in in time"), State.LAPSED),
        Entry("examination_notice_published", None, Text("公示（开始）", "Put on public notice"), None),
        Entry("examination_notice_ended", None, Text("公示期届满", "Public notice over"), None),
        Entry("objection_lodged", None, Text("收到异议", "An objection was lodged"), None),
        Entry("objection_answered", None, Text("异议已核查答复", "An objection was answered"), None),
    )
}

OPEN_STATES = frozenset(
    {
        State.SUBMITTED,
        State.RECEIVED,
        State.CORRECTION,
        State.ACCEPTED,
        State.REVIEWING,
        State.DECIDING,
    }
)
"""Submitted and not yet ended."""

BEFORE_ACCEPTANCE = frozenset({State.SUBMITTED, State.RECEIVED, State.CORRECTION})

BEFORE_FILING = frozenset({State.ON_NOTICE, State.NOTICE_OVER})
"""On public notice, or over with it: announced to the public and not handed in yet."""

RUNNING_STATES = OPEN_STATES | BEFORE_FILING
"""Something runs whose end has a date."""


UNDER_EXAMINATION = frozenset({State.REVIEWING, State.DECIDING})
"""Between acceptance and decision, in the hands of an official."""

ALLOWED: dict[str, frozenset[State]] = {
    "edit": frozenset({State.DRAFT, State.CORRECTION}),
    "submit": frozenset({State.DRAFT, State.NOTICE_OVER}),
    "publish-notice": frozenset({State.DRAFT}) | UNDER_EXAMINATION,
    "renew-version": frozenset({State.DRAFT}),
    "discard": frozenset({State.DRAFT}),
    "withdraw": RUNNING_STATES,
    "accept": frozenset({State.RECEIVED}),
    "decline": frozenset({State.RECEIVED}),
    "request-correction": frozenset({State.RECEIVED}),
    "correct-on-the-spot": frozenset({State.RECEIVED}),
    "answer-correction": frozenset({State.CORRECTION}),
    "make-up": frozenset({State.ACCEPTED, State.REVIEWING, State.DECIDING}),
    "opinion": frozenset({State.ACCEPTED, State.REVIEWING}),
    "answer-objection": UNDER_EXAMINATION,
    "decide": frozenset({State.DECIDING}),
    "start-procedure": UNDER_EXAMINATION,
    "end-procedure": UNDER_EXAMINATION,
    "request-extension": UNDER_EXAMINATION,
    "decide-extension": UNDER_EXAMINATION,
    "record-delivery": frozenset({State.GRANTED}),
    "record-payment": frozenset({State.GRANTED}),
    "explain-overdue": frozenset({State.ACCEPTED, State.REVIEWING, State.DECIDING}),
    "choose-route": frozenset({State.DRAFT}),
    "record-check": frozenset({State.GRANTED}),
    "propose-revocation": frozenset({State.GRANTED}),
    "state-objection": frozenset({State.GRANTED}),
    "decide-revocation": frozenset({State.GRANTED}),
    "withdraw-revocation": frozenset({State.GRANTED}),
    "retry-handover": frozenset(State) - {State.DRAFT},
}
"""From which states each verb may be used."""


def derive_state(keys: Iterable[str]) -> State:
    """The state after these log entries, in their order; a case without entries is a draft."""
    state = State.DRAFT
    for key in keys:
        state = ENTRIES[key].state or state
    return state


def allows(verb: str, state: State) -> bool:
    """Whether `verb` may be used on a case in `state`."""
    return state in ALLOWED[verb]

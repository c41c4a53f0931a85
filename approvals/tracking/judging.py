"""Whether a step that the authority reports can be true of the case as it stands; nothing is changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from approvals.applications.answers import Answers, row_exists
from approvals.cases import clock
from approvals.cases.clock import FactKind
from approvals.cases.deadline import facts_of
from approvals.cases.lifecycle import State, name_of
from approvals.cases.model import Case
from approvals.handovers.port import Step, StepKind
from approvals.items.answers import label_of
from approvals.items.model import Item
from approvals.procedures.model import PROCEDURE_NAMES, ProcedureKind
from shared.calendar import say_date
from shared.clock import local_date
from shared.text import Text


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step does to a case: its entry of the log, its clock fact, and from where it may come."""

    entry: str
    fact: FactKind
    states: frozenset[State]


_ON_ITS_WAY = frozenset({State.SUBMITTED, State.CORRECTION})
EFFECTS: Mapping[StepKind, Effect] = {
    StepKind.RECEIVED: Effect("received", FactKind.RECEIVED, frozenset({State.SUBMITTED})),
    StepKind.ACCEPTED: Effect("accepted", FactKind.ACCEPTED, frozenset({State.RECEIVED})),
    StepKind.NOT_ACCEPTED: Effect("not_accepted", FactKind.DECLINED, _ON_ITS_WAY | {State.RECEIVED}),
    StepKind.CORRECTION_REQUESTED: Effect(
        "correction_requested", FactKind.CORRECTION_NOTIFIED, frozenset({State.RECEIVED})
    ),
    StepKind.CORRECTION_ANSWERED: Effect("correction_answered", FactKind.CORRECTION_ANSWERED, _ON_ITS_WAY),
    StepKind.PROCEDURE_STARTED: Effect("procedure_started", FactKind.SUSPENDED, frozenset({State.ACCEPTED})),
    StepKind.PROCEDURE_ENDED: Effect("procedure_ended", FactKind.RESUMED, frozenset({State.ACCEPTED})),
    StepKind.GRANTED: Effect("granted", FactKind.DECIDED, frozenset({State.ACCEPTED})),
    StepKind.REFUSED: Effect("refused", FactKind.DECIDED, frozenset({State.ACCEPTED})),
    StepKind.WITHDRAWN: Effect(
        "withdrawn", FactKind.WITHDRAWN, _ON_ITS_WAY | {State.RECEIVED, State.ACCEPTED}
    ),
}
"""A handed-over case stays `accepted` until the decision: who examines it there is not ours to know."""

_STATE = Text("办件当前为“{state}”，不应有此步骤", "The case is “{state}”, which this cannot follow")
_FUTURE = Text("日期{day}在今天之后", "Its date, {day}, lies in the future")
_EARLY = Text(
    "收件日期{day}早于提交之日{submitted}", "Received on {day}, before it was handed in on {submitted}"
)
_NO_POINTS = Text("要求补正，却没有列明补正内容", "A correction without anything to correct")
_UNKNOWN_POINT = Text("申请中没有要求补正的“{target}”", "The application has no “{target}” to correct")
_NO_PROCEDURE = Text("没有写明是哪一项特别程序", "It does not say which special procedure")
_RUNNING = Text("“{kind}”正在进行", "This procedure is running: {kind}")
_NOT_RUNNING = Text("“{kind}”没有在进行", "This procedure is not running: {kind}")
_DECIDED_MEANWHILE = Text(
    "特别程序尚未结束，却已作出决定", "Decided while a special procedure is still running"
)


def objection(
    case: Case,
    item: Item,
    answers: Answers,
    step: Step,
    *,
    today: date,
    now: datetime,
    running: Collection[ProcedureKind],
    ref: str | None,
) -> Text | None:
    """Why the step cannot be true; None when nothing speaks against it.

    `running` are the special procedures that have not ended; `ref` names the one that the step is about.
    """
    effect = EFFECTS[step.kind]
    if case.state not in effect.states:
        return _STATE.format(state=name_of(case.state, licence=False))
    if step.effective_on > today:
        return _FUTURE.format(day=say_date(step.effective_on))
    return (
        _of_receipt(case, step)
        or _of_points(item, answers, step)
        or _of_procedures(step, running)
        or _of_clock(case, step, effect, now, ref)
    )


def _of_receipt(case: Case, step: Step) -> Text | None:
    submitted = local_date(case.submitted_at) if case.submitted_at else None
    if step.kind is StepKind.RECEIVED and submitted is not None and step.effective_on < submitted:
        return _EARLY.format(day=say_date(step.effective_on), submitted=say_date(submitted))
    return None


def _of_points(item: Item, answers: Answers, step: Step) -> Text | None:
    if step.kind is not StepKind.CORRECTION_REQUESTED:
        return None
    if not step.points:
        return _NO_POINTS
    for point in step.points:
        if label_of(item, point.target) is None or not row_exists(answers, point.target):
            return _UNKNOWN_POINT.format(target=point.target)
    return None


def _of_procedures(step: Step, running: Collection[ProcedureKind]) -> Text | None:
    if step.kind in (StepKind.GRANTED, StepKind.REFUSED):
        return _DECIDED_MEANWHILE if running else None
    if step.kind not in (StepKind.PROCEDURE_STARTED, StepKind.PROCEDURE_ENDED):
        return None
    if step.procedure is None:
        return _NO_PROCEDURE
    kind = ProcedureKind(step.procedure.kind)
    if step.kind is StepKind.PROCEDURE_STARTED:
        return _RUNNING.format(kind=PROCEDURE_NAMES[kind]) if kind in running else None
    return None if kind in running else _NOT_RUNNING.format(kind=PROCEDURE_NAMES[kind])


def _of_clock(case: Case, step: Step, effect: Effect, now: datetime, ref: str | None) -> Text | None:
    """The ledger of time refuses facts that cannot all be true."""
    fact = clock.ClockFact(effect.fact, step.effective_on, now, ref=ref)
    try:
        clock.read_course([*facts_of(case), fact])
    except clock.ClockError as error:
        return error.message
    return None

"""What the authority's system reports becomes the case's log and clock facts: each step once, in its order.

A report tells every step so far. What is known already is passed over, what comes too early waits for the
steps before it, and what cannot be true of the case is taken to a person with its reason; it changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from approvals.applications.answers import read_answers
from approvals.applications.commands import snapshot
from approvals.cases.announce import announce
from approvals.cases.deadline import Deadlines
from approvals.cases.model import Case, CorrectionNotice
from approvals.cases.record import Fact, record
from approvals.decisions.model import Decision
from approvals.documents.issued_outside import OutsideDocument
from approvals.handovers import commands as handovers
from approvals.handovers.model import Handover, HandoverState, HandoverStep, Trouble
from approvals.handovers.port import Connections, Report, Step, StepKind
from approvals.handovers.sending import heard, schedule_poll
from approvals.items.catalogue import Catalogue
from approvals.items.model import Item
from approvals.procedures.commands import break_off
from approvals.procedures.model import DEFAULT_BASIS, PROCEDURE_NAMES, ProcedureKind, SpecialProcedure
from approvals.procedures.queries import running_on
from approvals.tracking.judging import EFFECTS, objection
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_CHANGED = Text("第{n}步曾回报过，内容与先前不同", "Step {n} was reported before, and said something else")
_STEP = Text("第{n}步（{kind}，{day}）：{why}", "Step {n} ({kind}, {day}): {why}")
_POINTS = Text("共{n}项需要补正", "{n} point(s) to correct")


@dataclass(frozen=True, slots=True)
class Taking:
    """A step that is being taken over, by the authority's own word."""

    tx: Transaction
    case: Case
    item: Item
    handover: Handover
    step: Step
    procedure: SpecialProcedure | None
    """The running one that the step is about."""


def take_report(tx: Transaction, case: Case, handover: Handover, report: Report) -> None:
    """Take over what is new in a report, and make the next appointment. The case is locked."""
    heard(tx, handover, case)
    item = tx.resource(Catalogue).of(case)
    known = {row.number: row.digest for row in handover.steps}
    for step in report.steps:
        if handover.state in (HandoverState.STUCK, HandoverState.PENDING):
            break  # a person looks at it first; or nothing was taken there yet
        if step.number in known:
            if known[step.number] != step.digest:
                _contradicts(tx, case, item, handover, step, _CHANGED.format(n=step.number))
            continue
        if step.number != handover.steps_taken + 1:
            break  # the steps before it are still to come
        _take(tx, case, item, handover, step)
    _go_on_asking(tx, handover, report)


def _take(tx: Transaction, case: Case, item: Item, handover: Handover, step: Step) -> None:
    by_authority = replace(tx, actor=handovers.authority(handover))
    running = running_on(tx.session, case.id)
    kind = ProcedureKind(step.procedure.kind) if step.procedure else None
    procedure = next((each for each in running if each.kind is kind), None)
    why = objection(
        case,
        item,
        read_answers(tx.context.cipher, case),
        step,
        today=tx.today,
        now=tx.now,
        running={each.kind for each in running},
        ref=str(procedure.id) if procedure else None,
    )
    if why is None and handover.state is HandoverState.ENDED:
        why = _CHANGED.format(n=step.number)
    if why is not None:
        _contradicts(tx, case, item, handover, step, why)
        return
    handover.steps_taken = step.number
    handover.heard_at = tx.now
    handover.steps.append(
        HandoverStep(
            number=step.number,
            kind=step.kind.value,
            effective_on=step.effective_on,
            recorded_at=tx.now,
            digest=step.digest,
        )
    )
    _EFFECTS[step.kind](Taking(by_authority, case, item, handover, step, procedure))
    _expect_documents(tx, case, step)
    details = {"step": step.number, "kind": step.kind.value, "effective_on": step.effective_on.isoformat()}
    by_authority.audit("handover.step-taken", "case", case.id, details)
    # What is judged next is judged by this: the session does not write before it reads.
    tx.session.flush()


def _contradicts(tx: Transaction, case: Case, item: Item, handover: Handover, step: Step, why: Text) -> None:
    reason = _STEP.format(n=step.number, kind=step.kind.value, day=step.effective_on.isoformat(), why=why)
    handovers.get_stuck(tx, case, item, handover, Trouble.CONTRADICTION, reason)


def _go_on_asking(tx: Transaction, handover: Handover, report: Report) -> None:
    if handover.state is not HandoverState.FILED:
        tx.unschedule(handovers.POLL, handover.reference)
        return
    connection = tx.resource(Connections).get(handover.system)
    behind = bool(report.steps) and report.steps[-1].number > handover.steps_taken
    pause = min(connection.poll_s, 60.0) if connection and behind else connection and connection.poll_s
    schedule_poll(tx, handover, pause or 3600.0)


def _write(taking: Taking, *, detail: Text | None, ref: str | None = None, note: Text | None = None) -> None:
    step, effect = taking.step, EFFECTS[taking.step.kind]
    record(
        taking.tx,
        taking.case,
        taking.item,
        effect.entry,
        office="authority",
        effective_on=step.effective_on,
        facts=[Fact(effect.fact, step.effective_on, note=note, ref=ref)],
        detail=detail or (Text.same(step.text) if step.text else None),
    )


def _received(taking: Taking) -> None:
    _write(taking, detail=None)
    more = {"handover": handovers.public_facts(taking.handover)}
    announce(taking.tx, taking.case, taking.item, "handed-over", more=more)


def _accepted(taking: Taking) -> None:
    _write(taking, detail=None)
    taking.case.accepted_at = taking.tx.now
    announce(taking.tx, taking.case, taking.item, "accepted")


def _not_accepted(taking: Taking) -> None:
    _write(taking, detail=None)
    _end(taking)
    decline = {"kind": "refused", "reason": taking.step.text}
    announce(taking.tx, taking.case, taking.item, "declined", decline=decline)


def _correction_requested(taking: Taking) -> None:
    tx, case = taking.tx, taking.case
    points = {point.target: point.requirement for point in taking.step.points}
    case.corrections.append(
        CorrectionNotice(
            id=new_id(),
            round=len(case.corrections) + 1,
            requested_at=tx.now,
            official_id=None,
            official_name=tx.actor.name,
            items=[{"target": target, "requirement": said} for target, said in points.items()],
            seen_sealed=tx.context.cipher.seal(snapshot(tx.context.cipher, case, list(points))),
        )
    )
    _write(taking, detail=_POINTS.format(n=len(points)))
    announce(tx, case, taking.item, "correction-requested")


def _correction_answered(taking: Taking) -> None:
    notice = taking.case.corrections[-1]
    notice.answered_at = notice.answered_at or taking.tx.now
    _write(taking, detail=None)
    announce(taking.tx, taking.case, taking.item, "correction-answered")


def _procedure_started(taking: Taking) -> None:
    tx, case, said = taking.tx, taking.case, taking.step.procedure
    if said is None:
        raise LookupError("a step of a procedure without one")
    calendar = tx.resource(Deadlines).calendar_of(tx.session)
    kind = ProcedureKind(said.kind)
    started_on = taking.step.effective_on
    procedure = SpecialProcedure(
        id=new_id(),
        case_id=case.id,
        kind=kind,
        reason=taking.step.text,
        legal_basis=said.legal_basis or DEFAULT_BASIS.zh,
        expected_days=said.expected_days,
        expected_end_on=calendar.add_working_days(started_on, said.expected_days),
        started_on=started_on,
        started_at=tx.now,
        started_by=None,
        started_name=tx.actor.name,
    )
    running = running_on(tx.session, case.id)
    tx.session.add(procedure)
    case.resumes_on = max(each.expected_end_on for each in (*running, procedure))
    _write(taking, detail=PROCEDURE_NAMES[kind], ref=str(procedure.id), note=PROCEDURE_NAMES[kind])
    _tell_of(taking, procedure, "procedure-started", len(running) + 1)


def _procedure_ended(taking: Taking) -> None:
    tx, case, procedure = taking.tx, taking.case, taking.procedure
    if procedure is None:
        raise LookupError("a step of a procedure that does not run")
    procedure.ended_on = taking.step.effective_on
    procedure.ended_at = tx.now
    procedure.ended_name = tx.actor.name
    left = [each for each in running_on(tx.session, case.id) if each is not procedure]
    case.resumes_on = max((each.expected_end_on for each in left), default=None)
    name = PROCEDURE_NAMES[procedure.kind]
    _write(taking, detail=name, ref=str(procedure.id), note=name)
    _tell_of(taking, procedure, "procedure-ended", len(left))


def _decided(taking: Taking) -> None:
    tx, case, granted = taking.tx, taking.case, taking.step.kind is StepKind.GRANTED
    tx.session.add(
        Decision(
            case_id=case.id,
            granted=granted,
            reason=taking.step.text or None,
            remedies=None,  # the authority's own document says them
            official_id=None,
            official_name=tx.actor.name,
            decided_at=tx.now,
        )
    )
    _write(taking, detail=None)
    _end(taking)
    announce(
        tx,
        case,
        taking.item,
        "decided",
        decision={
            "granted": granted,
            "reason": taking.step.text or None,
            "certificate_id": None,
            "uscc": None,
        },
    )


def _withdrawn(taking: Taking) -> None:
    tx, case = taking.tx, taking.case
    early = case.accepted_at is None
    record(
        tx,
        case,
        taking.item,
        "withdrawn_early" if early else "withdrawn",
        office="authority",
        effective_on=taking.step.effective_on,
        facts=[Fact(EFFECTS[StepKind.WITHDRAWN].fact, taking.step.effective_on)],
        detail=Text.same(taking.step.text) if taking.step.text else None,
    )
    break_off(tx, case)
    _end(taking)
    announce(tx, case, taking.item, "withdrawn")


_EFFECTS: Mapping[StepKind, Callable[[Taking], None]] = {
    StepKind.RECEIVED: _received,
    StepKind.ACCEPTED: _accepted,
    StepKind.NOT_ACCEPTED: _not_accepted,
    StepKind.CORRECTION_REQUESTED: _correction_requested,
    StepKind.CORRECTION_ANSWERED: _correction_answered,
    StepKind.PROCEDURE_STARTED: _procedure_started,
    StepKind.PROCEDURE_ENDED: _procedure_ended,
    StepKind.GRANTED: _decided,
    StepKind.REFUSED: _decided,
    StepKind.WITHDRAWN: _withdrawn,
}


def _end(taking: Taking) -> None:
    taking.case.ended_at = taking.tx.now
    handovers.end(taking.tx, taking.handover)


def _tell_of(taking: Taking, procedure: SpecialProcedure, step: str, running: int) -> None:
    tx = taking.tx
    status = tx.resource(Deadlines).statutory(tx.session, taking.case, taking.item, tx.today)
    more = {
        "procedure": {
            "kind": procedure.kind.value,
            "name": PROCEDURE_NAMES[procedure.kind].to_dict(),
            "reason": procedure.reason,
            "legal_basis": procedure.legal_basis,
            "started_on": procedure.started_on,
            "expected_days": procedure.expected_days,
            "expected_end_on": procedure.expected_end_on,
            "ended_on": procedure.ended_on,
        },
        "running": running,
        "statutory_due_on": status.clock.due_on if status else None,
        "statutory_provisional": status.clock.provisional if status else False,
    }
    announce(tx, taking.case, taking.item, step, more=more)


def _expect_documents(tx: Transaction, case: Case, step: Step) -> None:
    """Documents that come with a step are fetched by errands of their own, each until it is here."""
    for document in step.documents:
        row = OutsideDocument(
            id=new_id(),
            case_id=case.id,
            outside_id=document.id,
            step=step.number,
            name=document.name,
            media_type=document.media_type,
            size=document.size,
            sha256=document.sha256,
        )
        tx.session.add(row)
        tx.session.flush()
        handovers.schedule_fetch(tx, UUID(str(row.id)))

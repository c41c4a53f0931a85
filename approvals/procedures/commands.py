"""Special procedures (特别程序, events 9 and 10): their time does not count, and is told in writing.

行政许可法 art. 45: the time for 听证、招标、拍卖、检验、检测、检疫、鉴定 and 专家评审 is not counted, and the
authority tells the applicant in writing how long they will take.
"""

from datetime import date

from approvals.cases import policy
from approvals.cases.announce import announce
from approvals.cases.clock import FactKind, Unit, say_amount, say_due
from approvals.cases.deadline import Deadlines
from approvals.cases.model import Case
from approvals.cases.record import Fact, record
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.items.model import Item
from approvals.notices.policy import stopped_until
from approvals.procedures.model import DEFAULT_BASIS, PROCEDURE_NAMES, ProcedureKind, SpecialProcedure
from approvals.procedures.policy import require_listed
from approvals.procedures.queries import running_on
from approvals.tasks import commands as tasks
from approvals.tasks import policy as task_policy
from shared.calendar import say_date
from shared.errors import Conflict, FieldError, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_STARTED = Text(
    "{kind}，所需时间{amount}，预计于{end}结束；期限自{start}起停止计算。{reason}",
    "{kind}, expected to take {amount} and to end on {end}; the limits stand still from {start}. {reason}",
)
_STARTED_LATE = Text(
    "{kind}，所需时间{amount}，预计于{end}结束；法定办理期限至{due}，不因此顺延。{reason}",
    "{kind}, expected to take {amount} and to end on {end}; the limit by law, {due}, is not moved. {reason}",
)
_ENDED = Text("{kind}，{start}至{end}", "{kind}, {start} to {end}")
_HEARING = Text("听证的组织", "The hearing")
_HEARING_IS = Text(
    "依申请听证的，自收到听证申请之日起二十日内组织；举行的七日前通知时间、地点（《行政许可法》第四十七条、第四十八条）",
    "Where it was asked for: held within twenty days of the request; time and place are told seven days "
    "before (Administrative Licensing Law, arts. 47, 48)",
)
_TWICE = Text("“{kind}”已在进行，结束前不能再次开始", "A procedure of this kind is running: {kind}")
_NOT_RUNNING = Text("没有正在进行的该特别程序", "There is no such special procedure running")
_TOO_EARLY = Text("结束日期不能早于开始日期（{start}）", "It cannot have ended before it started, on {start}")
_FUTURE = Text("结束日期不能晚于今天", "It cannot have ended later than today")


def start(
    tx: Transaction,
    case: Case,
    item: Item,
    *,
    kind: ProcedureKind,
    reason: str,
    expected_days: int,
    legal_basis: str,
) -> SpecialProcedure:
    """Start a procedure today: the clocks stop, and the written notice of the time needed is issued.

    `expected_days` is in working days. It never starts in the past, for the applicant is told beforehand.
    Raises Forbidden without the claim of the review or the decision, Conflict while one of the kind runs or
    where the item does not name the kind, InvalidInput without a reason.
    """
    policy.require_state("start-procedure", case)
    task = task_policy.require_examiner(tx.session, tx.actor, case)
    require_listed(item, kind)
    running = running_on(tx.session, case.id)
    if any(procedure.kind is kind for procedure in running):
        raise Conflict(_TWICE.format(kind=PROCEDURE_NAMES[kind]), slug="procedure-running")
    if not reason.strip():
        text = Text("请写明需要该程序的理由", "Say why the procedure is needed")
        raise InvalidInput(errors=[FieldError("/reason", "required", text)])
    calendar = tx.resource(Deadlines).calendar_of(tx.session)
    procedure = SpecialProcedure(
        id=new_id(),
        case_id=case.id,
        kind=kind,
        reason=reason.strip(),
        legal_basis=legal_basis.strip() or DEFAULT_BASIS.zh,
        expected_days=expected_days,
        expected_end_on=calendar.add_working_days(tx.today, expected_days),
        started_on=tx.today,
        started_at=tx.now,
        started_by=tx.actor.id,
        started_name=tx.actor.name,
    )
    tx.session.add(procedure)
    ends = [each.expected_end_on for each in (*running, procedure)]
    case.resumes_on = max((*ends, *stopped_until(tx.session, case, item)))
    fact = Fact(FactKind.SUSPENDED, tx.today, note=PROCEDURE_NAMES[kind], ref=str(procedure.id), at=tx.now)
    unmoved = _not_moved_by(tx, case, item, fact)
    record(
        tx,
        case,
        item,
        "procedure_started",
        office=task_policy.office_of(task),
        facts=[fact],
        detail=(_STARTED_LATE if unmoved else _STARTED).format(
            kind=PROCEDURE_NAMES[kind],
            amount=_amount(procedure),
            start=say_date(procedure.started_on),
            end=say_date(procedure.expected_end_on),
            due=unmoved or "",
            reason=procedure.reason,
        ),
    )
    tasks.redate(tx, case)
    _issue_notice(tx, case, item, procedure)
    details = {"procedure": str(procedure.id), "kind": kind.value, "expected_days": expected_days}
    tx.audit("case.procedure-started", "case", case.id, details)
    _tell(tx, case, item, "procedure-started", procedure, len(running) + 1)
    return procedure


def end(
    tx: Transaction, case: Case, item: Item, *, kind: ProcedureKind, ended_on: date | None
) -> SpecialProcedure:
    """End the procedure of a kind, today or on the earlier day on which it ended.

    The clocks go on when the last one has ended.

    Raises Forbidden without the claim of the review or the decision, Conflict when it does not run,
    InvalidInput for a day before its start or after today.
    """
    policy.require_state("end-procedure", case)
    task = task_policy.require_examiner(tx.session, tx.actor, case)
    running = running_on(tx.session, case.id)
    procedure = next((each for each in running if each.kind is kind), None)
    if procedure is None:
        raise Conflict(_NOT_RUNNING, slug="procedure-not-running")
    on = ended_on or tx.today
    if on < procedure.started_on:
        text = _TOO_EARLY.format(start=say_date(procedure.started_on))
        raise InvalidInput(errors=[FieldError("/ended_on", "before-start", text)])
    if on > tx.today:
        raise InvalidInput(errors=[FieldError("/ended_on", "future", _FUTURE)])
    _close(tx, procedure, on)
    left = [each for each in running if each is not procedure]
    ends = [each.expected_end_on for each in left]
    case.resumes_on = max((*ends, *stopped_until(tx.session, case, item)), default=None)
    name = PROCEDURE_NAMES[procedure.kind]
    record(
        tx,
        case,
        item,
        "procedure_ended",
        office=task_policy.office_of(task),
        effective_on=on,
        facts=[Fact(FactKind.RESUMED, on, note=name, ref=str(procedure.id))],
        detail=_ENDED.format(kind=name, start=say_date(procedure.started_on), end=say_date(on)),
    )
    tasks.redate(tx, case)
    details = {"procedure": str(procedure.id), "kind": procedure.kind.value, "ended_on": on.isoformat()}
    tx.audit("case.procedure-ended", "case", case.id, details)
    _tell(tx, case, item, "procedure-ended", procedure, len(left))
    return procedure


def break_off(tx: Transaction, case: Case) -> None:
    """The case ends by withdrawal: what still runs ends with it."""
    case.resumes_on = None
    for procedure in running_on(tx.session, case.id):
        _close(tx, procedure, tx.today)


def _close(tx: Transaction, procedure: SpecialProcedure, on: date) -> None:
    procedure.ended_on = on
    procedure.ended_at = tx.now
    procedure.ended_name = tx.actor.name


def _amount(procedure: SpecialProcedure) -> Text:
    return say_amount(procedure.expected_days, Unit.WORKING_DAY)


def _issue_notice(tx: Transaction, case: Case, item: Item, procedure: SpecialProcedure) -> None:
    hearing = [(_HEARING, _HEARING_IS.zh)] if procedure.kind is ProcedureKind.HEARING else []
    issue_slip(
        tx,
        case,
        item,
        SlipKind.PROCEDURE_NOTICE,
        reason=procedure.reason,
        legal_basis=Text.same(procedure.legal_basis),
        due_on=procedure.expected_end_on,
        rows=[
            (Text("特别程序", "Procedure"), PROCEDURE_NAMES[procedure.kind].zh),
            (Text("所需时间", "Time needed"), _amount(procedure).zh),
            *hearing,
        ],
    )


def _tell(
    tx: Transaction, case: Case, item: Item, step: str, procedure: SpecialProcedure, running: int
) -> None:
    said = {
        "kind": procedure.kind.value,
        "name": PROCEDURE_NAMES[procedure.kind].to_dict(),
        "reason": procedure.reason,
        "legal_basis": procedure.legal_basis,
        "started_on": procedure.started_on,
        "expected_days": procedure.expected_days,
        "expected_end_on": procedure.expected_end_on,
        "ended_on": procedure.ended_on,
    }
    due_on, provisional = _statutory(tx, case, item)
    more = {
        "procedure": said,
        "running": running,
        "statutory_due_on": due_on,
        "statutory_provisional": provisional,
    }
    announce(tx, case, item, step, more=more)


def _not_moved_by(tx: Transaction, case: Case, item: Item, fact: Fact) -> Text | None:
    """The statutory date in words, where the limit has ended or ends before the suspension takes any of it.

    The day of the start still counts (see `approvals.cases.clock`); of a limit in hours so does the time of
    that day before the start.
    """
    status = tx.resource(Deadlines).statutory(tx.session, case, item, tx.today)
    if status is None or status.clock.due_on is None:
        return None
    due_at = status.clock.due_at
    stays = due_at <= (fact.at or tx.now) if due_at else status.clock.due_on <= tx.today
    return say_due(status.clock.due_on, due_at) if stays else None


def _statutory(tx: Transaction, case: Case, item: Item) -> tuple[date | None, bool]:
    """When the law wants the decision, None while its clock stands still; and whether that is provisional."""
    status = tx.resource(Deadlines).statutory(tx.session, case, item, tx.today)
    return (status.clock.due_on, status.clock.provisional) if status else (None, False)

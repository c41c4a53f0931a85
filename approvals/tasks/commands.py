"""Opening, claiming and closing tasks."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from approvals.cases import policy as case_policy
from approvals.cases.deadline import Reckoning
from approvals.cases.model import Case, CaseDepartment
from approvals.items.examination import ReviewStage
from approvals.tasks import policy
from approvals.tasks.model import LIVE, Task, TaskKind, TaskState, last_instant_of
from shared.database import insert_if_absent
from shared.errors import Conflict, Forbidden, NotFound, PreconditionFailed
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction


def open_task(
    tx: Transaction,
    case: Case,
    kind: TaskKind,
    due: Reckoning | None = None,
    *,
    department: str | None = None,
    stage: str | None = None,
) -> Task:
    """Put work on the queue, due when the case's running clock is, or when `due` says.

    It is the case's own department's unless `department` names another, which may see the case from now on.
    """
    if department not in (None, case.department):
        part = {"department": department, "case_id": case.id, "since": tx.now}
        insert_if_absent(tx.session, CaseDepartment, part)
    task = Task(
        id=new_id(),
        case_id=case.id,
        kind=kind,
        department=department or case.department,
        stage=stage,
        state=TaskState.OPEN,
        created_at=tx.now,
    )
    _date(task, case, due or Reckoning.on(case))
    tx.session.add(task)
    return task


def open_stage(tx: Transaction, case: Case, stage: ReviewStage) -> None:
    """Put the reviews of a stage on the queues of all its departments at once (并联审查)."""
    for department in stage.departments:
        open_task(tx, case, TaskKind.REVIEW, department=department.code, stage=stage.key)


def find(tx: Transaction, task_id: UUID, *, expected_version: int) -> Task:
    """The task, with its case locked first (always in this order, so that two verbs cannot deadlock)."""
    policy.require_desk(tx.actor)
    visible = sa.select(Task.case_id).where(Task.id == task_id, policy.visible(tx.actor))
    case_id = tx.session.scalar(visible)
    if case_id is None:
        raise NotFound(Text("没有这项任务，或您无权查看", "There is no such task, or you may not see it"))
    case_policy.find(tx.session, tx.actor, case_id, lock=True)
    task = _fresh(tx, task_id)
    if task.version != expected_version:
        if task.state is TaskState.CLAIMED and task.claimed_by != tx.actor.id:
            raise _taken(task)
        raise PreconditionFailed
    return task


def find_open(tx: Transaction, task_id: UUID) -> Task | None:
    """The task with its case locked, if it is still open and nobody else is acting on its case now."""
    case_of = sa.select(Task.case_id).where(Task.id == task_id).scalar_subquery()
    free = sa.select(Case.id).where(Case.id == case_of).with_for_update(skip_locked=True)
    if tx.session.scalar(free) is None:
        return None
    task = _fresh(tx, task_id)
    return task if task.state is TaskState.OPEN else None


def _fresh(tx: Transaction, task_id: UUID) -> Task:
    """The task and its case as they are, now that the case is locked."""
    return tx.session.scalars(
        sa.select(Task)
        .where(Task.id == task_id)
        .options(joinedload(Task.case))
        .execution_options(populate_existing=True)
    ).one()


def claim(tx: Transaction, task: Task) -> Task:
    """Take an open task; 409 when somebody else has it, 403 without the position."""
    policy.require_may_take(tx.actor, task)
    if task.state is not TaskState.OPEN:
        raise _taken(task)
    task.state = TaskState.CLAIMED
    task.claimed_by = tx.actor.id
    task.claimed_name = tx.actor.name
    task.claimed_at = tx.now
    tx.audit("task.claimed", "case", task.case_id, {"task": str(task.id), "kind": task.kind.value})
    return task


def release(tx: Transaction, task: Task) -> Task:
    """Give a claimed task back to the queue; an overseer may do it for an official who is away.

    Raises Forbidden for others than these, Conflict when nobody holds it.
    """
    mine = task.claimed_by == tx.actor.id
    if not (mine or tx.actor.has_role(*policy.MAY_RELEASE)):
        raise Forbidden(Text("您没有领取这项任务", "You do not hold this task"), slug="claim-required")
    if task.state is not TaskState.CLAIMED:
        raise Conflict(Text("这项任务现在没有人领取", "Nobody holds this task now"), slug="not-held")
    task.state = TaskState.OPEN
    task.claimed_by = None
    task.claimed_name = None
    task.claimed_at = None
    tx.audit("task.released", "case", task.case_id, {"task": str(task.id), "kind": task.kind.value})
    return task


def redate(tx: Transaction, case: Case) -> UUID | None:
    """Let the live tasks follow the case's date; gives the official who holds the claim, if one does."""
    holder = None
    for task in tx.session.scalars(sa.select(Task).where(Task.case_id == case.id, Task.state.in_(LIVE))):
        _date(task, case, Reckoning.on(case))
        holder = task.claimed_by or holder
    return holder


def redate_one(tx: Transaction, case: Case, kind: TaskKind, due: Reckoning) -> UUID | None:
    """Let a task that comes after the grant follow its own clock; gives the official who holds the claim."""
    live = sa.select(Task).where(Task.case_id == case.id, Task.state.in_(LIVE), Task.kind == kind)
    task = tx.session.scalar(live)
    if task is None:
        return None
    _date(task, case, due)
    return task.claimed_by


def _date(task: Task, case: Case, due: Reckoning) -> None:
    # While its clocks stand still nothing is due; the queue shows the task where they are expected to go on.
    on = due.due_on or case.resumes_on
    if on is None:
        raise LookupError(f"case {case.id}: a live task has a date")
    task.due_on = on
    task.yellow_on = due.yellow_on or on
    task.due_at, task.yellow_at = due.due_at, due.yellow_at
    task.due_until = due.due_at or last_instant_of(on)
    task.due_provisional = due.provisional
    task.suspended = due.due_on is None


def is_live(tx: Transaction, case: Case, kind: TaskKind) -> bool:
    """Whether work of a kind is still to be done on the case."""
    found = sa.select(Task.id).where(Task.case_id == case.id, Task.kind == kind, Task.state.in_(LIVE))
    return tx.session.scalars(found).first() is not None


def others_live(tx: Transaction, task: Task) -> bool:
    """Whether work of the same kind and stage is still to be done on the case, by other departments."""
    found = sa.select(Task.id).where(
        Task.case_id == task.case_id,
        Task.kind == task.kind,
        Task.stage == task.stage,
        Task.id != task.id,
        Task.state.in_(LIVE),
    )
    return task.stage is not None and tx.session.scalars(found).first() is not None


def complete(tx: Transaction, task: Task) -> None:
    """The work is done."""
    task.state = TaskState.DONE
    task.ended_at = tx.now


def cancel_live(tx: Transaction, case: Case, *kinds: TaskKind) -> None:
    """The case ended otherwise: nothing is left to do on it; of some kinds alone where they are named."""
    live = sa.select(Task).where(Task.case_id == case.id, Task.state.in_(LIVE))
    if kinds:
        live = live.where(Task.kind.in_(kinds))
    for task in tx.session.scalars(live):
        task.state = TaskState.CANCELLED
        task.ended_at = tx.now


def holder_of(tx: Transaction, case: Case, kind: TaskKind) -> UUID | None:
    """The official who holds the live task of that kind, if one does."""
    return tx.session.scalar(
        sa.select(Task.claimed_by).where(Task.case_id == case.id, Task.kind == kind, Task.state.in_(LIVE))
    )


def _taken(task: Task) -> Conflict:
    if task.state is TaskState.CLAIMED:
        return Conflict(
            Text("任务已由{name}领取", "{name} has claimed this task").format(name=task.claimed_name or ""),
            slug="already-claimed",
        )
    return Conflict(Text("任务已结束", "The task has ended"), slug="task-ended")

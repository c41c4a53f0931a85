"""Who may take a task, and who holds it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.cases.record import Office
from approvals.tasks.model import TASK_POSITIONS, Task, TaskKind, TaskState
from shared.actor import Actor
from shared.errors import Forbidden
from shared.text import Text

MAY_RELEASE = ("administrator", "manager")
"""Roles that may free a task whose holder is away or gone; the audit trail names them."""

EXAMINATION = (TaskKind.REVIEW, TaskKind.DECISION)
"""The tasks whose holder examines the case, and may stop its clocks or ask for more time."""

WATCHES_ALL = ("administrator", "auditor", "manager")


def require_desk(actor: Actor) -> None:
    """Refuse whoever has nothing to do at the officials' desk, whatever task they name."""
    if not actor.positions and not actor.has_role(*WATCHES_ALL):
        raise Forbidden(Text("只有工作人员可以使用工作台", "Only officials may use the desk"))


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """Tasks the actor may see: those of the positions held, everything for those who oversee."""
    return sa.true() if actor.has_role(*WATCHES_ALL) else covered(actor)


def covered(actor: Actor) -> sa.ColumnElement[bool]:
    """Tasks that the positions held cover: those the actor may take, as far as the task decides it."""
    held = [
        sa.and_(Task.department == position.department, Task.kind == kind)
        for position in actor.positions
        for kind, needed in TASK_POSITIONS.items()
        if needed == position.kind
    ]
    return sa.or_(sa.false(), *held)


def may_take(actor: Actor, task: Task) -> bool:
    """Whether the actor's position covers the task."""
    return actor.holds(TASK_POSITIONS[task.kind], task.department)


def require_may_take(actor: Actor, task: Task) -> None:
    """Refuse whoever does not hold the position."""
    if not may_take(actor, task):
        raise Forbidden(Text("您的岗位不能办理这项任务", "Your position does not cover this task"))


def claimed_task(session: Session, actor: Actor, case: Case, *kinds: TaskKind) -> Task | None:
    """The live task of one of the kinds on the case, if the actor has claimed it."""
    return session.scalar(
        sa.select(Task).where(
            Task.case_id == case.id,
            Task.kind.in_(kinds),
            Task.state == TaskState.CLAIMED,
            Task.claimed_by == actor.id,
        )
    )


def claimed_kinds(session: Session, actor: Actor, case: Case) -> set[TaskKind]:
    """What the actor has claimed to do on the case, in a position still held.

    Nothing is asked for those who hold no position.
    """
    if not actor.positions:
        return set()
    query = sa.select(Task.kind).where(
        Task.case_id == case.id, Task.state == TaskState.CLAIMED, Task.claimed_by == actor.id, covered(actor)
    )
    return set(session.scalars(query))


def require_claim(session: Session, actor: Actor, case: Case, *kinds: TaskKind) -> Task:
    """Acting on a case needs the claim of a matching open task, and the position still held."""
    task = claimed_task(session, actor, case, *kinds)
    if task is None:
        raise Forbidden(
            Text("请先领取这项任务再办理", "Claim the task first"),
            slug="claim-required",
        )
    require_may_take(actor, task)
    return task


def require_examiner(session: Session, actor: Actor, case: Case) -> Task:
    """Whoever holds the review or the decision, whichever is being done now."""
    return require_claim(session, actor, case, *EXAMINATION)


def office_of(task: Task) -> Office:
    """In what office the holder of the task acts."""
    return TASK_POSITIONS[task.kind]

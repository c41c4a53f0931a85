"""A task as an official sees it in the queue."""

from typing import Any

from approvals.casefile.view import Reader, item_ref
from approvals.cases.clock import ClockKind
from approvals.cases.deadline import Deadlines
from approvals.cases.policy import state_name
from approvals.cases.time_schemas import REVOCATION, SUSPENDED
from approvals.tasks.model import LIVE, TASK_NAMES, Task, TaskKind, TaskState
from approvals.tasks.policy import MAY_RELEASE, may_take

_CLOCKS = {
    TaskKind.DELIVERY: ClockKind.DELIVERY.value,
    TaskKind.CHECK: ClockKind.CHECK.value,
    TaskKind.REVOCATION: REVOCATION,
}
"""Tasks with a time of their own; of the others it is that of the case."""


def task_view(reader: Reader, task: Task) -> dict[str, Any]:
    """The task with the little of its case that a line of the queue shows; no further queries."""
    case = task.case
    mine = task.state is TaskState.CLAIMED and task.claimed_by == reader.actor.id
    return {
        "id": str(task.id),
        "version": task.version,
        "kind": task.kind.value,
        "kind_name": TASK_NAMES[task.kind].to_dict(),
        "state": task.state.value,
        "case": {
            "id": str(case.id),
            "number": case.number,
            "item": item_ref(reader, case),
            "subject_name": case.subject_name,
            "state": case.state.value,
            "state_name": state_name(case).to_dict(),
            "version": case.version,
        },
        "department": task.department,
        "claimed_by": {"id": str(task.claimed_by), "name": task.claimed_name} if task.claimed_by else None,
        "mine": mine,
        "due": _due(reader, task),
        "created_at": task.created_at.isoformat(),
        "actions": _actions(reader, task, mine),
    }


def _due(reader: Reader, task: Task) -> dict[str, Any]:
    deadlines = reader.context.resources.get(Deadlines)
    live = task.state in LIVE
    light = SUSPENDED if task.suspended else deadlines.light(task.due_on, task.yellow_on, reader.today)
    kind = _CLOCKS.get(task.kind, task.case.due_kind)
    return {
        "on": task.due_on.isoformat(),
        "kind": kind or ClockKind.INTAKE.value,
        "light": light if live else "ended",
        "days_left": deadlines.days_left(reader.session, task.due_on, reader.today) if live else None,
        "provisional": task.due_provisional,
    }


def _actions(reader: Reader, task: Task, mine: bool) -> list[str]:
    if task.state is TaskState.OPEN and may_take(reader.actor, task):
        return ["claim"]
    if task.state is TaskState.CLAIMED and not mine and reader.actor.has_role(*MAY_RELEASE):
        return ["release"]
    if mine:
        ready = task.kind is TaskKind.REVIEW and task.case.resumes_on is None
        return ["release", "opinion"] if ready else ["release"]
    return []

"""A task as an official sees it in the queue."""

from typing import Any

from approvals.casefile.dues import due_view, stage_view
from approvals.casefile.view import Reader, item_ref
from approvals.cases.clock import ClockKind
from approvals.cases.dates import stage_that_ends_with
from approvals.cases.deadline import Deadlines, Reckoning
from approvals.cases.policy import state_name
from approvals.cases.time_schemas import REVOCATION, SUSPENDED
from approvals.items.catalogue import Catalogue
from approvals.items.examination import body_name, checks_of, review_stages
from approvals.items.model import Item
from approvals.tasks.model import AFTER_DECISION, LIVE, STAGE_ENDS, TASK_NAMES, Task, TaskKind, TaskState
from approvals.tasks.policy import MAY_RELEASE, may_take
from shared.text import Text

_IN_STAGE = Text("{kind}（{stage}）", "{kind} ({stage})")

_CLOCKS = {
    **dict.fromkeys(AFTER_DECISION, ClockKind.DELIVERY.value),
    TaskKind.CHECK: ClockKind.CHECK.value,
    TaskKind.REVOCATION: REVOCATION,
}
"""Tasks with a time of their own; of the others it is that of the case."""


def task_view(reader: Reader, task: Task) -> dict[str, Any]:
    """The task with the little of its case that a line of the queue shows; no further queries."""
    case = task.case
    item = reader.context.resources.get(Catalogue).of(case)
    mine = task.state is TaskState.CLAIMED and task.claimed_by == reader.actor.id
    return {
        "id": str(task.id),
        "version": task.version,
        "kind": task.kind.value,
        "kind_name": _kind_name(item, task).to_dict(),
        "state": task.state.value,
        "case": {
            "id": str(case.id),
            "number": case.number,
            "item": item_ref(reader, case),
            "subject_name": case.subject_name,
            "state": case.state.value,
            "state_name": state_name(case, item).to_dict(),
            "version": case.version,
        },
        "department": task.department,
        "department_name": (body_name(item, task.department) or Text.same(task.department)).to_dict(),
        "checks": _checks(item, task),
        "claimed_by": {"id": str(task.claimed_by), "name": task.claimed_name} if task.claimed_by else None,
        "mine": mine,
        "due": _due(reader, task),
        "stage": _stage(reader, task),
        "created_at": task.created_at.isoformat(),
        "actions": _actions(reader, task, mine),
    }


def _kind_name(item: Item, task: Task) -> Text:
    """What is to be done; of a review in one of several stages with the name of the stage."""
    stage = next((each for each in review_stages(item) if each.key and each.key == task.stage), None)
    name = TASK_NAMES[task.kind]
    return _IN_STAGE.format(kind=name, stage=stage.name) if stage else name


def _checks(item: Item, task: Task) -> list[str]:
    if task.kind is not TaskKind.REVIEW:
        return []
    return [check.key for check in checks_of(item, task.stage, task.department)]


def _due(reader: Reader, task: Task) -> dict[str, Any] | None:
    kind = _CLOCKS.get(task.kind, task.case.due_kind)
    due = Reckoning(
        task.due_on,
        kind or ClockKind.INTAKE.value,
        task.yellow_on,
        task.due_provisional,
        task.due_at,
        task.yellow_at,
    )
    return due_view(
        reader.context.resources.get(Deadlines),
        reader.session,
        due,
        reader.now,
        reader.today,
        light=SUSPENDED if task.suspended else None,
        ended=task.state not in LIVE,
    )


def _stage(reader: Reader, task: Task) -> dict[str, Any] | None:
    """When the stage is to be done that the task ends; nothing while it stands still."""
    event = STAGE_ENDS.get(task.kind)
    if event is None or task.state not in LIVE:
        return None
    found = stage_that_ends_with(task.case.dates, event)
    return stage_view(*found, reader.now) if found else None


def _actions(reader: Reader, task: Task, mine: bool) -> list[str]:
    if task.state is TaskState.OPEN and may_take(reader.actor, task):
        return ["claim"]
    if task.state is TaskState.CLAIMED and not mine and reader.actor.has_role(*MAY_RELEASE):
        return ["release"]
    if mine:
        ready = task.kind is TaskKind.REVIEW and task.case.resumes_on is None
        return ["release", "opinion"] if ready else ["release"]
    return []

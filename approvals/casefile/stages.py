"""The stages of a case (环节) as its readers see them: how far it has come, who examines, and until when."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.casefile.dues import stage_view
from approvals.cases.clock import FactKind
from approvals.cases.dates import INTERNAL, read_dates
from approvals.cases.model import Case
from approvals.items.examination import examined_before
from approvals.items.model import Item, Step
from approvals.tasks.model import Task, TaskKind, TaskState

_EVENTS = {
    "received": "received",
    "accepted": "accepted",
    "accepted_with_gaps": "accepted",
    "deemed_accepted": "accepted",
    "reviewed": "reviewed",
    "examination_notice_ended": "notice_ended",
    "granted": "decided",
    "granted_after_gaps": "decided",
    "deemed_renewed": "decided",
    "refused": "decided",
    "delivered": "delivered",
    "paid": "delivered",
}
"""The events by which stages start and end, by the entries of the log."""
_DONE = TaskState.DONE.value


def stages_view(
    session: Session, case: Case, item: Item, now: datetime, *, for_applicant: bool
) -> list[dict[str, Any]]:
    """Every stage with what starts and ends it. By when is for officials, unless the item announces it."""
    running = {key: each for key, each in read_dates(case.dates).items() if key.startswith(INTERNAL)}
    reached = {_EVENTS[entry.key] for entry in case.entries if entry.key in _EVENTS}
    examined = {fact.ref for fact in case.facts if fact.kind == FactKind.REVIEWED.value}
    reviews = _reviews(session, case, item)
    shown = []
    for step in item.steps:
        if step.starts is None or step.ends is None:
            continue
        before = examined_before(item, step.key)
        begun = before in examined if step.starts == "reviewed" and before else step.starts in reached
        done = step.key in examined if step.examined_by else step.ends in reached
        date = running.get(INTERNAL + step.key) if step.announced or not for_applicant else None
        shown.append(
            {
                "key": step.key,
                "name": step.name.to_dict(),
                "who": step.who.to_dict(),
                "state": "done" if done else "running" if begun else "pending",
                "departments": _departments(step, reviews),
                "due": date and stage_view(step.key, date, now),
            }
        )
    return shown


def _departments(step: Step, reviews: dict[tuple[str | None, str], str]) -> list[dict[str, Any]]:
    states = {None: "pending", _DONE: "done"}
    return [
        {
            "code": each.code,
            "name": each.name.to_dict(),
            "state": states.get(reviews.get((step.key, each.code)), "running"),
        }
        for each in step.examined_by
    ]


def _reviews(session: Session, case: Case, item: Item) -> dict[tuple[str | None, str], str]:
    """The state of each department's review; nothing is asked for where the item names none."""
    if not case.accepted_at or not any(step.examined_by for step in item.steps):
        return {}
    found = sa.select(Task).where(
        Task.case_id == case.id, Task.kind == TaskKind.REVIEW, Task.state != TaskState.CANCELLED
    )
    return {(task.stage, task.department): task.state.value for task in session.scalars(found)}

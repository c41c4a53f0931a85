"""Who examines an application, one after the other or at once (串联、并联审查), as the item's steps say."""

from dataclasses import dataclass

from approvals.items.bodies import Department
from approvals.items.model import Check, Item
from shared.text import Text


@dataclass(frozen=True, slots=True)
class ReviewStage:
    """One stage of the examination (审查环节): who examines, all at once; it ends with the last opinion.

    `key` is that of the item's step, None where the item names no departments and its own examines.
    """

    key: str | None
    name: Text
    departments: tuple[Department, ...]


def review_stages(item: Item) -> tuple[ReviewStage, ...]:
    """The stages of the examination in their order; one of the item's own department where none is named."""
    named = (ReviewStage(step.key, step.name, step.examined_by) for step in item.steps if step.examined_by)
    return tuple(named) or (ReviewStage(None, Text("审查", "Review"), (item.department,)),)


def examined_before(item: Item, key: str) -> str | None:
    """The last stage of the examination before the step called `key`, or None."""
    found = None
    for step in item.steps:
        if step.key == key:
            break
        found = step.key if step.examined_by else found
    return found


def body_name(item: Item, code: str) -> Text | None:
    """The name of a department that takes part in the item, by its code."""
    bodies = [item.department, *(each for step in item.steps for each in step.examined_by)]
    if item.funding:
        bodies.append(item.funding.payer)
    return next((each.name for each in bodies if each.code == code), None)


def checks_of(item: Item, stage: str | None, department: str) -> tuple[Check, ...]:
    """The points that a department answers for in a stage."""
    return tuple(
        check
        for check in item.review_checks
        if check.step in (None, stage) and check.department in (None, department)
    )

"""What officials do on a case: claiming and giving back, and what a page shows when a verb is refused."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.portal.context import Json, current_client
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_case import head_of, live_task
from gateway.portal.fields import ErrorLine
from gateway.portal.services import (
    ENTERPRISE,
    RefusedError,
    answer_of,
    case_path,
    load,
    load_case,
    own_key,
    path_of,
    problem_sentence,
    seen_version,
)

pages = Blueprint("desk_actions", __name__)

Answer = str | Response | tuple[str, int]
Again = Callable[[Json, list[Json], bool], str]
"""Shows a form again: the case as it is now, what is wrong, and whether the case changed meanwhile."""

INVALID = 422
_CONFLICT = 409
_STALE = 412
_MOVED_ON = {403, 409, 412}
_LATEST = 3


def act_on_task(task_id: str, verb: str, body: Json) -> Json:
    """One verb on a task, guarded by the version and the idempotency key that the posted form carries."""
    response = current_client().post(
        ENTERPRISE, path_of("tasks", task_id, verb), json=body, headers={**seen_version(), **own_key()}
    )
    return answer_of(response)


@pages.post("/desk/cases/<uuid:case_id>/tasks/<uuid:task_id>/claim")
@desk_only
def claim(case_id: UUID, task_id: UUID) -> Answer:
    """Claim a task, then show its case."""
    try:
        act_on_task(str(task_id), "claim", {})
    except RefusedError as refusal:
        return moved_on(refusal, str(case_id))
    return redirect(url_for("portal.desk_case.show", case_id=case_id, done="claimed"), code=303)


@pages.post("/desk/cases/<uuid:case_id>/tasks/<uuid:task_id>/release")
@desk_only
def release(case_id: UUID, task_id: UUID) -> Answer:
    """Give a task back to the queue."""
    try:
        act_on_task(str(task_id), "release", {})
    except RefusedError as refusal:
        return moved_on(refusal, str(case_id))
    return redirect(url_for("portal.desk_case.show", case_id=case_id, done="released"), code=303)


def refused(refusal: RefusedError, case_id: str, verb: str, again: Again) -> Answer:
    """Answer a refused verb: the form again with what was typed, or a page that says what changed.

    Raises the refusal itself when it is about neither what was typed nor the state of the case.
    """
    if refusal.status == INVALID:
        errors = refusal.errors or [{"pointer": "", "message": problem_sentence(refusal.problem)}]
        return again(load_case(case_id), errors, False), INVALID
    if refusal.status == _STALE:
        case = load_case(case_id)
        if verb in case["actions"]:
            return again(case, [], True), _STALE
    return moved_on(refusal, case_id)


def moved_on(refusal: RefusedError, case_id: str) -> Answer:
    """The case is no longer where the reader saw it: where it stands, who has it, what happened last."""
    if refusal.status not in _MOVED_ON:
        raise refusal
    return _stands_at(case_id, refusal.status, refusal.problem)


def no_longer(case: Json) -> Answer:
    """The answer to a form that was sent after its verb had gone; nothing is asked of the services."""
    return _stands_at(case["id"], _CONFLICT, {})


def _stands_at(case_id: str, status: int, problem: Json) -> tuple[str, int]:
    case = load_case(case_id)
    page = render_template(
        "portal/desk/changed.html",
        **head_of(case, live_task(case_id)),
        status=status,
        slug=str(problem.get("type", "")).rpartition(":")[2],
        sentence=problem_sentence(problem),
        latest=load(ENTERPRISE, case_path(case_id, "timeline"))["items"][-_LATEST:][::-1],
    )
    return page, status


def version_seen(current: int, stale: bool) -> str:
    """The version a form shown again carries: the one its reader saw, unless they are told of the change."""
    posted = request.form.get("version", "")
    return str(current) if stale or not posted else posted


def named(errors: list[Json], labels: Mapping[str, object]) -> list[Json]:
    """The errors with the name of the field in front, where a sentence alone would not say which it is."""
    return [
        {**error, "message": _("%(row)s: %(label)s", row=labels[error["pointer"]], label=error["message"])}
        if error["pointer"] in labels
        else error
        for error in errors
    ]


def sentences(errors: list[Json], places: dict[str, str]) -> tuple[dict[str, str], list[ErrorLine]]:
    """Messages by field, and the error summary; `places` gives the id of the control for each pointer.

    What belongs to no field leads to the top of the form.
    """
    wrong: dict[str, str] = {}
    lines = []
    for error in errors:
        place = places.get(error["pointer"], "verb")
        wrong.setdefault(error["pointer"], error["message"])
        lines.append(ErrorLine(error["message"], f"#{place}"))
    return wrong, lines

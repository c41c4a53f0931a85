"""The work queue of the officials: big numbers, filters in the address, and claiming the next task."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.portal.context import Json, current_client, current_person
from gateway.portal.desk_access import desk_only, may_work
from gateway.portal.services import ENTERPRISE, RefusedError, load, path_of
from shared.clock import SystemClock

pages = Blueprint("desk", __name__)

FILTERS = ("state", "kind", "light", "due", "item", "q")
IN_CORRECTION = "correction"
"""A state of the case, not of a task: while the applicant corrects, no official has anything to do."""

_TRIES = 5
# Somebody was faster, or four eyes keep this reader from just this task: the next one may do.
_NOT_THIS_ONE = {403, 409, 412}


@pages.get("/desk")
@desk_only
def queue() -> str:
    """Tasks ordered by due date, or the cases in correction; everything asked for is in the address."""
    filters = asked(request.args)
    cursor = request.args.get("cursor")
    correcting = filters.get("state") == IN_CORRECTION
    if correcting:
        found = load(ENTERPRISE, "/cases", state=IN_CORRECTION, cursor=cursor)
        counts = load(ENTERPRISE, "/tasks", limit="1")["counts"]
    else:
        found = load(ENTERPRISE, "/tasks", **filters, cursor=cursor)
        counts = found["counts"]
    return render_template(
        "portal/desk/queue.html",
        found=found,
        counts=counts,
        filters=filters,
        narrowed=any(filters.get(name) for name in FILTERS if name != "state"),
        correcting=correcting,
        items=load(ENTERPRISE, "/items")["items"],
        first_page=not cursor,
        today=SystemClock().today(),
        working=may_work(current_person()),
        link=lambda **changes: queue_url({**filters, **changes}),
        new_key=lambda: str(uuid4()),
        nothing_left=request.args.get("nothing") == "1",
    )


def asked(values: Mapping[str, str]) -> dict[str, str]:
    """The filters that were given, without the empty ones."""
    given = {name: values.get(name, "").strip() for name in FILTERS}
    return {name: value for name, value in given.items() if value}


def queue_url(filters: Mapping[str, Any]) -> str:
    """The address of the queue with these filters; empty ones are left out."""
    values: dict[str, Any] = {name: value for name, value in filters.items() if value}
    return url_for("portal.desk.queue", **values)


@pages.post("/desk/take-next")
@desk_only
def take_next() -> Response:
    """Claim the most urgent open task of the list being shown; when somebody was faster, the one after it."""
    filters = {**asked(request.form), "state": "open"}
    listed = load(ENTERPRISE, "/tasks", **filters)["items"]
    for task in [each for each in listed if "claim" in each["actions"]][:_TRIES]:
        if _claimed(task):
            return redirect(url_for("portal.desk_case.show", case_id=task["case"]["id"], done="claimed"), 303)
    return redirect(queue_url({**asked(request.form), "nothing": "1"}), code=303)


def _claimed(task: Json) -> bool:
    """Whether the task is the reader's now."""
    response = current_client().post(
        ENTERPRISE,
        path_of("tasks", task["id"], "claim"),
        json={},
        headers={"If-Match": f'"{task["version"]}"', "Idempotency-Key": str(uuid4())},
    )
    if not response.ok and response.status not in _NOT_THIS_ONE:
        raise RefusedError(response)
    return response.ok

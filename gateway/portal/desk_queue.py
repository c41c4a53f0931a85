"""The work queue of the officials: big numbers, filters in the address, and claiming the next task."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.clients import ApiResponse
from gateway.portal.context import current_client, current_person
from gateway.portal.desk_access import desk_only, may_work
from gateway.portal.services import ENTERPRISE, answer_of, load, own_key, path_of
from shared.clock import SystemClock

pages = Blueprint("desk", __name__)

FILTERS = ("state", "kind", "light", "due", "item", "q")
IN_CORRECTION = "correction"
"""A state of the case, not of a task: while the applicant corrects, no official has anything to do."""

_NOTHING = 404


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
    """Claim the most urgent open task of the list being shown; a second click claims no second one."""
    filters = asked(request.form)
    wanted = {name: value for name, value in filters.items() if name != "state"}
    response = current_client().post(ENTERPRISE, "/tasks/claim-next", json=wanted, headers=own_key())
    if response.status == _NOTHING:
        return redirect(queue_url({**filters, "nothing": "1"}), code=303)
    task = answer_of(response)
    if _is_repeated(response) and not load(ENTERPRISE, path_of("tasks", task["id"]))["mine"]:
        # An old page of the browser's was used once more, when that task was long done: start from a new one.
        return redirect(queue_url(filters), code=303)
    return redirect(url_for("portal.desk_case.show", case_id=task["case"]["id"], done="claimed"), 303)


def _is_repeated(response: ApiResponse) -> bool:
    """Whether the service had answered this very form before."""
    return response.headers.get("Idempotent-Replayed") == "true"

"""Special procedures (特别程序): stopping the clocks for a hearing or the like, and letting them go on."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from gateway.portal.context import Json
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import Answer, named, no_longer, refused, sentences, version_seen
from gateway.portal.desk_case import head_of, live_task
from gateway.portal.posted import number_of
from gateway.portal.services import RefusedError, act, load_case, load_item_of

pages = Blueprint("desk_procedures", __name__)

_START, _END = "start-procedure", "end-procedure"
KINDS = (
    ("hearing", _l("Hearing")),
    ("tender", _l("Tender")),
    ("auction", _l("Auction")),
    ("inspection", _l("Inspection")),
    ("testing", _l("Testing")),
    ("quarantine", _l("Quarantine")),
    ("appraisal", _l("Appraisal")),
    ("expert_review", _l("Expert review")),
)
"""The procedures that art. 45 of the licensing law names, in its order."""
_FIELDS = ("kind", "reason", "expected_days", "legal_basis")
_LABELS = {
    "/kind": _l("Procedure"),
    "/reason": _l("Reason"),
    "/expected_days": _l("Working days needed"),
    "/legal_basis": _l("Legal basis"),
}
_PLACES = {
    "/reason": "reason",
    "/expected_days": "days",
    "/legal_basis": "basis",
}


@pages.get("/desk/cases/<uuid:case_id>/procedure")
@desk_only
def show(case_id: UUID) -> Answer:
    """The form that starts a procedure."""
    case = load_case(str(case_id))
    if _START not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _start_page(case, dict.fromkeys(_FIELDS, ""), [])


def _start_page(case: Json, typed: dict[str, str], errors: list[Json], stale: bool = False) -> str:
    kinds = _offered(case)
    places = {**_PLACES, "/kind": f"kind-{kinds[0][0]}"} if kinds else _PLACES
    wrong, lines = sentences(named(errors, _LABELS), places)
    return render_template(
        "portal/desk/procedure.html",
        **head_of(case, live_task(case["id"])),
        kinds=kinds,
        typed=typed,
        running=running_of(case),
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )


def _offered(case: Json) -> list[tuple[str, object]]:
    """The procedures that the case's item names: no other may be started."""
    item = load_item_of(case)
    named_by_item = {name for each in item["special_procedures"] for name in each["procedures"]}
    return [(value, label) for value, label in KINDS if value in named_by_item]


@pages.post("/desk/cases/<uuid:case_id>/procedure")
@desk_only
def start(case_id: UUID) -> Answer:
    """Start the procedure; the applicant gets the written notice at once."""
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _start_page(case, typed, errors, stale)

    # What was left empty is absent, so that the service can say that it is required.
    body: Json = {name: value for name, value in typed.items() if value}
    days = number_of(typed["expected_days"])
    if days is not None:
        body["expected_days"] = days
    try:
        started = act(str(case_id), _START, body)
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _START, again)
    # While the limits stand still nothing is due; what is due all the same had ended before.
    return redirect(_time_limits(case_id, "procedure-late" if started["due"] else "procedure"), code=303)


@pages.get("/desk/cases/<uuid:case_id>/procedure/<kind>/end")
@desk_only
def ask(case_id: UUID, kind: str) -> Answer:
    """The form that ends a procedure."""
    case = load_case(str(case_id))
    if _END not in case["actions"] or _running(case, kind) is None:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _end_page(case, kind, "", [])


def _end_page(case: Json, kind: str, ended_on: str, errors: list[Json], stale: bool = False) -> str:
    wrong, lines = sentences(errors, {"/ended_on": "ended-on"})
    return render_template(
        "portal/desk/procedure_end.html",
        **head_of(case, live_task(case["id"])),
        procedure=_running(case, kind),
        ended_on=ended_on,
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )


@pages.post("/desk/cases/<uuid:case_id>/procedure/<kind>/end")
@desk_only
def end(case_id: UUID, kind: str) -> Answer:
    """End the procedure, today or on the day given."""
    ended_on = request.form.get("ended_on", "").strip()
    case = load_case(str(case_id))
    if _END not in case["actions"] or _running(case, kind) is None:
        return no_longer(case)

    def again(fresh: Json, errors: list[Json], stale: bool) -> str:
        return _end_page(fresh, kind, ended_on, errors, stale)

    try:
        act(str(case_id), _END, {"kind": kind, "ended_on": ended_on or None})
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _END, again)
    return redirect(_time_limits(case_id, "procedure-ended"), code=303)


def running_of(case: Json) -> list[Json]:
    """The special procedures that run on a case."""
    return [each for each in case["procedures"] if each["ended_on"] is None]


def _running(case: Json, kind: str) -> Json | None:
    return next((each for each in running_of(case) if each["kind"] == kind), None)


def _time_limits(case_id: UUID, done: str) -> str:
    return url_for("portal.desk_case.show", case_id=case_id, tab="deadline", done=done)

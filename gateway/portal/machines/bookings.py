"""Bookings of machines: the list, one with its lines and history, and what its two sides do with it."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.clients import ApiResponse
from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, INVALID, STALE, Seen, Wrong, errors_of, version_shown, wrong_of
from gateway.portal.context import Json, current_person
from gateway.portal.controls import Control, Typed, typed_in
from gateway.portal.machines.access import acts_for_a_firm
from gateway.portal.machines.after_use import after_use
from gateway.portal.machines.asking import PRODUCTION, booking_path, load_seen, send
from gateway.portal.machines.runs import Runs
from gateway.portal.services import answer_of, load
from shared.http.state import current_runtime

pages = Blueprint("machine_bookings", __name__)

Answer = str | Response | tuple[str, int]

_FORBIDDEN = 403
_MINUTE = timedelta(minutes=1)
_SIDES = ("customer", "provider")
_STATES = ("held", "pending", "confirmed", "in_use", "done", "cancelled", "rejected", "expired", "no_show")
_AT_ONCE = ("confirm", "approve", "start", "no-show")
"""Verbs that need no more than a button."""
_ASKING = ("cancel", "reject")
REASON = {
    "cancel": Control("reason", _l("Reason (optional)"), "area", most=400),
    "reject": Control("reason", _l("Reason"), "area", hint=_l("The customer reads it."), most=400),
}


@pages.get("/bookings")
@signed_in_only
def index() -> str:
    """The bookings of the reader's firms and of their machines; filters are in the address."""
    side, state = request.args.get("side", ""), request.args.get("state", "")
    filters = {"side": side if side in _SIDES else "", "state": state if state in _STATES else ""}
    cursor = request.args.get("cursor")
    return render_template(
        "portal/machines/bookings.html",
        page=load(PRODUCTION, "/machine-bookings", cursor=cursor, **filters),
        filters=filters,
        states=_STATES,
        acts_for_a_firm=acts_for_a_firm(current_person()),
        first_page=not cursor,
    )


@pages.get("/bookings/<uuid:booking_id>")
@signed_in_only
def show(booking_id: UUID) -> str:
    """One booking with what its reader may do."""
    return _booking_page(load_seen(booking_path(booking_id)), Wrong())


@pages.post("/bookings/<uuid:booking_id>/<any(confirm, approve, start, 'no-show'):verb>")
@signed_in_only
def act(booking_id: UUID, verb: str) -> Answer:
    """A verb that needs no more said."""
    response = send("POST", booking_path(booking_id, verb), {})
    return moved_on(response, booking_id) or _done(response, booking_id, verb)


@pages.get("/bookings/<uuid:booking_id>/<any(cancel, reject):verb>")
@signed_in_only
def ask(booking_id: UUID, verb: str) -> Answer:
    """What a cancellation gives back, or why the booking is not approved."""
    seen = load_seen(booking_path(booking_id))
    if verb not in seen.document["actions"]:
        return redirect(url_for("portal.machine_bookings.show", booking_id=booking_id), code=303)
    return _ask_page(seen, verb, {"reason": ""}, Wrong())


@pages.post("/bookings/<uuid:booking_id>/<any(cancel, reject):verb>")
@signed_in_only
def say_why(booking_id: UUID, verb: str) -> Answer:
    """Cancel or reject with the reason given."""
    controls = (REASON[verb],)
    typed = typed_in(controls, request.form)
    body = {name: value for name, value in typed.items() if value}
    response = send("POST", booking_path(booking_id, verb), body)
    if response.status == INVALID:
        wrong = wrong_of(errors_of(response), controls)
        return _ask_page(load_seen(booking_path(booking_id)), verb, typed, wrong), INVALID
    return moved_on(response, booking_id) or _done(response, booking_id, verb)


@pages.get("/bookings/<uuid:booking_id>/finish")
@signed_in_only
def ask_runs(booking_id: UUID) -> Answer:
    """The form for the machine's log."""
    seen = load_seen(booking_path(booking_id))
    if "finish" not in seen.document["actions"]:
        return redirect(url_for("portal.machine_bookings.show", booking_id=booking_id), code=303)
    return _runs_page(seen, Runs.usual(seen.document), Wrong())


@pages.post("/bookings/<uuid:booking_id>/finish")
@signed_in_only
def finish(booking_id: UUID) -> Answer:
    """Add a row to the log, or end the use with it."""
    runs = Runs.posted(request.form)
    seen = load_seen(booking_path(booking_id))
    if request.form.get("action") == "add":
        return _runs_page(seen, runs.longer(), Wrong())
    body, own = runs.read(seen.document["machine_id"])
    response = send("POST", booking_path(booking_id, "finish"), body)
    if response.status == INVALID:
        wrong = wrong_of(errors_of(response), runs.controls, own)
        return _runs_page(seen, runs, wrong), INVALID
    return moved_on(response, booking_id) or _done(response, booking_id, "finish")


def _done(response: ApiResponse, booking_id: UUID, verb: str) -> Answer:
    answer_of(response)
    return redirect(url_for("portal.machine_bookings.show", booking_id=booking_id, done=verb), code=303)


def moved_on(response: ApiResponse, booking_id: UUID) -> Answer | None:
    """Where the booking is not what its reader saw: how it stands now, and why nothing was done."""
    if response.status not in (CONFLICT, STALE, _FORBIDDEN):
        return None
    seen = load_seen(booking_path(booking_id))
    if response.status == STALE:
        return _booking_page(seen, Wrong(), stale=True), STALE
    return _booking_page(seen, wrong_of(errors_of(response), ())), response.status


def _booking_page(seen: Seen, wrong: Wrong, *, stale: bool = False) -> str:
    booking = seen.document
    return render_template(
        "portal/machines/booking.html",
        booking=booking,
        version=seen.version,
        verbs=[verb for verb in _AT_ONCE if verb in booking["actions"]],
        asking=[verb for verb in ("move", *_ASKING, "finish") if verb in booking["actions"]],
        minutes_left=_minutes_left(booking),
        after=after_use(booking),
        stale=stale,
        errors=wrong.lines,
        done=request.args.get("done", ""),
        idempotency_key=str(uuid4()),
    )


def _minutes_left(booking: Json) -> int | None:
    """How long it waits yet; None where it does not wait."""
    if not booking["expires_at"]:
        return None
    left = datetime.fromisoformat(booking["expires_at"]) - current_runtime().clock.now()
    return max(0, -(-left // _MINUTE))


def _ask_page(seen: Seen, verb: str, typed: Typed, wrong: Wrong) -> str:
    booking = seen.document
    preview = load(PRODUCTION, booking_path(booking["id"], "cancellation")) if verb == "cancel" else None
    return render_template(
        f"portal/machines/{verb}.html",
        booking=booking,
        preview=preview,
        control=REASON[verb],
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        version=version_shown(seen, stale=False),
        idempotency_key=str(uuid4()),
    )


def _runs_page(seen: Seen, runs: Runs, wrong: Wrong) -> str:
    return render_template(
        "portal/machines/finish.html",
        booking=seen.document,
        runs=runs,
        wrong=wrong.by_id,
        errors=wrong.lines,
        version=version_shown(seen, stale=False),
        idempotency_key=str(uuid4()),
    )

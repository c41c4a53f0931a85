"""Moving a booking to another time: free times to choose from, what the move brings, and making it."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.asking import (
    CONFLICT,
    INVALID,
    TOP,
    Seen,
    Wrong,
    errors_of,
    query_of,
    version_shown,
    wrong_of,
)
from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed, instant_of, local_of, read, typed_in
from gateway.portal.fields import ErrorLine
from gateway.portal.i18n import say
from gateway.portal.machines.asking import PRODUCTION, booking_path, load_seen, machine_path, send
from gateway.portal.machines.bookings import moved_on
from gateway.portal.machines.timeline import Line, lines_of
from gateway.portal.services import RefusedError, answer_of, load
from shared.clock import PARK_TZ
from shared.http.state import current_runtime

pages = Blueprint("machine_moves", __name__)

Answer = str | Response | tuple[str, int]

_FULL = "capacity-full"
_DAYS = 14
_FARTHEST = 366
_TIMES = (
    Control("starts_at", _l("New beginning"), "moment", width="short", required=True),
    Control("ends_at", _l("New end"), "moment", width="short", required=True),
)
_REASON = Control(
    "reason", _l("Reason (optional)"), "area", hint=_l("The other side of the booking reads it."), most=400
)


@pages.get("/bookings/<uuid:booking_id>/move")
@signed_in_only
def ask(booking_id: UUID) -> Answer:
    """The form for another time; with a time in the address, what moving there would bring."""
    seen = load_seen(booking_path(booking_id))
    if "move" not in seen.document["actions"]:
        return redirect(url_for("portal.machine_bookings.show", booking_id=booking_id), code=303)
    if not any(each.name in request.args for each in _TIMES):
        return _page(seen, {each.name: local_of(seen.document[each.name]) for each in _TIMES}, Wrong())
    return _looked_at(seen, typed_in(_TIMES, request.args), Wrong())


@pages.post("/bookings/<uuid:booking_id>/move")
@signed_in_only
def move(booking_id: UUID) -> Answer:
    """Move it, or say what stands against it with what else is free."""
    controls = (*_TIMES, _REASON)
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    response = send("POST", booking_path(booking_id, "move"), body)
    if response.status == CONFLICT and RefusedError(response).slug == _FULL:
        line = ErrorLine(_("That time is not free any more. Choose another one."), f"#{TOP}")
        return _looked_at(load_seen(booking_path(booking_id)), typed, Wrong(lines=[line]), CONFLICT)
    if response.status == INVALID:
        wrong = wrong_of(errors_of(response), controls, own)
        return _page(load_seen(booking_path(booking_id)), typed, wrong), INVALID
    elsewhere = moved_on(response, booking_id)
    if elsewhere is not None:
        return elsewhere
    answer_of(response)
    return redirect(url_for("portal.machine_bookings.show", booking_id=booking_id, done="move"), code=303)


def _looked_at(seen: Seen, typed: Typed, wrong: Wrong, status: int = 200) -> Answer:
    """The page with what the move would bring, or with what is wrong about the time."""
    asked, own = read(_TIMES, typed)
    path = booking_path(seen.document["id"], "move")
    try:
        found = None if own else load(PRODUCTION, path, **query_of(asked))
    except RefusedError as refusal:
        if refusal.status not in (INVALID, CONFLICT):
            raise
        return _page(seen, typed, wrong_of(errors_of(refusal.response), _TIMES)), refusal.status
    if found is None or found["broken"]:
        broken = [{**each, "message": say(each["message"])} for each in found["broken"]] if found else []
        return _page(seen, typed, wrong_of(broken, _TIMES, own)), INVALID
    page = _page(seen, typed, wrong, found)
    return page if status == 200 else (page, status)


def _page(seen: Seen, typed: Typed, wrong: Wrong, found: Json | None = None) -> str:
    booking = seen.document
    return render_template(
        "portal/machines/move.html",
        booking=booking,
        found=found,
        alternatives=[
            {**each, "wish": {name: local_of(each[name]) for name in ("starts_at", "ends_at")}}
            for each in (found["alternatives"] if found else ())
        ],
        starts_at=instant_of(typed["starts_at"]),
        ends_at=instant_of(typed["ends_at"]),
        lines=_free(booking, instant_of(typed["starts_at"])),
        controls=_TIMES,
        reason=_REASON,
        typed={"reason": "", **typed},
        wrong=wrong.by_id,
        errors=wrong.lines,
        version=version_shown(seen, stale=False),
        idempotency_key=str(uuid4()),
    )


def _free(booking: Json, wanted: str | None) -> list[Line]:
    """Free times of the machine from some days before the time that is wanted; none where nobody may look."""
    today = current_runtime().clock.today()
    day = _day(wanted or booking["starts_at"]) - timedelta(days=3)
    first = day if today < day <= today + timedelta(days=_FARTHEST) else today
    path = machine_path(booking["machine_id"], "calendar")
    try:
        return lines_of(load(PRODUCTION, path, first=first.isoformat(), days=str(_DAYS))["days"])
    except RefusedError:
        return []  # taken off meanwhile: the booking itself stands


def _day(instant: str) -> date:
    return datetime.fromisoformat(instant).astimezone(PARK_TZ).date()

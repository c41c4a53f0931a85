"""The reader's reservations: the list, one of them, giving it up and moving it."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.clients import ApiResponse
from gateway.portal.access import signed_in_only
from gateway.portal.asking import (
    CONFLICT,
    INVALID,
    STALE,
    TOP,
    Seen,
    Wrong,
    errors_of,
    version_shown,
    wrong_of,
)
from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed, local_of, read, typed_in
from gateway.portal.fields import ErrorLine
from gateway.portal.parking.asking import load_parking, load_seen, parking_path, send
from gateway.portal.parking.reserving import FULL, TIMES, instead_of, room_at
from gateway.portal.services import RefusedError, answer_of

pages = Blueprint("parking_reservations", __name__)

Answer = str | Response | tuple[str, int]

_FORBIDDEN = 403
_REASON = Control("reason", _l("Reason (optional)"), "area", most=400)


@pages.get("/parking/reservations")
@signed_in_only
def index() -> str:
    """The reservations, the one made last first."""
    cursor = request.args.get("cursor")
    return render_template(
        "portal/parking/reservations.html",
        page=load_parking("reservations", cursor=cursor),
        first_page=not cursor,
    )


@pages.get("/parking/reservations/<uuid:reservation_id>")
@signed_in_only
def show(reservation_id: UUID) -> str:
    """One of them with what can be done."""
    return _page(_seen(reservation_id), Wrong())


@pages.get("/parking/reservations/<uuid:reservation_id>/<any(cancel, move):verb>")
@signed_in_only
def ask(reservation_id: UUID, verb: str) -> Answer:
    """The form for giving it up or for another time."""
    seen = _seen(reservation_id)
    if verb not in seen.document["actions"]:
        return redirect(url_for("portal.parking_reservations.show", reservation_id=reservation_id), code=303)
    typed = _named() or _as_it_is(seen.document)
    return _verb_page(seen, verb, typed, Wrong())


@pages.post("/parking/reservations/<uuid:reservation_id>/cancel")
@signed_in_only
def cancel(reservation_id: UUID) -> Answer:
    """Give it up; it costs nothing."""
    typed = typed_in((_REASON,), request.form)
    body, own = read((_REASON,), typed)
    response = send("POST", parking_path("reservations", reservation_id, "cancel"), body)
    if response.status == INVALID:
        wrong = wrong_of(errors_of(response), (_REASON,), own)
        return _verb_page(_seen(reservation_id), "cancel", typed, wrong), INVALID
    return _moved_on(response, reservation_id) or _done(response, reservation_id, "cancel")


@pages.post("/parking/reservations/<uuid:reservation_id>/move")
@signed_in_only
def move(reservation_id: UUID) -> Answer:
    """Move it to another time, or say what else is free."""
    typed = typed_in(TIMES, request.form)
    body, own = read(TIMES, typed)
    response = send("POST", parking_path("reservations", reservation_id, "move"), body)
    slug = RefusedError(response).slug if response.status == CONFLICT else ""
    if response.status == INVALID or slug == "reserved-already":
        wrong = wrong_of(errors_of(response), TIMES, own)
        return _verb_page(_seen(reservation_id), "move", typed, wrong), response.status
    if slug == FULL:
        seen = _seen(reservation_id)
        line = ErrorLine(_("It is not free at that time. Choose another one."), f"#{TOP}")
        return _verb_page(seen, "move", typed, Wrong(lines=[line]), _instead(seen.document, typed)), CONFLICT
    return _moved_on(response, reservation_id) or _done(response, reservation_id, "move")


def _seen(reservation_id: UUID) -> Seen:
    return load_seen("reservations", reservation_id)


def _as_it_is(reservation: Json) -> Typed:
    return {each.name: local_of(reservation[each.name]) for each in TIMES} | {"reason": ""}


def _named() -> Typed:
    """A time that the address names: one of those that are free instead."""
    named = {each.name: request.args.get(each.name, "") for each in TIMES}
    return named if all(named.values()) else {}


def _instead(reservation: Json, typed: Typed) -> list[Json]:
    found = room_at(reservation["lot_id"], typed, reservation["zone_id"])
    return [] if isinstance(found, ApiResponse) else instead_of(found, typed)


def _moved_on(response: ApiResponse, reservation_id: UUID) -> Answer | None:
    """Where it is not what its reader saw: how it stands now, and why nothing was done."""
    if response.status not in (CONFLICT, STALE, _FORBIDDEN):
        return None
    seen = _seen(reservation_id)
    if response.status == STALE:
        return _page(seen, Wrong(), stale=True), STALE
    return _page(seen, wrong_of(errors_of(response), ())), response.status


def _done(response: ApiResponse, reservation_id: UUID, verb: str) -> Answer:
    answer_of(response)
    return redirect(
        url_for("portal.parking_reservations.show", reservation_id=reservation_id, done=verb), code=303
    )


def _page(seen: Seen, wrong: Wrong, *, stale: bool = False) -> str:
    return render_template(
        "portal/parking/reservation.html",
        reservation=seen.document,
        stale=stale,
        errors=wrong.lines,
        done=request.args.get("done", ""),
    )


def _verb_page(
    seen: Seen, verb: str, typed: Typed, wrong: Wrong, alternatives: list[Json] | None = None
) -> str:
    return render_template(
        f"portal/parking/reservation_{verb}.html",
        reservation=seen.document,
        controls=(_REASON,) if verb == "cancel" else TIMES,
        typed=typed,
        alternatives=alternatives or [],
        wrong=wrong.by_id,
        errors=wrong.lines,
        version=version_shown(seen, stale=False),
        idempotency_key=str(uuid4()),
    )

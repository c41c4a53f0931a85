"""The bays of the reader's firms: granted, short, withdrawn, and which cars may stand there."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, INVALID, STALE, Seen, Wrong, errors_of, version_shown, wrong_of
from gateway.portal.controls import Typed, read, shown, typed_in
from gateway.portal.machines.access import members_only
from gateway.portal.parking.asking import load_parking, load_seen, parking_path, send
from gateway.portal.parking.plates import plates_control, with_their_plates
from gateway.portal.services import answer_of

pages = Blueprint("parking_quotas", __name__)

Answer = str | Response | tuple[str, int]

_FORBIDDEN = 403
_CARS = plates_control(
    _l("They may come in any order; as many as there are bays stand on them at a time. Empty: none.")
)


@pages.get("/parking/firm")
@members_only
def index() -> str:
    """The bays, zone by zone."""
    cursor = request.args.get("cursor")
    return render_template(
        "portal/parking/quotas.html", page=load_parking("quotas", cursor=cursor), first_page=not cursor
    )


@pages.get("/parking/firm/<uuid:quota_id>")
@signed_in_only
def show(quota_id: UUID) -> str:
    """The bays of a zone with their months, and the form for the cars."""
    seen = load_seen("quotas", quota_id)
    return _page(seen, shown((_CARS,), seen.document), Wrong())


@pages.post("/parking/firm/<uuid:quota_id>")
@signed_in_only
def name_cars(quota_id: UUID) -> Answer:
    """Say which cars may stand on them."""
    typed = typed_in((_CARS,), request.form)
    body, own = read((_CARS,), {**typed, "plates": typed["plates"] or "\n"})
    response = send("PUT", parking_path("quotas", quota_id, "cars"), body)
    if response.status in (INVALID, CONFLICT, STALE, _FORBIDDEN):
        seen, stale = load_seen("quotas", quota_id), response.status == STALE
        errors = with_their_plates(errors_of(response), body.get("plates", ()))
        wrong = Wrong() if stale else wrong_of(errors, (_CARS,), own)
        return _page(seen, typed, wrong, stale=stale), response.status
    answer_of(response)
    return redirect(url_for("portal.parking_quotas.show", quota_id=quota_id, done="cars"), code=303)


def _page(seen: Seen, typed: Typed, wrong: Wrong, *, stale: bool = False) -> str:
    return render_template(
        "portal/parking/quota.html",
        quota=seen.document,
        control=_CARS,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        stale=stale,
        done=request.args.get("done", ""),
        version=version_shown(seen, stale),
        idempotency_key=str(uuid4()),
    )

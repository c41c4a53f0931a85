"""The car parks: what there is, one with all that belongs to it, opening and closing."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.portal.asking import CONFLICT, STALE, Seen, Wrong, errors_of, wrong_of
from gateway.portal.parking.asking import load_parking, load_seen, lot_path, send
from gateway.portal.parking.operating.access import operators_only, runs_car_parks, watchers_only
from gateway.portal.parking.operating.forms import Answer, done, new_key
from gateway.portal.services import answer_of

pages = Blueprint("operating", __name__)


@pages.get("/parking/operating")
@watchers_only
def index() -> str:
    """All car parks, drafts too."""
    cursor = request.args.get("cursor")
    return render_template(
        "portal/parking/operating/index.html",
        page=load_parking("lots", cursor=cursor),
        runs=runs_car_parks(),
        first_page=not cursor,
    )


@pages.get("/parking/operating/<uuid:lot_id>")
@watchers_only
def show(lot_id: UUID) -> str:
    """One of them: its sign, zones, lanes and devices."""
    return _page(load_seen("lots", lot_id), Wrong())


@pages.post("/parking/operating/<uuid:lot_id>/<any(open, close):verb>")
@operators_only
def act(lot_id: UUID, verb: str) -> Answer:
    """Let cars come, or let none come any more."""
    response = send("POST", lot_path(lot_id, verb), {})
    if response.status in (CONFLICT, STALE):
        stale = response.status == STALE
        wrong = Wrong() if stale else wrong_of(errors_of(response), ())
        return _page(load_seen("lots", lot_id), wrong, stale=stale), response.status
    answer_of(response)
    return to_lot(lot_id, verb)


def to_lot(lot_id: UUID | str, said: str) -> Response:
    """To the page of a car park, which says what was done."""
    return redirect(lot_url(lot_id, said), code=303)


def lot_url(lot_id: UUID | str, said: str | None = None) -> str:
    """The address of the page of a car park."""
    return url_for("portal.operating.show", lot_id=lot_id, done=said)


def _page(seen: Seen, wrong: Wrong, *, stale: bool = False) -> str:
    lot = seen.document
    return render_template(
        "portal/parking/operating/lot.html",
        lot=lot,
        zones={zone["id"]: zone for zone in lot["zones"]},
        runs=runs_car_parks(),
        version=seen.version,
        stale=stale,
        errors=wrong.lines,
        done=done(),
        idempotency_key=new_key(),
    )

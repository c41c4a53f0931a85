"""The passes of a car park: paid at the booth, suspended and let in again."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.portal.asking import CONFLICT, STALE, Seen, Wrong, errors_of, wrong_of
from gateway.portal.controls import Control, Typed, read, typed_in
from gateway.portal.i18n import say
from gateway.portal.parking.asking import load_parking, load_seen, parking_path, send
from gateway.portal.parking.operating.access import operators_only, watchers_only
from gateway.portal.parking.operating.describing import crumbs_of
from gateway.portal.parking.operating.forms import Answer, Screen, answered, done, form_page, new_key
from gateway.portal.services import answer_of

pages = Blueprint("operating_passes", __name__)

_STATES = ("waiting", "active", "expired", "lapsed")
_REASON = Control("reason", _l("Reason"), "area", hint=_l("Its holder reads it."), most=400)


@pages.get("/parking/operating/<uuid:lot_id>/passes")
@watchers_only
def index(lot_id: UUID) -> str:
    """The passes of a car park; the state is in the address."""
    asked, cursor = request.args.get("state", ""), request.args.get("cursor")
    filters = {"state": asked if asked in _STATES else ""}
    lot = load_parking("lots", lot_id)
    return render_template(
        "portal/parking/operating/passes.html",
        lot=lot,
        page=load_parking("passes", lot=lot["code"], cursor=cursor, **filters),
        filters=filters,
        states=_STATES,
        first_page=not cursor,
    )


@pages.get("/parking/operating/passes/<uuid:pass_id>")
@watchers_only
def show(pass_id: UUID) -> str:
    """One pass with what was ordered and paid."""
    return _page(load_seen("passes", pass_id), Wrong())


@pages.post("/parking/operating/passes/<uuid:pass_id>/<any('paid-at-booth', resume):verb>")
@operators_only
def act(pass_id: UUID, verb: str) -> Answer:
    """Note that it was paid at the booth, or let its cars in again."""
    response = send("POST", parking_path("passes", pass_id, verb), {})
    if response.status in (CONFLICT, STALE):
        stale = response.status == STALE
        wrong = Wrong() if stale else wrong_of(errors_of(response), ())
        return _page(load_seen("passes", pass_id), wrong, stale=stale), response.status
    answer_of(response)
    return redirect(url_for("portal.operating_passes.show", pass_id=pass_id, done=verb), code=303)


@pages.get("/parking/operating/passes/<uuid:pass_id>/suspend")
@operators_only
def ask_suspend(pass_id: UUID) -> str:
    """The form for the reason."""
    return _suspend_page(load_seen("passes", pass_id), {})


@pages.post("/parking/operating/passes/<uuid:pass_id>/suspend")
@operators_only
def suspend(pass_id: UUID) -> Answer:
    """Let its cars in no more."""
    typed = typed_in((_REASON,), request.form)
    body, own = read((_REASON,), typed)
    return answered(
        send("POST", parking_path("passes", pass_id, "suspend"), body),
        (_REASON,),
        own,
        lambda wrong, stale: _suspend_page(load_seen("passes", pass_id), typed, wrong, stale=stale),
        lambda _pass: url_for("portal.operating_passes.show", pass_id=pass_id, done="suspend"),
    )


def _page(seen: Seen, wrong: Wrong, *, stale: bool = False) -> str:
    lot = load_parking("lots", seen.document["lot_id"])
    return render_template(
        "portal/parking/operating/pass.html",
        it=seen.document,
        lot=lot,
        version=seen.version,
        stale=stale,
        errors=wrong.lines,
        done=done(),
        idempotency_key=new_key(),
    )


def _suspend_page(seen: Seen, typed: Typed, wrong: Wrong | None = None, *, stale: bool = False) -> str:
    it = seen.document
    here = url_for("portal.operating_passes.show", pass_id=it["id"])
    screen = Screen(
        title=_("Suspend the pass"),
        submit=_("Suspend it"),
        crumbs=[*crumbs_of(load_parking("lots", it["lot_id"])), (", ".join(it["plates"]), here)],
        back=here,
        lead=_("Its cars are let in no more on this pass until you resume it. Its holder is told."),
        danger=True,
        guarded=seen,
        facts=[
            (_("Plates"), ", ".join(it["plates"])),
            (_("Zone"), say(it["zone_name"])),
            (_("State"), say(it["state_name"])),
        ],
    )
    return form_page(screen, [("", (_REASON,))], typed, wrong, stale=stale)

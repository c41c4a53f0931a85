"""Versions of a machine's price, and the times for which it is closed."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.clients import ApiResponse
from gateway.portal.asking import CONFLICT, INVALID, STALE, Seen, Wrong, errors_of, version_shown, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed, read, typed_in
from gateway.portal.machines.access import members_only
from gateway.portal.machines.asking import PRODUCTION, load_seen, machine_path, send
from gateway.portal.machines.in_the_way import led_to_bookings
from gateway.portal.machines.pricing import (
    bands_for,
    bands_in,
    price_controls,
    price_shown,
    read_price,
    typed_price,
    usual_price,
)
from gateway.portal.services import RefusedError, answer_of, load

pages = Blueprint("offer_machine", __name__)

Answer = str | Response | tuple[str, int]

_REFUSED = (INVALID, CONFLICT, STALE)
_EFFECTIVE = Control("effective_on", _l("Begins to hold on"), "day", hint=_l("Left empty: today."))
_CLOSURE = (
    Control("starts_at", _l("Beginning"), "moment", required=True),
    Control("ends_at", _l("End"), "moment", required=True),
)
_STAY = Control("capacity", _l("So many stay"), "whole", hint=_l("Left empty: none, it is closed."))
_REASON = Control("reason", _l("Reason"), most=400, width="long")


@pages.get("/my-machines/<uuid:machine_id>/prices")
@members_only
def prices(machine_id: UUID) -> Answer:
    """Every version of the price, and the form for another, filled in with the one in force."""
    seen = load_seen(machine_path(machine_id))
    price = seen.document["price"]
    controls = price_controls("", bands_for(price))
    typed = price_shown(price, controls) if price else usual_price("")
    return _prices_page(seen, controls, {**typed, "effective_on": ""}, Wrong())


@pages.post("/my-machines/<uuid:machine_id>/prices")
@members_only
def add_price(machine_id: UUID) -> Answer:
    """Another version; what is booked keeps its price."""
    controls = price_controls("", bands_in(request.form, ""))
    typed = {**typed_price("", controls, request.form), **typed_in([_EFFECTIVE], request.form)}
    body, own = read_price("", controls, typed)
    body.update(read([_EFFECTIVE], typed)[0])
    response = send("POST", machine_path(machine_id, "prices"), body)
    if response.status in _REFUSED:
        stale = response.status == STALE
        wrong = Wrong() if stale else wrong_of(errors_of(response), [_EFFECTIVE, *controls], own)
        return _prices_page(
            load_seen(machine_path(machine_id)), controls, typed, wrong, stale
        ), response.status
    answer_of(response)
    return redirect(url_for("portal.offer_machine.prices", machine_id=machine_id, done="priced"), code=303)


@pages.get("/my-machines/<uuid:machine_id>/closures")
@members_only
def closures(machine_id: UUID) -> str:
    """The closures that are not over, and the form for one."""
    return _closures_page(load_seen(machine_path(machine_id)), {}, Wrong())


@pages.post("/my-machines/<uuid:machine_id>/closures")
@members_only
def close(machine_id: UUID) -> Answer:
    """Close it for a time; bookings in the way are named and led to."""
    seen = load_seen(machine_path(machine_id))
    controls = _closure_controls(seen.document)
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    response = send("POST", machine_path(machine_id, "closures"), body)
    if response.status in _REFUSED:
        return _refused(response, seen, typed, own), response.status
    answer_of(response)
    return redirect(url_for("portal.offer_machine.closures", machine_id=machine_id, done="closed"), code=303)


@pages.post("/my-machines/<uuid:machine_id>/closures/<uuid:closure_id>/reopen")
@members_only
def reopen(machine_id: UUID, closure_id: UUID) -> Answer:
    """Take a closure back."""
    response = send("DELETE", machine_path(machine_id, "closures", str(closure_id)))
    if response.status in _REFUSED:
        return _refused(response, load_seen(machine_path(machine_id)), {}, {}), response.status
    if not response.ok:
        raise RefusedError(response)
    return redirect(
        url_for("portal.offer_machine.closures", machine_id=machine_id, done="reopened"), code=303
    )


def _refused(response: ApiResponse, seen: Seen, typed: Typed, own: dict[str, str]) -> str:
    if response.status == STALE:
        return _closures_page(seen, typed, Wrong(), stale=True)
    wrong = wrong_of(errors_of(response), _closure_controls(seen.document), own)
    return _closures_page(seen, typed, led_to_bookings(wrong))


def _closure_controls(machine: Json) -> tuple[Control, ...]:
    return (*_CLOSURE, _STAY, _REASON) if machine["units"] > 1 else (*_CLOSURE, _REASON)


def _closures_page(seen: Seen, typed: Typed, wrong: Wrong, *, stale: bool = False) -> str:
    machine = seen.document
    return render_template(
        "portal/machines/closures.html",
        machine=machine,
        closures=load(PRODUCTION, machine_path(machine["id"], "closures"))["items"],
        controls=_closure_controls(machine),
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        stale=stale,
        done=request.args.get("done", ""),
        version=version_shown(seen, stale),
        idempotency_key=str(uuid4()),
    )


def _prices_page(seen: Seen, controls: list[Control], typed: Typed, wrong: Wrong, stale: bool = False) -> str:
    machine = seen.document
    return render_template(
        "portal/machines/prices.html",
        machine=machine,
        versions=load(PRODUCTION, machine_path(machine["id"], "prices"))["items"],
        effective=_EFFECTIVE,
        controls=controls,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        stale=stale,
        done=request.args.get("done", ""),
        version=version_shown(seen, stale),
        idempotency_key=str(uuid4()),
    )

"""Listing a machine and describing it anew."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.asking import CONFLICT, INVALID, STALE, Wrong, errors_of, renamed, version_shown, wrong_of
from gateway.portal.context import Json, current_person
from gateway.portal.controls import Control, Option, Typed, read, typed_in
from gateway.portal.machines.access import firms_of, members_only
from gateway.portal.machines.asking import PRODUCTION, load_codes, load_seen, machine_path, send
from gateway.portal.machines.describing import (
    Section,
    controls_of,
    description_of,
    read_description,
    sections,
    tiers_for,
    tiers_in,
    typed_description,
    usual,
)
from gateway.portal.machines.in_the_way import led_to_bookings
from gateway.portal.machines.pricing import (
    bands_for,
    bands_in,
    price_controls,
    read_price,
    typed_price,
    usual_price,
)
from gateway.portal.services import answer_of, load

pages = Blueprint("describe_machine", __name__)

Answer = str | Response | tuple[str, int]

_PRICE = "price."


@pages.get("/my-machines/add")
@members_only
def ask() -> str:
    """The form for a machine, with what is usual filled in as a proposal."""
    return _add_page(_sections(tiers_for(None)), bands_for(None), {**usual(), **usual_price(_PRICE)}, Wrong())


@pages.post("/my-machines/add")
@members_only
def add() -> Answer:
    """List it as a draft."""
    bands = bands_in(request.form, _PRICE)
    found = _sections(tiers_in(request.form))
    controls, prices, owner = controls_of(found), price_controls(_PRICE, bands), _owner()
    typed = {
        **typed_description(controls, request.form),
        **typed_price(_PRICE, prices, request.form),
        **typed_in([owner], request.form),
    }
    body, own, names = read_description(controls, typed)
    price, wrong_price = read_price(_PRICE, prices, typed)
    whole = {**body, **read([owner], typed)[0], "price": price}
    response = send("POST", "/machines", whole)
    if response.status in (INVALID, CONFLICT):
        errors = renamed(errors_of(response), names)
        wrong = wrong_of(errors, [owner, *controls, *prices], {**own, **wrong_price})
        return _add_page(found, bands, typed, wrong), response.status
    made = answer_of(response)
    return redirect(url_for("portal.own_machines.show", machine_id=made["id"], done="added"), code=303)


@pages.get("/my-machines/<uuid:machine_id>/edit")
@members_only
def edit(machine_id: UUID) -> str:
    """The form, filled in as the machine is described."""
    seen = load_seen(machine_path(machine_id))
    found = _sections(tiers_for(seen.document), seen.document["owner"])
    return _edit_page(seen.document, seen.version, found, description_of(seen.document, controls_of(found)))


@pages.post("/my-machines/<uuid:machine_id>/edit")
@members_only
def change(machine_id: UUID) -> Answer:
    """Describe it anew; bookings in the way are named and led to."""
    seen = load_seen(machine_path(machine_id))
    found = _sections(tiers_in(request.form), seen.document["owner"])
    controls = controls_of(found)
    typed = typed_description(controls, request.form)
    body, own, names = read_description(controls, typed)
    response = send("PUT", machine_path(machine_id), body)
    if response.status == STALE:
        page = _edit_page(seen.document, version_shown(seen, stale=True), found, typed, stale=True)
        return page, STALE
    if response.status in (INVALID, CONFLICT):
        wrong = led_to_bookings(wrong_of(renamed(errors_of(response), names), controls, own))
        version = version_shown(seen, stale=False)
        return _edit_page(seen.document, version, found, typed, wrong), response.status
    answer_of(response)
    return redirect(url_for("portal.own_machines.show", machine_id=machine_id, done="changed"), code=303)


def _sections(tiers: int, owner: str | None = None) -> list[Section]:
    crews = load(PRODUCTION, "/machine-crews")["items"]
    return sections(load_codes(), [each for each in crews if owner in (None, each["owner"])], tiers)


def _owner() -> Control:
    firms = tuple(Option(firm["uscc"], firm["name"]) for firm in firms_of(current_person()))
    blank = _l("Choose a firm") if len(firms) > 1 else None
    return Control("owner", _l("Firm that offers it"), "choice", options=firms, blank=blank)


def _add_page(found: list[Section], bands: int, typed: Typed, wrong: Wrong) -> str:
    return render_template(
        "portal/machines/describe.html",
        machine=None,
        owner=_owner(),
        sections=found,
        prices=price_controls(_PRICE, bands),
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        stale=False,
        version=None,
        idempotency_key=str(uuid4()),
    )


def _edit_page(
    machine: Json,
    version: str,
    found: list[Section],
    typed: Typed,
    wrong: Wrong | None = None,
    *,
    stale: bool = False,
) -> str:
    wrong = wrong or Wrong()
    return render_template(
        "portal/machines/describe.html",
        machine=machine,
        owner=None,
        sections=found,
        prices=[],
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        stale=stale,
        version=version,
        idempotency_key=str(uuid4()),
    )

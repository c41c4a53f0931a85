"""The car parks for everybody: what the sign at the entrance says, and what a stay would cost."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.asking import CONFLICT, INVALID, Wrong, errors_of, wrong_of
from gateway.portal.context import Json, current_person
from gateway.portal.controls import Control, Option, Typed, local_of, typed_in
from gateway.portal.machines.access import firms_of
from gateway.portal.parking.asking import load_parking, lot_path, send
from gateway.portal.parking.tariffs import CHARGING, in_force, rates_of, read_stay
from gateway.portal.services import answer_of
from shared.http.state import current_runtime

pages = Blueprint("parking", __name__)

Answer = str | Response | tuple[str, int]

_DRAFT = "draft"

_USUAL_STAY = timedelta(hours=2)


@pages.get("/parking")
def index() -> str:
    """The car parks with what is free and what they cost, and the way to everything about parking.

    Drafts, which some readers may see, are no car parks for anybody yet.
    """
    cursor = request.args.get("cursor")
    page = load_parking("lots", cursor=cursor)
    lots = [each for each in page["items"] if each["state"] != _DRAFT]
    return render_template(
        "portal/parking/index.html",
        page={**page, "items": lots},
        occupancy={each["id"]: load_parking("lots", each["id"], "occupancy") for each in lots},
        first_page=not cursor,
        firms=firms_of(current_person()),
    )


@pages.get("/parking/lots/<uuid:lot_id>")
def show(lot_id: UUID) -> Answer:
    """One car park; with a stay in the address, what it would cost line by line.

    Of a draft nothing is told to everybody: whoever may see it is led to where it is set up.
    """
    lot = load_parking("lots", lot_id)
    if lot["state"] == _DRAFT:
        return redirect(url_for("portal.operating.show", lot_id=lot_id), code=303)
    codes = load_parking("codes")
    versions = load_parking("lots", lot_id, "tariffs")["items"]
    controls = _calculator(codes, versions)
    if "entered_at" not in request.args:
        return _page(lot, codes, versions, controls, _usual_stay(), Wrong())
    typed = typed_in(controls, request.args)
    body, own = read_stay(controls, typed)
    response = send("POST", lot_path(lot_id, "tariffs", "try"), body)
    if response.status in (INVALID, CONFLICT):
        wrong = wrong_of(errors_of(response), controls, own)
        return _page(lot, codes, versions, controls, typed, wrong), response.status
    return _page(lot, codes, versions, controls, typed, Wrong(), answer_of(response))


def _page(
    lot: Json,
    codes: Json,
    versions: list[Json],
    controls: tuple[Control, ...],
    typed: Typed,
    wrong: Wrong,
    fee: Json | None = None,
) -> str:
    occupancy = load_parking("lots", lot["id"], "occupancy")
    today = current_runtime().clock.today()
    tariff = in_force(versions, today)
    return render_template(
        "portal/parking/lot.html",
        lot=lot,
        tariff=tariff,
        rates=rates_of(tariff, codes) if tariff else [],
        exempt=_named(codes["exemptions"], tariff["exempt"]) if tariff else [],
        later=[each for each in versions if each["effective_on"] > today.isoformat()],
        occupancy=occupancy,
        nearest=list(_nearest(lot, occupancy)),
        zones={each["id"]: each for each in lot["zones"]},
        controls=controls,
        typed=typed,
        fee=fee,
        wrong=wrong.by_id,
        errors=wrong.lines,
    )


def _nearest(lot: Json, occupancy: Json) -> Iterator[tuple[Json, Json | None, int]]:
    """For each way in the nearest zone for ordinary cars with a free bay, and how many metres away it is."""
    ordinary = {each["id"] for each in lot["zones"] if each["kind"] == "general"}
    free = {each["id"]: each for each in occupancy["zones"] if each["free"] > 0 and each["id"] in ordinary}
    for lane in lot["lanes"]:
        if lane["direction"] == "in":
            far = next((each for each in lane["metres"] if each["zone_id"] in free), None)
            yield (lane, free[far["zone_id"]], far["metres"]) if far else (lane, None, 0)


def _calculator(codes: Json, versions: list[Json]) -> tuple[Control, ...]:
    """What is asked about a stay; about charging only where it may cost something."""
    vehicles = tuple(Option(each["code"], each["name"]) for each in codes["vehicles"])
    return (
        Control("vehicle", _l("Vehicle"), "choice", options=vehicles),
        Control("entered_at", _l("Arriving"), "moment", required=True),
        Control("left_at", _l("Leaving"), "moment", required=True),
        *(CHARGING if any(each["overstay"] for each in versions) else ()),
    )


def _usual_stay() -> Typed:
    now = current_runtime().clock.now()
    since, until = local_of(now.isoformat()), local_of((now + _USUAL_STAY).isoformat())
    return {"vehicle": "small", "entered_at": since, "left_at": until}


def _named(codes: list[Json], wanted: list[str]) -> list[Json]:
    return [each["name"] for each in codes if each["code"] in wanted]

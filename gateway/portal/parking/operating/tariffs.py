"""What parking costs: the versions of a car park's tariff, trying one out line by line, and publishing it."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.portal.asking import CONFLICT, INVALID, STALE, Wrong, errors_of, version_shown, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Typed, local_of, typed_in
from gateway.portal.i18n import say
from gateway.portal.parking.asking import load_parking, load_seen, lot_path, parking_path, send
from gateway.portal.parking.operating.access import operators_only, runs_car_parks, watchers_only
from gateway.portal.parking.operating.describing import crumbs_of
from gateway.portal.parking.operating.forms import REFUSED, Answer, done, new_key
from gateway.portal.parking.operating.tariff_form import (
    EFFECTIVE,
    TariffForm,
    form_of,
    read_tariff,
    read_tried,
)
from gateway.portal.parking.operating.tariff_rows import (
    USUAL,
    asked_for,
    changed,
    named_by_field,
    typed_of,
    without_empty,
)
from gateway.portal.parking.tariffs import in_force, rates_of
from gateway.portal.services import answer_of
from shared.http.state import current_runtime

pages = Blueprint("operating_tariffs", __name__)

_USUAL_STAY = timedelta(hours=3)
_TARIFF = "/tariff"


@pages.get("/parking/operating/<uuid:lot_id>/tariffs")
@watchers_only
def index(lot_id: UUID) -> str:
    """Every version, the latest first."""
    lot, codes = load_parking("lots", lot_id), load_parking("codes")
    versions = load_parking("lots", lot_id, "tariffs")["items"]
    held = in_force(versions, current_runtime().clock.today())
    exemptions = {each["code"]: each["name"] for each in codes["exemptions"]}
    return render_template(
        "portal/parking/operating/tariffs.html",
        lot=lot,
        versions=[
            (each, rates_of(each, codes), [exemptions[code] for code in each["exempt"]]) for each in versions
        ],
        held=held["number"] if held else None,
        today=current_runtime().clock.today().isoformat(),
        runs=runs_car_parks(),
        done=done(),
    )


@pages.get("/parking/operating/<uuid:lot_id>/tariffs/add")
@operators_only
def ask(lot_id: UUID) -> str:
    """The form for another version, filled in with what it starts from."""
    begun = request.args.get("from", "")
    starts = _starts(lot_id)
    chosen = next((tariff for key, _label, tariff in starts if key == begun), None)
    if chosen is None and not begun and starts:
        begun, chosen = starts[0][0], starts[0][2]
    typed = {**USUAL} if chosen is None else typed_of(chosen)
    return _page(lot_id, {**typed, **_usual_stay()}, Wrong(), begun=begun)


@pages.post("/parking/operating/<uuid:lot_id>/tariffs/add")
@operators_only
def send_form(lot_id: UUID) -> Answer:
    """Add or remove a row, try the tariff out, or publish it."""
    codes = load_parking("codes")
    action = request.form.get("action", "")
    form = form_of(request.form, codes)
    typed = typed_in(form.plain, request.form)
    row = asked_for(action)
    if row is not None:
        return _page(lot_id, changed(typed, *row), Wrong(), focus=row[1])
    typed = without_empty(typed)
    form = form_of(typed, codes)
    return _publish(lot_id, form, typed) if action == "publish" else _try(lot_id, form, typed)


def _publish(lot_id: UUID, form: TariffForm, typed: Typed) -> Answer:
    body, own = read_tariff(form, typed)
    response = send("POST", lot_path(lot_id, "tariffs"), body)
    if response.status in REFUSED:
        stale = response.status == STALE
        errors = named_by_field(errors_of(response)) if not stale else []
        wrong = Wrong() if stale else wrong_of(errors, form.controls, own)
        return _page(lot_id, typed, wrong, stale=stale), response.status
    answer_of(response)
    return redirect(url_for("portal.operating_tariffs.index", lot_id=lot_id, done="published"), code=303)


def _try(lot_id: UUID, form: TariffForm, typed: Typed) -> Answer:
    """What a stay would cost by what is typed; the tariff's day says nothing about that."""
    body, own = read_tariff(form, typed)
    stay, wrong_stay = read_tried(form, typed)
    tariff = {name: value for name, value in body.items() if name != EFFECTIVE.name}
    response = send("POST", parking_path("tariffs", "try"), {"tariff": tariff, **stay})
    if response.status in (INVALID, CONFLICT):
        errors = [{**each, "pointer": each["pointer"].removeprefix(_TARIFF)} for each in errors_of(response)]
        controls = (*form.controls, *form.stay)
        wrong = wrong_of(named_by_field(errors), controls, {**own, **wrong_stay})
        return _page(lot_id, typed, wrong), response.status
    return _page(lot_id, typed, Wrong(), fee=answer_of(response))


def _starts(lot_id: UUID) -> list[tuple[str, str, Json]]:
    """What a new version can start from: its key, what it is called, and the tariff."""
    versions = load_parking("lots", lot_id, "tariffs")["items"]
    published = load_parking("published-tariffs")["items"]
    own = [
        (
            f"version-{each['number']}",
            _("Version %(number)d: %(name)s", number=each["number"], name=say(each["name"])),
            each,
        )
        for each in versions
    ]
    examples = [
        (
            each["key"],
            _("Example %(key)s: %(name)s", key=each["key"], name=say(each["tariff"]["name"])),
            each["tariff"],
        )
        for each in published
    ]
    return own + examples


def _usual_stay() -> Typed:
    now = current_runtime().clock.now()
    return {
        "vehicle": "small",
        "entered_at": local_of(now.isoformat()),
        "left_at": local_of((now + _USUAL_STAY).isoformat()),
    }


def _page(
    lot_id: UUID,
    typed: Typed,
    wrong: Wrong,
    *,
    begun: str | None = None,
    fee: Json | None = None,
    stale: bool = False,
    focus: str = "",
) -> str:
    seen = load_seen("lots", lot_id)
    return render_template(
        "portal/parking/operating/tariff_form.html",
        lot=seen.document,
        crumbs=crumbs_of(seen.document),
        starts=_starts(lot_id),
        begun=request.form.get("begun", "") if begun is None else begun,
        form=form_of(typed, load_parking("codes")),
        typed=typed,
        fee=fee,
        focus=focus,
        wrong=wrong.by_id,
        errors=wrong.lines,
        stale=stale,
        version=version_shown(seen, stale),
        idempotency_key=new_key(),
    )

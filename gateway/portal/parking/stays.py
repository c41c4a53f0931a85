"""The reader's stays: which of their cars are inside, what it costs so far, and what was paid."""

from uuid import UUID

from flask import Blueprint, render_template, request

from gateway.portal.access import signed_in_only
from gateway.portal.context import Json
from gateway.portal.parking.asking import load_parking
from gateway.portal.parking.charging import charges_of
from shared.http.state import current_runtime

pages = Blueprint("parking_stays", __name__)


@pages.get("/parking/stays")
@signed_in_only
def index() -> str:
    """The stays, the one noted last first."""
    cursor = request.args.get("cursor")
    return render_template(
        "portal/parking/stays.html", page=load_parking("own-stays", cursor=cursor), first_page=not cursor
    )


@pages.get("/parking/stays/<uuid:stay_id>")
@signed_in_only
def show(stay_id: UUID) -> str:
    """One of them: charging and until when to move, and what it costs, line by line."""
    stay = load_parking("own-stays", stay_id)
    now = current_runtime().clock.now()
    return render_template(
        "portal/parking/stay.html",
        stay=stay,
        now=now.isoformat(),
        charges=charges_of(reversed(stay["charging"]), now),
        overstay=_overstay_of(stay) if stay["charging"] else None,
    )


def _overstay_of(stay: Json) -> Json | None:
    """What standing on after charging costs by the tariff of a stay; None where nothing."""
    for tariff in load_parking("lots", stay["lot_id"], "tariffs")["items"]:
        if tariff["number"] == stay["tariff"] and stay["exemption"] not in tariff["exempt"]:
            found: Json | None = tariff["overstay"]
            return found
    return None

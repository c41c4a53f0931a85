"""The reader's stays: which of their cars are inside, what it costs so far, and what was paid."""

from uuid import UUID

from flask import Blueprint, render_template, request

from gateway.portal.access import signed_in_only
from gateway.portal.parking.asking import load_parking

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
    """One of them with what it costs, line by line."""
    return render_template("portal/parking/stay.html", stay=load_parking("own-stays", stay_id))

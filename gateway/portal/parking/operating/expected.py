"""Who is expected at a car park: what is reserved, and whom others have invited."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from gateway.portal.parking.asking import load_parking
from gateway.portal.parking.operating.access import watchers_only

pages = Blueprint("operating_expected", __name__)

RESERVED = (
    ("confirmed", _l("Still to come")),
    ("in_use", _l("There now")),
    ("done", _l("Used and ended")),
    ("no_show", _l("Did not come")),
    ("cancelled", _l("Cancelled")),
)
INVITED = (("invited", _l("Invited")), ("come", _l("Has come")), ("cancelled", _l("Taken back")))


@pages.get("/parking/operating/<uuid:lot_id>/reservations")
@watchers_only
def reservations(lot_id: UUID) -> str:
    """The reservations of a car park, the one made last first; the state is in the address."""
    return _page(lot_id, "reservations", RESERVED)


@pages.get("/parking/operating/<uuid:lot_id>/visits")
@watchers_only
def visits(lot_id: UUID) -> str:
    """The visitors' cars that others have invited to a car park, the one invited last first."""
    return _page(lot_id, "visits", INVITED)


def _page(lot_id: UUID, kind: str, states: tuple[tuple[str, object], ...]) -> str:
    asked, cursor = request.args.get("state", ""), request.args.get("cursor")
    state = asked if asked in dict(states) else ""
    lot = load_parking("lots", lot_id)
    return render_template(
        "portal/parking/operating/expected.html",
        lot=lot,
        kind=kind,
        page=load_parking(kind, lot=lot["code"], cursor=cursor, state=state),
        state=state,
        states=states,
        first_page=not cursor,
    )

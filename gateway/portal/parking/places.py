"""Car parks as forms let one choose among them."""

from flask import request
from flask_babel import lazy_gettext as _l

from gateway.portal.context import Json
from gateway.portal.controls import Control, Option
from gateway.portal.parking.asking import load_parking

_ALL = "100"


def open_lots() -> list[Json]:
    """The car parks that are open."""
    return [each for each in _all_lots() if each["state"] == "open"]


def lots_to_visit() -> list[Json]:
    """The open car parks into which one may come without a right: to others nobody can be invited."""
    return [each for each in open_lots() if each["drive_in"]]


def lots_to_pay_in() -> list[Json]:
    """The car parks in which cars may be: those that are closed, too."""
    return [each for each in _all_lots() if each["state"] != "draft"]


def lot_control(lots: list[Json]) -> Control:
    """The question for one of them."""
    options = tuple(Option(each["id"], each["name"]) for each in lots)
    blank = _l("Choose a car park") if len(lots) > 1 else None
    return Control("lot_id", _l("Car park"), "choice", options=options, blank=blank, width="short")


def named_lot(lots: list[Json]) -> str:
    """The car park that the address names by `lot`; else the only one there is, or none."""
    asked = request.args.get("lot", "")
    if asked in {each["id"] for each in lots}:
        return asked
    return str(lots[0]["id"]) if len(lots) == 1 else ""


def _all_lots() -> list[Json]:
    return list(load_parking("lots", limit=_ALL)["items"])

"""Calendar feeds of bookings: their addresses to copy, another address, and none any more."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.asking import CONFLICT, INVALID, STALE, Wrong, errors_of, wrong_of
from gateway.portal.context import Json, current_person
from gateway.portal.controls import Control, Option
from gateway.portal.i18n import say
from gateway.portal.machines.access import firms_of, members_only
from gateway.portal.machines.asking import PRODUCTION, send
from gateway.portal.services import answer_of, load, path_of

pages = Blueprint("machine_feeds", __name__)

Answer = str | Response | tuple[str, int]

_MOST = "100"
_FORBIDDEN, _NOT_FOUND = 403, 404


@pages.get("/bookings/feeds")
@members_only
def index() -> str:
    """The feeds of the reader's firms, and the form for another."""
    return _page(Wrong())


@pages.post("/bookings/feeds")
@members_only
def add() -> Answer:
    """Make a feed of a firm's bookings, or of those of one of its machines."""
    owner, _slash, machine_id = request.form.get("of", "").partition("/")
    response = send("POST", "/machine-feeds", {"owner": owner, "machine_id": machine_id or None})
    if response.status in (INVALID, CONFLICT, _FORBIDDEN, _NOT_FOUND):
        return _page(wrong_of(errors_of(response), ())), response.status
    answer_of(response)
    return redirect(url_for("portal.machine_feeds.index", done="added"), code=303)


@pages.post("/bookings/feeds/<uuid:feed_id>/<any(renew, revoke):verb>")
@members_only
def act(feed_id: UUID, verb: str) -> Answer:
    """Another address, or none."""
    response = send("POST", path_of("machine-feeds", str(feed_id), verb))
    if response.status == STALE:
        return _page(Wrong(), stale=True), STALE
    answer_of(response)
    return redirect(url_for("portal.machine_feeds.index", done=verb), code=303)


def _page(wrong: Wrong, *, stale: bool = False) -> str:
    feeds = load(PRODUCTION, "/machine-feeds")["items"]
    machines: list[Json] = load(PRODUCTION, "/own-machines", limit=_MOST)["items"]
    names = _names(machines)
    choices = _choices(machines, names, {(each["owner"], each["machine_id"]) for each in feeds})
    return render_template(
        "portal/machines/feeds.html",
        feeds=feeds,
        names=names,
        of=Control("of", _l("Of what"), "choice", options=choices) if choices else None,
        stale=stale,
        errors=wrong.lines,
        done=request.args.get("done", ""),
        idempotency_key=str(uuid4()),
    )


def _names(machines: list[Json]) -> dict[str, str]:
    """The machines' names by their ids; where several have the same, with the place of each."""
    said = {each["id"]: say(each["name"]) for each in machines}
    often = Counter(said.values())
    return {
        each["id"]: f"{name} · {each['place']}" if often[name := said[each["id"]]] > 1 else name
        for each in machines
    }


def _choices(
    machines: list[Json], names: Mapping[str, str], there: set[tuple[str, str | None]]
) -> tuple[Option, ...]:
    """What has no feed yet: what the firms have booked, and each of their machines."""
    found = [
        Option(firm["uscc"], _("What %(firm)s has booked", firm=firm["name"]))
        for firm in firms_of(current_person())
        if (firm["uscc"], None) not in there
    ]
    found += [
        Option(f"{each['owner']}/{each['id']}", _("Bookings of %(machine)s", machine=names[each["id"]]))
        for each in machines
        if each["state"] != "draft" and (each["owner"], each["id"]) not in there
    ]
    return tuple(found)

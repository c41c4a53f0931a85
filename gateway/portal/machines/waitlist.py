"""The waitlist: for which machines the reader's firms wait, and what has been offered to them."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, STALE, Seen, Wrong, errors_of, wrong_of
from gateway.portal.machines.asking import PRODUCTION, load_seen, send
from gateway.portal.services import answer_of, load, path_of

pages = Blueprint("machine_waitlist", __name__)

Answer = str | Response | tuple[str, int]

_SIDES = ("customer", "provider")
_STATES = ("waiting", "offered", "left", "expired")


@pages.get("/waitlist")
@signed_in_only
def index() -> str:
    """What the reader's firms wait for, and who waits for their machines; filters are in the address."""
    side, state = request.args.get("side", ""), request.args.get("state", "")
    filters = {"side": side if side in _SIDES else "", "state": state if state in _STATES else ""}
    cursor = request.args.get("cursor")
    return render_template(
        "portal/machines/waitlist.html",
        page=load(PRODUCTION, "/machine-waitlist", cursor=cursor, **filters),
        filters=filters,
        first_page=not cursor,
    )


@pages.get("/waitlist/<uuid:entry_id>")
@signed_in_only
def show(entry_id: UUID) -> str:
    """One entry: how it stands, and leaving it; what was offered leads to its booking."""
    return _page(load_seen(_path(entry_id)), Wrong())


@pages.post("/waitlist/<uuid:entry_id>/leave")
@signed_in_only
def leave(entry_id: UUID) -> Answer:
    """Wait no more."""
    response = send("POST", _path(entry_id, "leave"), {})
    if response.status in (CONFLICT, STALE):
        wrong = Wrong() if response.status == STALE else wrong_of(errors_of(response), ())
        page = _page(load_seen(_path(entry_id)), wrong, stale=response.status == STALE)
        return page, response.status
    answer_of(response)
    return redirect(url_for("portal.machine_waitlist.show", entry_id=entry_id, done="left"), code=303)


def _path(entry_id: UUID, *rest: str) -> str:
    return path_of("machine-waitlist", str(entry_id), *rest)


def _page(seen: Seen, wrong: Wrong, *, stale: bool = False) -> str:
    return render_template(
        "portal/machines/waiting.html",
        entry=seen.document,
        version=seen.version,
        stale=stale,
        errors=wrong.lines,
        done=request.args.get("done", ""),
        idempotency_key=str(uuid4()),
    )

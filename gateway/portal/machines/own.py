"""What a firm offers: its machines, and offering one or taking it off."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.portal.asking import CONFLICT, STALE, Seen, Wrong, errors_of, wrong_of
from gateway.portal.machines.access import members_only
from gateway.portal.machines.asking import PRODUCTION, load_seen, machine_path, send
from gateway.portal.services import answer_of, load

pages = Blueprint("own_machines", __name__)

Answer = str | Response | tuple[str, int]

_STATES = ("draft", "published", "withdrawn")
_LATEST = "5"


@pages.get("/my-machines")
@members_only
def index() -> str:
    """The machines of the reader's firms, drafts too; the state is in the address."""
    asked = request.args.get("state", "")
    filters = {"state": asked if asked in _STATES else ""}
    cursor = request.args.get("cursor")
    return render_template(
        "portal/machines/own.html",
        page=load(PRODUCTION, "/own-machines", cursor=cursor, **filters),
        filters=filters,
        first_page=not cursor,
    )


@pages.get("/my-machines/<uuid:machine_id>")
@members_only
def show(machine_id: UUID) -> Answer:
    """One of them: how it stands and what can be done; a machine of others is shown as everybody sees it."""
    seen = load_seen(machine_path(machine_id))
    if not seen.document["actions"]:
        return redirect(url_for("portal.machines.show", machine_id=machine_id), code=303)
    return _page(seen, Wrong())


@pages.post("/my-machines/<uuid:machine_id>/<any(publish, withdraw):verb>")
@members_only
def act(machine_id: UUID, verb: str) -> Answer:
    """Offer it, or take it off."""
    response = send("POST", machine_path(machine_id, verb), {})
    if response.status == STALE:
        return _page(load_seen(machine_path(machine_id)), Wrong(), stale=True), STALE
    if response.status == CONFLICT:
        wrong = wrong_of(errors_of(response), ())
        return _page(load_seen(machine_path(machine_id)), wrong), CONFLICT
    answer_of(response)
    return redirect(url_for("portal.own_machines.show", machine_id=machine_id, done=verb), code=303)


def _page(seen: Seen, wrong: Wrong, *, stale: bool = False) -> str:
    machine = seen.document
    return render_template(
        "portal/machines/own_machine.html",
        machine=machine,
        version=seen.version,
        bookings=load(PRODUCTION, machine_path(machine["id"], "bookings"), limit=_LATEST),
        wanted=load(PRODUCTION, machine_path(machine["id"], "waitlist")),
        stale=stale,
        errors=wrong.lines,
        done=request.args.get("done", ""),
        idempotency_key=str(uuid4()),
    )

"""Crews: operators whom several machines of a firm share."""

from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.asking import CONFLICT, INVALID, Wrong, errors_of, wrong_of
from gateway.portal.context import current_person
from gateway.portal.controls import Control, Option, Typed, read, typed_in
from gateway.portal.machines.access import firms_of, members_only
from gateway.portal.machines.asking import PRODUCTION, send
from gateway.portal.services import answer_of, load

pages = Blueprint("machine_crews", __name__)

Answer = str | Response | tuple[str, int]


@pages.get("/my-machines/crews")
@members_only
def index() -> str:
    """The crews of the reader's firms, and the form for another."""
    return _page({}, Wrong())


@pages.post("/my-machines/crews")
@members_only
def add() -> Answer:
    """Name a crew."""
    controls = _controls()
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    body.setdefault("name", {})  # so that the service names what of it is missing
    response = send("POST", "/machine-crews", body)
    if response.status in (INVALID, CONFLICT):
        return _page(typed, wrong_of(errors_of(response), controls, own)), response.status
    answer_of(response)
    return redirect(url_for("portal.machine_crews.index", done="added"), code=303)


def _controls() -> tuple[Control, ...]:
    firms = tuple(Option(firm["uscc"], firm["name"]) for firm in firms_of(current_person()))
    blank = _l("Choose a firm") if len(firms) > 1 else None
    return (
        Control("owner", _l("Firm"), "choice", options=firms, blank=blank),
        Control("name.zh", _l("Name in Chinese"), most=120),
        Control("name.en", _l("Name in English"), most=120),
        Control("people", _l("People"), "whole", hint=_l("So many work at the same time."), width="short"),
    )


def _page(typed: Typed, wrong: Wrong) -> str:
    return render_template(
        "portal/machines/crews.html",
        crews=load(PRODUCTION, "/machine-crews")["items"],
        firms={firm["uscc"]: firm["name"] for firm in firms_of(current_person())},
        controls=_controls(),
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        done=request.args.get("done", ""),
        idempotency_key=str(uuid4()),
    )

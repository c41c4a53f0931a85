"""What firms say of each other: the list of a firm, answering, and hiding what should not be read."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, INVALID, STALE, Wrong, errors_of, version_shown, wrong_of
from gateway.portal.controls import Control, read, typed_in
from gateway.portal.machines.asking import PRODUCTION, load_seen, send
from gateway.portal.machines.handing_in import refused
from gateway.portal.services import answer_of, load, path_of

pages = Blueprint("machine_ratings", __name__)

Answer = str | Response | tuple[str, int]

_FORBIDDEN = 403


@pages.get("/firms/<uscc>/ratings")
@signed_in_only
def index(uscc: str) -> str:
    """What others say of a firm."""
    cursor = request.args.get("cursor")
    return render_template(
        "portal/machines/ratings.html",
        page=load(PRODUCTION, "/machine-ratings", cursor=cursor, firm=uscc[:18]),
        uscc=uscc,
        first_page=not cursor,
    )


_ON_RATING = {
    "answer": Control("text", _l("Your answer"), "area", hint=_l("You may answer once."), most=500),
    "hide": Control("reason", _l("Why it is hidden"), "area", hint=_l("Both sides read it."), most=400),
}


@pages.get("/ratings/<uuid:rating_id>/<any(answer, hide):verb>")
@signed_in_only
def ask(rating_id: UUID, verb: str) -> str:
    """The form to answer a rating, or to hide its text."""
    return _rating_page(rating_id, verb, "", Wrong())


@pages.post("/ratings/<uuid:rating_id>/<any(answer, hide):verb>")
@signed_in_only
def say(rating_id: UUID, verb: str) -> Answer:
    """Answer a rating, or hide its text."""
    control = _ON_RATING[verb]
    typed = typed_in([control], request.form)
    body, own = read([control], typed)
    response = send("POST", path_of("machine-ratings", str(rating_id), verb), body)
    if response.status == INVALID:
        wrong = wrong_of(errors_of(response), [control], own)
        return _rating_page(rating_id, verb, typed[control.name], wrong), INVALID
    if response.status in (CONFLICT, STALE, _FORBIDDEN):
        return _rating_page(rating_id, verb, typed[control.name], refused(response)), response.status
    answered = answer_of(response)
    return redirect(url_for(".index", uscc=answered["rated"]), code=303)


def _rating_page(rating_id: UUID, verb: str, typed: str, wrong: Wrong) -> str:
    seen = load_seen(path_of("machine-ratings", str(rating_id)))
    control = _ON_RATING[verb]
    return render_template(
        "portal/machines/rating.html",
        rating=seen.document,
        verb=verb,
        control=control,
        typed={control.name: typed},
        wrong=wrong.by_id,
        errors=wrong.lines,
        version=version_shown(seen, stale=False),
        idempotency_key=str(uuid4()),
    )

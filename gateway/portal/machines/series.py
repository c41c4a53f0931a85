"""Series of bookings: the list, one with its dates, and deciding, changing or giving up many at once."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.clients import ApiResponse
from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, INVALID, STALE, Seen, Wrong, errors_of, version_shown, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Option, Typed, read, typed_in
from gateway.portal.i18n import moment
from gateway.portal.machines.asking import PRODUCTION, load_seen, send
from gateway.portal.machines.bookings import REASON
from gateway.portal.machines.recurring import words_of
from gateway.portal.services import RefusedError, answer_of, load, path_of

pages = Blueprint("machine_series", __name__)

Answer = str | Response | tuple[str, int]

_FORBIDDEN = 403
_SIDES = ("customer", "provider")
_SCOPES = (
    Option("this", _l("this date only")),
    Option("following", _l("this date and those after it")),
    Option("all", _l("all dates that have not begun")),
)
_SCOPE = Control("scope", _l("How much of the series"), "choice", options=_SCOPES)
_SINCE = Control("since", _l("Beginning (time of day)"), hint=_l("Such as 09:00"), most=5, width="short")
_LENGTH = Control("length_min", _l("For how long"), "whole", suffix=_l("minutes"), width="short")
_QUANTITY = Control("quantity", _l("Machines"), "whole", width="short")
_MODE = Control(
    "mode",
    _l("If a date is not free at the new time"),
    "choice",
    options=(
        Option("all", _l("change nothing")),
        Option("skip", _l("change the others and leave that one as it is")),
    ),
)


@pages.get("/bookings/series")
@signed_in_only
def index() -> str:
    """The series of the reader's firms and of their machines."""
    side = request.args.get("side", "")
    filters = {"side": side if side in _SIDES else ""}
    cursor = request.args.get("cursor")
    found = load(PRODUCTION, "/machine-series", cursor=cursor, **filters)
    for each in found["items"]:
        each["often"] = words_of(each["rule"])
    return render_template(
        "portal/machines/series_list.html", page=found, filters=filters, first_page=not cursor
    )


@pages.get("/bookings/series/<uuid:series_id>")
@signed_in_only
def show(series_id: UUID) -> str:
    """One series with its dates and what its reader may do."""
    return _series_page(load_seen(_path(series_id)), Wrong())


@pages.post("/bookings/series/<uuid:series_id>/approve")
@signed_in_only
def approve(series_id: UUID) -> Answer:
    """The owner agrees to every date that waits."""
    response = send("POST", _path(series_id, "approve"), {})
    return _moved_on(response, series_id) or _done(response, "approve")


@pages.get("/bookings/series/<uuid:series_id>/<any(cancel, change, reject):verb>")
@signed_in_only
def ask(series_id: UUID, verb: str) -> Answer:
    """Which dates, and what it means for each; or why they are not approved."""
    seen = load_seen(_path(series_id))
    if verb not in seen.document["actions"]:
        return redirect(url_for("portal.machine_series.show", series_id=series_id), code=303)
    typed: Typed = {
        "scope": "this" if request.args.get("occurrence") else "all",
        "occurrence": request.args.get("occurrence", ""),
        "since": seen.document["first"][11:16],
        "length_min": str(seen.document["length_min"]),
        "quantity": str(seen.document["quantity"]),
        "mode": "all",
        "reason": "",
    }
    return _ask_page(seen, verb, typed, Wrong())


@pages.post("/bookings/series/<uuid:series_id>/<any(cancel, change, reject):verb>")
@signed_in_only
def carry_out(series_id: UUID, verb: str) -> Answer:
    """Do it to the dates that were chosen."""
    seen = load_seen(_path(series_id))
    controls = _controls(seen.document, verb)
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    if verb == "reject":
        body.setdefault("reason", "")
    response = send("POST", _path(series_id, verb), body)
    refused = not response.ok and RefusedError(response).slug == "occurrences-refused"
    if response.status == INVALID or refused:
        wrong = wrong_of(errors_of(response), controls, own)
        return _ask_page(seen, verb, typed, wrong), response.status
    return _moved_on(response, series_id) or _done(response, verb)


def _path(series_id: UUID | str, *rest: str) -> str:
    return path_of("machine-series", str(series_id), *rest)


def _controls(series: Json, verb: str) -> tuple[Control, ...]:
    if verb == "reject":
        return (REASON["reject"],)
    # Dates beyond the horizon can be named too: from them on nothing more is booked, or at other times.
    ahead = [each for each in series["occurrences"] if each["ahead"] or each["outcome"] == "later"]
    options = tuple(Option(each["occurrence"], moment(each["starts_at"])) for each in ahead)
    which = Control("occurrence", _l("Which date, or from which one on"), "choice", options=options)
    if verb == "cancel":
        return (_SCOPE, which, REASON["cancel"])
    return (_SCOPE, which, _SINCE, _LENGTH, _QUANTITY, _MODE)


def _done(response: ApiResponse, verb: str) -> Answer:
    after = answer_of(response)
    left_out = len(after.get("refused", ())) or None
    where = url_for("portal.machine_series.show", series_id=after["id"], done=verb, left_out=left_out)
    return redirect(where, code=303)


def _moved_on(response: ApiResponse, series_id: UUID) -> Answer | None:
    """Where the series is not what its reader saw: how it stands now, and why nothing was done."""
    if response.status not in (CONFLICT, STALE, _FORBIDDEN):
        return None
    seen = load_seen(_path(series_id))
    if response.status == STALE:
        return _series_page(seen, Wrong(), stale=True), STALE
    return _series_page(seen, wrong_of(errors_of(response), ())), response.status


def _series_page(seen: Seen, wrong: Wrong, *, stale: bool = False) -> str:
    series = seen.document
    return render_template(
        "portal/machines/series.html",
        series=series,
        often=words_of(series["rule"]),
        version=seen.version,
        stale=stale,
        errors=wrong.lines,
        done=request.args.get("done", ""),
        idempotency_key=str(uuid4()),
    )


def _ask_page(seen: Seen, verb: str, typed: Typed, wrong: Wrong) -> str:
    series = seen.document
    refunds = load(PRODUCTION, _path(series["id"], "cancellation")) if verb == "cancel" else None
    return render_template(
        "portal/machines/series_verb.html",
        series=series,
        often=words_of(series["rule"]),
        verb=verb,
        refunds=refunds,
        controls=_controls(series, verb),
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        version=version_shown(seen, stale=False),
        idempotency_key=str(uuid4()),
    )

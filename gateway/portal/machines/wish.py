"""From a wish to a hold: what it would cost, which rules it breaks, what else is free, and keeping it."""

from collections.abc import Callable
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, INVALID, TOP, Wrong, errors_of, query_of, wrong_of
from gateway.portal.context import Json, current_person
from gateway.portal.controls import (
    Control,
    Option,
    Typed,
    instant_of,
    local_of,
    read,
    shown,
    typed_in,
)
from gateway.portal.fields import ErrorLine
from gateway.portal.i18n import say
from gateway.portal.machines.access import firms_of
from gateway.portal.machines.asking import PRODUCTION, machine_path, send
from gateway.portal.machines.search import machine_page
from gateway.portal.machines.wishing import wish_of
from gateway.portal.services import RefusedError, answer_of, load

pages = Blueprint("machine_wish", __name__)

Answer = str | Response | tuple[str, int]

_FULL = "capacity-full"
_PURPOSE = Control("purpose", _l("What for (optional)"), most=400, width="long")


@pages.get("/machines/<uuid:machine_id>/wish")
@signed_in_only
def preview(machine_id: UUID) -> Answer:
    """What the wish costs and what it breaks; nothing is kept yet."""
    machine = load(PRODUCTION, machine_path(machine_id))
    controls = wish_of(machine)
    typed = typed_in(controls, request.args)
    wished, own = read(controls, typed)
    try:
        quote = load(
            PRODUCTION,
            machine_path(machine_id, "quote"),
            **query_of(wished),
        )
    except RefusedError as refusal:
        if refusal.status not in (INVALID, CONFLICT):
            raise
        wrong = wrong_of(errors_of(refusal.response), controls, own)
        return machine_page(machine, typed, wrong), refusal.status
    if own or quote["broken"]:
        broken = [{**each, "message": say(each["message"])} for each in quote["broken"]]
        return machine_page(machine, typed, wrong_of([] if own else broken, controls, own)), INVALID
    return _preview_page(machine, quote, typed, _firm_typed(), Wrong())


@pages.post("/machines/<uuid:machine_id>/hold")
@signed_in_only
def hold(machine_id: UUID) -> Answer:
    """Keep the time for a firm for a quarter of an hour; the booking's page asks to confirm it."""

    def kept(booking: Json) -> str:
        return url_for("portal.machine_bookings.show", booking_id=booking["id"], done="held")

    return _ask_for(machine_id, "/machine-bookings", kept)


@pages.post("/machines/<uuid:machine_id>/wait")
@signed_in_only
def wait(machine_id: UUID) -> Answer:
    """Join the waitlist for a time that is full."""

    def joined(entry: Json) -> str:
        return url_for("portal.machine_waitlist.show", entry_id=entry["id"], done="joined")

    return _ask_for(machine_id, "/machine-waitlist", joined)


def _ask_for(machine_id: UUID, path: str, leading_to: Callable[[Json], str]) -> Answer:
    machine = load(PRODUCTION, machine_path(machine_id))
    controls, more = wish_of(machine), for_whom()
    typed = typed_in(controls, request.form)
    said = typed_in(more, request.form)
    wished, own = read((*controls, *more), typed | said)
    response = send("POST", path, {"machine_id": str(machine_id), **wished})
    if response.status not in (INVALID, CONFLICT):
        return redirect(leading_to(answer_of(response)), code=303)
    errors = errors_of(response)
    wrong = wrong_of(errors, (*controls, *more), own)
    if RefusedError(response).slug == _FULL:
        wrong = Wrong(lines=[ErrorLine(_("That time is not free any more. Choose another one."), f"#{TOP}")])
    quote = _quote_if_any(machine_id, wished)
    if quote is None or quote["broken"]:
        return machine_page(machine, typed, wrong), response.status
    return _preview_page(machine, quote, typed, said, wrong), response.status


def _quote_if_any(machine_id: UUID, wished: Json) -> Json | None:
    asked = query_of({name: wished[name] for name in wished if name not in {"on_behalf_of", "purpose"}})
    try:
        return load(PRODUCTION, machine_path(machine_id, "quote"), **asked)
    except RefusedError as refusal:
        if refusal.status not in (INVALID, CONFLICT):
            raise
        return None


def for_whom() -> tuple[Control, ...]:
    """The firm that books, and what for."""
    firms = tuple(Option(firm["uscc"], firm["name"]) for firm in firms_of(current_person()))
    blank = _l("Choose a firm") if len(firms) > 1 else None
    return Control("on_behalf_of", _l("Firm that books"), "choice", options=firms, blank=blank), _PURPOSE


def _firm_typed() -> Typed:
    return shown(for_whom(), {})


def _preview_page(machine: Json, quote: Json, typed: Typed, said: Typed, wrong: Wrong) -> str:
    return render_template(
        "portal/machines/preview.html",
        machine=machine,
        quote=quote,
        controls=wish_of(machine),
        for_whom=for_whom(),
        typed=typed | said,
        starts_at=instant_of(typed["starts_at"]),
        ends_at=instant_of(typed["ends_at"]),
        alternatives=[
            {**each, "wish": {**typed, **{name: local_of(each[name]) for name in ("starts_at", "ends_at")}}}
            for each in quote["alternatives"]
        ],
        own=machine["owner"] in {firm["uscc"] for firm in firms_of(current_person())},
        wrong=wrong.by_id,
        errors=wrong.lines,
        idempotency_key=str(uuid4()),
    )

"""From a wish to a series: how often, a look at every date, and booking those that can be had."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, INVALID, TOP, Wrong, errors_of, query_of, wrong_of
from gateway.portal.context import Json, current_person
from gateway.portal.controls import Control, Typed, local_of, read, shown, typed_in
from gateway.portal.fields import ErrorLine
from gateway.portal.machines.access import firms_of
from gateway.portal.machines.asking import PRODUCTION, machine_path, send
from gateway.portal.machines.recurring import CONTROLS, USUAL, placed, rule_of, words_of
from gateway.portal.machines.wish import for_whom
from gateway.portal.machines.wishing import wish_of
from gateway.portal.services import RefusedError, answer_of, load

pages = Blueprint("repeat_machine", __name__)

Answer = str | Response | tuple[str, int]


@pages.get("/machines/<uuid:machine_id>/repeat")
@signed_in_only
def ask(machine_id: UUID) -> Answer:
    """The form: the first time, and how often."""
    machine = load(PRODUCTION, machine_path(machine_id))
    typed = _typed(machine, request.args)
    if "every" not in request.args:
        typed |= USUAL
    return _form_page(machine, typed, Wrong())


@pages.get("/machines/<uuid:machine_id>/repeat/preview")
@signed_in_only
def preview(machine_id: UUID) -> Answer:
    """Every date with what would become of it; nothing is kept yet."""
    machine = load(PRODUCTION, machine_path(machine_id))
    typed = _typed(machine, request.args)
    return _preview(machine, typed, shown(for_whom(), {}), Wrong())


@pages.post("/machines/<uuid:machine_id>/repeat")
@signed_in_only
def book(machine_id: UUID) -> Answer:
    """Book all of it, or what can be had; the series' page says what was left out."""
    machine = load(PRODUCTION, machine_path(machine_id))
    typed, more = _typed(machine, request.form), for_whom()
    said = typed_in(more, request.form)
    wished, own = read((*wish_of(machine), *more), typed | said)
    rule, own_rule = rule_of(typed)
    mode = "skip" if request.form.get("mode") == "skip" else "all"
    body = {
        "machine_id": str(machine_id),
        **wished,
        "rule": rule,
        "mode": mode,
        "skipped": request.form.getlist("skipped"),
    }
    response = send("POST", "/machine-series", body)
    if response.status not in (INVALID, CONFLICT):
        made = answer_of(response)
        return redirect(url_for("portal.machine_series.show", series_id=made["id"], done="booked"), code=303)
    wrong = wrong_of(placed(errors_of(response)), (*_controls(machine), *more), own | own_rule)
    if RefusedError(response).slug == "occurrences-refused":
        said_so = _("Not every date is free any more. Nothing was booked; look at the dates again.")
        wrong = Wrong(lines=[ErrorLine(said_so, f"#{TOP}")])
    page = _preview(machine, typed, said, wrong)
    return (page, response.status) if isinstance(page, str) else page


def _controls(machine: Json) -> tuple[Control, ...]:
    return (*wish_of(machine), *CONTROLS)


def _typed(machine: Json, form: MultiDict[str, str]) -> Typed:
    typed = typed_in(_controls(machine), form)
    if typed["every"] not in {each.value for each in CONTROLS[0].options}:
        typed["every"] = str(USUAL["every"])
    return typed


def _preview(machine: Json, typed: Typed, said: Typed, wrong: Wrong) -> Answer:
    """The preview of what was typed, or the form with what is wrong with it."""
    wished, own = read(wish_of(machine), typed)
    rule, own_rule = rule_of(typed)
    own |= own_rule
    try:
        quote = load(
            PRODUCTION, machine_path(machine["id"], "series-quote"), **query_of({**wished, "rule": rule})
        )
    except RefusedError as refusal:
        if refusal.status not in (INVALID, CONFLICT):
            raise
        found = wrong_of(placed(errors_of(refusal.response)), _controls(machine), own)
        return _form_page(machine, typed, found), refusal.status
    if own:
        return _form_page(machine, typed, wrong_of([], _controls(machine), own)), INVALID
    return _preview_page(machine, quote, typed, said, wrong)


def _form_page(machine: Json, typed: Typed, wrong: Wrong) -> str:
    return render_template(
        "portal/machines/repeat.html",
        machine=machine,
        controls=wish_of(machine),
        often=CONTROLS,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
    )


def _preview_page(machine: Json, quote: Json, typed: Typed, said: Typed, wrong: Wrong) -> str:
    rest = {name: typed[name] for name in typed if name not in {"starts_at", "ends_at", *USUAL}}
    for each in quote["occurrences"]:
        for other in each["alternatives"]:
            other["wish"] = {**rest, **{name: local_of(other[name]) for name in ("starts_at", "ends_at")}}
    return render_template(
        "portal/machines/repeat_preview.html",
        machine=machine,
        quote=quote,
        often=words_of(quote["rule"]),
        controls=_controls(machine),
        for_whom=for_whom(),
        typed=typed | said,
        skipped=request.form.getlist("skipped"),
        own=machine["owner"] in {firm["uscc"] for firm in firms_of(current_person())},
        wrong=wrong.by_id,
        errors=wrong.lines,
        idempotency_key=str(uuid4()),
    )

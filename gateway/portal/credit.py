"""Credit records (失信记录): managers enter and repair them, everybody else sees their own."""

from uuid import UUID, uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.clients import ApiResponse
from gateway.portal.access import signed_in_only
from gateway.portal.context import Json, current_client, current_person
from gateway.portal.credit_access import keeps_credit, oversees_credit
from gateway.portal.desk_actions import named, sentences
from gateway.portal.services import (
    ENTERPRISE,
    RefusedError,
    answer_of,
    load,
    own_key,
    path_of,
    problem_sentence,
    seen_version,
)

pages = Blueprint("credit", __name__)

Answer = str | Response | tuple[str, int]

_FORBIDDEN = 403
_CONFLICT = 409
_STALE = 412
_INVALID = 422
_STANDINGS = ("active", "repaired")
_FIELDS = ("uscc", "case_number", "name", "source", "reason", "since")
_LABELS = {
    "/case_number": _l("Case number"),
    "/source": _l("Where it comes from"),
    "/reason": _l("Reason"),
    "/since": _l("Stands since"),
}
_PLACES = {
    "/uscc": "uscc",
    "/case_number": "case-number",
    "/name": "name",
    "/source": "source",
    "/reason": "reason",
    "/since": "since",
}


@pages.get("/credit")
@signed_in_only
def index() -> str:
    """The records the reader may see, the newest first; filters are in the address."""
    asked = request.args.get("standing", "")
    filters = {"standing": asked if asked in _STANDINGS else "", "q": request.args.get("q", "").strip()}
    cursor = request.args.get("cursor")
    page = load(ENTERPRISE, "/credit-records", cursor=cursor, **filters)
    return render_template(
        "portal/credit/index.html",
        page=page,
        filters=filters,
        first_page=not cursor,
        oversees=oversees_credit(current_person()),
        keeps=keeps_credit(current_person()),
    )


@pages.get("/credit/enter")
@signed_in_only
def form() -> str:
    """The form for a record that was made elsewhere."""
    _keepers_only()
    return _enter_page(dict.fromkeys(_FIELDS, ""), [])


@pages.post("/credit/enter")
@signed_in_only
def enter() -> Answer:
    """Enter it, or say what is wrong with it."""
    _keepers_only()
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}
    body = {name: value for name, value in typed.items() if value or name in ("source", "reason")}
    response = current_client().post(ENTERPRISE, "/credit-records", json=body, headers=own_key())
    if response.status == _INVALID:
        return _enter_page(typed, _errors(response)), _INVALID
    record = answer_of(response)
    return redirect(url_for("portal.credit.show", record_id=record["id"], done="entered"), code=303)


@pages.get("/credit/<uuid:record_id>")
@signed_in_only
def show(record_id: UUID) -> str:
    """One record; those who keep the records repair it from here."""
    return _record_page(_load(record_id), "", [])


@pages.post("/credit/<uuid:record_id>/repair")
@signed_in_only
def repair(record_id: UUID) -> Answer:
    """Repair it with the reason given."""
    reason = request.form.get("reason", "").strip()
    response = current_client().post(
        ENTERPRISE,
        path_of("credit-records", str(record_id), "repair"),
        json={"reason": reason},
        headers={**seen_version(), **own_key()},
    )
    if response.status == _INVALID:
        return _record_page(_load(record_id), reason, _errors(response)), _INVALID
    if response.status in (_STALE, _CONFLICT):
        return _record_page(_load(record_id), reason, [], stale=True), response.status
    answer_of(response)
    return redirect(url_for("portal.credit.show", record_id=record_id, done="repaired"), code=303)


def _keepers_only() -> None:
    if not keeps_credit(current_person()):
        abort(_FORBIDDEN)


def _load(record_id: UUID) -> Json:
    return load(ENTERPRISE, path_of("credit-records", str(record_id)))


def _errors(response: ApiResponse) -> list[Json]:
    refusal = RefusedError(response)
    return refusal.errors or [{"pointer": "", "message": problem_sentence(refusal.problem)}]


def _enter_page(typed: dict[str, str], errors: list[Json]) -> str:
    wrong, lines = sentences(named(errors, _LABELS), _PLACES)
    return render_template(
        "portal/credit/enter.html", typed=typed, wrong=wrong, errors=lines, idempotency_key=str(uuid4())
    )


def _record_page(record: Json, reason: str, errors: list[Json], stale: bool = False) -> str:
    if any(error["pointer"] == "/reason" for error in errors):
        errors = [{"pointer": "/reason", "message": _("Say why the credit counts as repaired")}]
    wrong, lines = sentences(errors, {"/reason": "reason"})
    return render_template(
        "portal/credit/record.html",
        record=record,
        reason=reason,
        wrong=wrong,
        errors=lines,
        stale=stale,
        oversees=oversees_credit(current_person()),
        done=request.args.get("done", ""),
        idempotency_key=str(uuid4()),
    )

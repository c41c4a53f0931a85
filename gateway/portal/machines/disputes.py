"""Disputes: the list, one with what was said and handed in, and what its sides and the park do with it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, INVALID, STALE, Wrong, errors_of, wrong_of
from gateway.portal.controls import Control, Typed, read, typed_in
from gateway.portal.downloads import passed_on
from gateway.portal.machines.asking import PRODUCTION, load_seen, send
from gateway.portal.machines.handing_in import ABOUT_THE_FILE, about_file, refused, sentence_of, upload
from gateway.portal.services import answer_of, load, path_of

pages = Blueprint("machine_disputes", __name__)

Answer = str | Response | tuple[str, int]

_FORBIDDEN = 403
_YUAN = _l("yuan")


@pages.get("/disputes")
@signed_in_only
def index() -> str:
    """Disputes of the reader's firms; for those who run the park all, those that are open first."""
    running = request.args.get("running", "true")
    filters = {"running": running if running in ("true", "false") else ""}
    cursor = request.args.get("cursor")
    return render_template(
        "portal/machines/disputes.html",
        page=load(PRODUCTION, "/machine-disputes", cursor=cursor, **filters),
        filters=filters,
        first_page=not cursor,
    )


@pages.get("/disputes/<uuid:dispute_id>")
@signed_in_only
def show(dispute_id: UUID) -> str:
    """One dispute: what was said and handed in, and what its reader may do."""
    return _dispute_page(dispute_id)


_ACTS: Mapping[str, tuple[str, tuple[Control, ...]]] = {
    "state": ("statements", (Control("text", _l("What you say"), "area", most=2000),)),
    "offer": (
        "offers",
        (
            Control("amount_fen", _l("Amount"), "yuan", suffix=_YUAN, width="short"),
            Control("text", _l("What you say to it (optional)"), "area", most=400),
        ),
    ),
    "decide": (
        "decide",
        (
            Control("amount_fen", _l("Amount"), "yuan", suffix=_YUAN, width="short"),
            Control("reason", _l("Why"), "area", hint=_l("Both sides read it."), most=2000),
        ),
    ),
    "agree": ("agree", ()),
    "decline": ("decline", ()),
    "withdraw": ("withdraw", ()),
}
"""What is done to a dispute: the last part of the service's path, and the controls."""


@pages.post("/disputes/<uuid:dispute_id>/<any(state, offer, decide, agree, decline, withdraw):act>")
@signed_in_only
def argue(dispute_id: UUID, act: str) -> Answer:
    """Say something, offer, agree, decide …"""
    last, controls = _ACTS[act]
    typed = typed_in(_named(act, controls), request.form)
    plain = {each.name: typed[f"{act}-{each.name}"] for each in controls}
    body, own = read(controls, plain)
    response = send("POST", path_of("machine-disputes", str(dispute_id), last), body)
    if response.status == INVALID:
        own = {f"/{act}-{pointer.removeprefix('/')}": said for pointer, said in own.items()}
        errors = [
            {**each, "pointer": f"/{act}-{each['pointer'].removeprefix('/')}"} for each in errors_of(response)
        ]
        return _dispute_page(dispute_id, typed, wrong_of(errors, _named(act, controls), own)), INVALID
    if response.status in (CONFLICT, STALE, _FORBIDDEN):
        return _dispute_page(dispute_id, typed, refused(response)), response.status
    answer_of(response)
    return redirect(url_for(".show", dispute_id=dispute_id, done=act), code=303)


@pages.post("/disputes/<uuid:dispute_id>/evidence")
@signed_in_only
def upload_evidence(dispute_id: UUID) -> Answer:
    """Hand a file on to the service, which looks inside it."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _dispute_page(dispute_id, wrong=about_file(_("Choose a file first"))), INVALID
    number = request.form.get("number", "")
    number = number if number.isascii() and number.isdigit() and len(number) < 6 else "0"
    path = path_of("machine-disputes", str(dispute_id), "evidence", number)
    response = upload(path, file, {"If-Match": f'"{request.form.get("version", "")}"'})
    if response.status in ABOUT_THE_FILE:
        return _dispute_page(dispute_id, wrong=about_file(sentence_of(response))), response.status
    if response.status in (CONFLICT, STALE, _FORBIDDEN):
        return _dispute_page(dispute_id, wrong=refused(response)), response.status
    answer_of(response)
    return redirect(url_for(".show", dispute_id=dispute_id, done="evidence"), code=303)


@pages.get("/disputes/<uuid:dispute_id>/evidence/<int:number>")
@signed_in_only
def evidence(dispute_id: UUID, number: int) -> Response:
    """A file that was handed in, as a download."""
    path = path_of("machine-disputes", str(dispute_id), "evidence", str(number))
    return passed_on(PRODUCTION, path, inline=False)


def _dispute_page(dispute_id: UUID, typed: Typed | None = None, wrong: Wrong | None = None) -> str:
    seen = load_seen(path_of("machine-disputes", str(dispute_id)))
    forms = {act: _named(act, controls) for act, (_last, controls) in _ACTS.items()}
    empty = {each.name: "" for controls in forms.values() for each in controls}
    wrong = wrong or Wrong()
    return render_template(
        "portal/machines/dispute.html",
        dispute=seen.document,
        version=seen.version,
        forms=forms,
        typed={**empty, **(typed or {})},
        wrong=wrong.by_id,
        errors=wrong.lines,
        done=request.args.get("done", ""),
        idempotency_key=str(uuid4()),
    )


def _named(act: str, controls: Iterable[Control]) -> Sequence[Control]:
    """Several forms stand on the page of a dispute: each control says to which one it belongs."""
    return [_renamed(each, f"{act}-{each.name}") for each in controls]


def _renamed(control: Control, name: str) -> Control:
    fields: dict[str, Any] = {each: getattr(control, each) for each in Control.__dataclass_fields__}
    return Control(**{**fields, "name": name})

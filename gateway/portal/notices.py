"""Public notices (公示): the list and a notice for everybody, and objecting for the signed in."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.context import Json, current_client, current_person
from gateway.portal.desk_access import may_work
from gateway.portal.desk_actions import named, sentences
from gateway.portal.services import ENTERPRISE, RefusedError, answer_of, load, own_key, path_of

pages = Blueprint("notices", __name__)

Answer = str | Response | tuple[str, int]

_INVALID, _CONFLICT, _FORBIDDEN = 422, 409, 403
_FIELDS = ("standing", "name", "reason", "contact")
_LABELS = {"/standing": _l("You object as"), "/name": _l("Who objects"), "/reason": _l("Reasons")}
_PLACES = {"/standing": "standing-creditor", "/name": "name", "/reason": "reason", "/contact": "contact"}
STANDINGS = (
    ("creditor", _l("Creditor")),
    ("interested", _l("Other person with an interest")),
    ("authority", _l("Authority concerned")),
)


@pages.get("/notices")
def index() -> str:
    """All public notices, newest first, narrowed by state and item."""
    state, item = request.args.get("state", ""), request.args.get("item", "")
    found = load(ENTERPRISE, "/notices", state=state, item=item, cursor=request.args.get("cursor"))
    return render_template("portal/notices.html", found=found, state=state, item=item)


@pages.get("/notices/<uuid:notice_id>")
def show(notice_id: UUID) -> str:
    """One notice: what it shows, its days, and how to object."""
    return render_template(
        "portal/notice.html", notice=_load(notice_id), lodged=request.args.get("lodged", "")
    )


@pages.get("/notices/<uuid:notice_id>/object")
@signed_in_only
def ask(notice_id: UUID) -> Answer:
    """The form for an objection; a notice that is over says so itself."""
    notice = _load(notice_id)
    if notice["state"] != "running":
        return redirect(url_for("portal.notices.show", notice_id=notice_id), code=303)
    person = current_person() or {}
    return _page(notice, {**dict.fromkeys(_FIELDS, ""), "name": person.get("name", "")}, [])


@pages.post("/notices/<uuid:notice_id>/object")
@signed_in_only
def lodge(notice_id: UUID) -> Answer:
    """Lodge the objection."""
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}
    body = {name: value for name, value in typed.items() if value}
    try:
        answer_of(
            current_client().post(
                ENTERPRISE,
                path_of("notices", str(notice_id), "objections"),
                json=body,
                headers=own_key(),
            )
        )
    except RefusedError as refusal:
        if refusal.status == _INVALID:
            return _page(_load(notice_id), typed, refusal.errors), _INVALID
        if refusal.status in (_CONFLICT, _FORBIDDEN):
            sentence = [{"pointer": "", "message": str(refusal.problem.get("detail", ""))}]
            return _page(_load(notice_id), typed, sentence), refusal.status
        raise
    return redirect(url_for("portal.notices.show", notice_id=notice_id, lodged="now"), code=303)


def _load(notice_id: UUID) -> Json:
    return load(ENTERPRISE, path_of("notices", str(notice_id)))


def _page(notice: Json, typed: dict[str, str], errors: list[Json]) -> str:
    wrong, lines = sentences(named(errors, _LABELS), _PLACES)
    official = may_work(current_person())
    return render_template(
        "portal/notice_objection.html",
        notice=notice,
        typed=typed,
        wrong=wrong,
        errors=lines,
        standings=[each for each in STANDINGS if official or each[0] != "authority"],
        idempotency_key=str(uuid4()),
    )

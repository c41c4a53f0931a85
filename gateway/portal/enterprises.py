"""The register of enterprises (市场主体登记簿): looking enterprises up, entering how they stand."""

from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.context import Json, current_client
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import sentences
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

pages = Blueprint("register", __name__)

Answer = str | Response | tuple[str, int]

_INVALID = 422
_CHANGED = (409, 412)
STATUSES = {
    "active": _l("doing business"),
    "suspended": _l("business suspended"),
    "closed": _l("deregistered"),
    "revoked": _l("registration revoked"),
}


@pages.get("/register")
@desk_only
def index() -> str:
    """Enterprises by name or credit code."""
    asked, cursor = request.args.get("q", "").strip(), request.args.get("cursor")
    return render_template(
        "portal/register/index.html",
        page=load(ENTERPRISE, "/enterprises", q=asked or None, cursor=cursor),
        q=asked,
        first_page=not cursor,
        statuses=STATUSES,
    )


@pages.get("/register/<uscc>")
@desk_only
def show(uscc: str) -> str:
    """One enterprise, and when its business was suspended."""
    return _page(uscc, "", [])


@pages.post("/register/<uscc>/<any(suspend, resume):verb>")
@desk_only
def enter(uscc: str, verb: str) -> Answer:
    """Enter that its business is suspended, or resumed."""
    reason = request.form.get("reason", "").strip()
    response = current_client().post(
        ENTERPRISE,
        path_of("enterprises", uscc, verb),
        json={"reason": reason},
        headers={**seen_version(), **own_key()},
    )
    if response.status == _INVALID:
        refusal = RefusedError(response)
        wrong = refusal.errors or [{"pointer": "", "message": problem_sentence(refusal.problem)}]
        return _page(uscc, reason, wrong), _INVALID
    if response.status in _CHANGED:
        return _page(uscc, reason, [], stale=True), response.status
    answer_of(response)
    return redirect(url_for("portal.register.show", uscc=uscc, done=verb), code=303)


def _page(uscc: str, reason: str, errors: list[Json], stale: bool = False) -> str:
    enterprise = load(ENTERPRISE, path_of("enterprises", uscc))
    if any(error["pointer"] == "/reason" for error in errors):
        errors = [{"pointer": "/reason", "message": _("Give the reason, in at most 1000 characters")}]
    wrong, lines = sentences(errors, {"/reason": "reason"})
    return render_template(
        "portal/register/enterprise.html",
        enterprise=enterprise,
        entries=load(ENTERPRISE, path_of("enterprises", uscc, "standing"))["items"],
        statuses=STATUSES,
        reason=reason,
        wrong=wrong,
        errors=lines,
        stale=stale,
        done=request.args.get("done", ""),
        idempotency_key=str(uuid4()),
    )

"""My applications: the list, starting one, the task list of a draft, the case page, withdrawing."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only, to_sign_in
from gateway.portal.context import Json, current_client, current_person
from gateway.portal.fields import ErrorLine, Field, fields_of
from gateway.portal.i18n import say
from gateway.portal.services import (
    ENTERPRISE,
    NOTIFICATIONS,
    act,
    answer_of,
    case_path,
    load,
    load_case,
    load_if_up,
    load_item_of,
    own_key,
)

pages = Blueprint("applications", __name__)

# What happened since the reader last looked is shown within this many messages of the inbox.
_UNCHANGED = 204


@pages.get("/applications")
@signed_in_only
def mine() -> str:
    """The reader's own cases, newest first, narrowed by state."""
    state = request.args.get("state", "")
    found = load(ENTERPRISE, "/cases", state=state, cursor=request.args.get("cursor"))
    discarded = request.args.get("discarded", "")
    return render_template("portal/applications.html", found=found, state=state, discarded=discarded)


@pages.post("/applications/new")
def start() -> Response:
    """Open a draft for an item. A visitor signs in first and comes back to the guide."""
    code = request.args.get("item") or request.form.get("item", "")
    if not code:
        raise BadRequest
    if not current_person():
        guide = url_for("portal.public.guide", code=code)
        return redirect(url_for("portal.session.sign_in", next=guide), code=303)
    wanted = {
        "item_code": code,
        "on_behalf_of": request.form.get("on_behalf_of") or None,
        "renews": request.form.get("renews") or None,
    }
    case = answer_of(current_client().post(ENTERPRISE, "/cases", json=wanted, headers=own_key()))
    return redirect(url_for("portal.applications.show", case_id=case["id"]), code=303)


@pages.get("/applications/new")
def start_again() -> Response:
    """Somebody came here by the address bar or after signing in: the guide has the button."""
    code = request.args.get("item")
    goal = url_for("portal.public.guide", code=code) if code else url_for("portal.public.items")
    return redirect(goal, code=303)


@pages.get("/applications/<uuid:case_id>")
@signed_in_only
def show(case_id: UUID) -> str | tuple[str, int]:
    """The task list of a draft, or the page of a case that has been handed in."""
    case = load_case(str(case_id))
    if request.headers.get("HX-Request") and request.args.get("seen") == str(case["version"]):
        return "", _UNCHANGED
    item = load_item_of(case)
    if case["state"] == "draft":
        return render_template("portal/task_list.html", case=case, item=item, idempotency_key=str(uuid4()))
    return case_page(case, item)


def case_page(case: Json, item: Json) -> str:
    """Status, timeline, the deadline explained, slips, messages, decision and certificate."""
    link = url_for("portal.applications.show", case_id=case["id"])
    inbox = load_if_up(NOTIFICATIONS, "/messages")
    return render_template(
        "portal/case.html",
        case=case,
        item=item,
        link=link,
        timeline=load(ENTERPRISE, case_path(case["id"], "timeline"))["items"],
        deadline=load(ENTERPRISE, case_path(case["id"], "deadline")),
        slips=load(ENTERPRISE, case_path(case["id"], "slips"))["items"],
        messages=[each for each in inbox["items"] if each.get("link") == link] if inbox else None,
        sections=answered_sections(case, item),
        renew_key=str(uuid4()),
    )


def answered_sections(case: Json, item: Json) -> list[tuple[Json, list[Field]]]:
    """Every section of the item's form with the answers of the case."""
    sections = [
        (section, fields_of(section, case["answers"].get(section["key"])))
        for section in item["form"]["sections"]
    ]
    for section, fields in sections:
        for field in fields:
            field.spoken = say(case["code_names"].get(f"/answers/{section['key']}/{field.path[-1]}"))
    return sections


@pages.get("/applications/<uuid:case_id>/withdraw")
@signed_in_only
def withdraw(case_id: UUID) -> str:
    """Ask once more before a case is withdrawn."""
    case = load_case(str(case_id))
    return render_template(
        "portal/withdraw.html", case=case, errors=[], reason="", idempotency_key=str(uuid4())
    )


@pages.post("/applications/<uuid:case_id>/withdraw")
def withdraw_post(case_id: UUID) -> Response | tuple[str, int]:
    """Withdraw the case with the reason given."""
    if not current_person():
        return to_sign_in()
    reason = request.form.get("reason", "").strip()
    if not reason:
        case = load_case(str(case_id))
        errors = [ErrorLine(_("Say why you withdraw the application"), "#reason")]
        page = render_template(
            "portal/withdraw.html", case=case, errors=errors, reason=reason, idempotency_key=str(uuid4())
        )
        return page, 422
    act(str(case_id), "withdraw", {"reason": reason})
    return redirect(url_for("portal.applications.show", case_id=case_id), code=303)

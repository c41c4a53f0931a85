"""Check the answers, declare, submit; and the confirmation afterwards."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.applications import answered_sections
from gateway.portal.context import Json, current_client
from gateway.portal.deferring import lines_of, section_of, typed
from gateway.portal.fields import ErrorLine, Field, field_id, split_pointer
from gateway.portal.i18n import say
from gateway.portal.route import promise_in
from gateway.portal.services import (
    ENTERPRISE,
    RefusedError,
    act,
    answer_of,
    case_path,
    load,
    load_case,
    load_item_of,
)

pages = Blueprint("check", __name__)

Answer = str | Response | tuple[str, int]

_INVALID = 422
_CONFLICT = 409
_ANOTHER_VERSION = ("item-version-retired", "item-retired")


@pages.get("/applications/<uuid:case_id>/check")
@signed_in_only
def show(case_id: UUID) -> Answer:
    """All answers and materials on one page, with what is still missing or wrong."""
    case = load_case(str(case_id))
    if not {"submit", "publish-notice"}.intersection(case["actions"]):
        return redirect(url_for("portal.applications.show", case_id=case_id), code=303)
    return page_of(case, check_all(str(case_id)))


def check_all(case_id: str) -> Json:
    """What the service finds wrong in the whole application."""
    return answer_of(current_client().post(ENTERPRISE, case_path(case_id, "check"), json={}))


def page_of(
    case: Json, found: Json, declaration_error: str = "", tried: bool = False, promise_error: str = ""
) -> str:
    """The page; what is open is an error summary once the reader has `tried` to submit, a note before."""
    item = load_item_of(case)
    sections = answered_sections(case, item)
    section = section_of(case, item, found["errors"] if tried else None)
    may_follow = {f"/materials/{each['code']}" for each in section["followers"]}
    own = [each for each in found["errors"] if not each["pointer"].startswith("/deferred")]
    # What may follow later is said in its own section, until somebody tries to do without both.
    open_points = [each for each in own if tried or each["pointer"] not in may_follow]
    points = summary(case, sections, open_points, "check")
    errors = [*points, *lines_of(found["errors"])] if tried else []
    if declaration_error:
        errors = [*errors, ErrorLine(declaration_error, "#declaration")]
    if promise_error:
        errors = [*errors, ErrorLine(promise_error, "#promise")]
    return render_template(
        "portal/check.html",
        case=case,
        item=item,
        sections=sections,
        errors=errors,
        open_points=[] if tried else points,
        warnings=summary(case, sections, found.get("warnings", ()), "check"),
        declaration_error=declaration_error,
        **section,
        promise=promise_in(item) if case["route"] == "promise" else None,
        promise_error=promise_error,
        idempotency_key=str(uuid4()),
    )


def without_deferred(found: Json) -> Json:
    """The findings without the materials that the posted form defers: those are no error of the form."""
    ticked = {f"/materials/{code}" for code in (typed() or {}).get("materials", ())}
    return {**found, "errors": [each for each in found["errors"] if each["pointer"] not in ticked]}


def summary(
    case: Json, sections: list[tuple[Json, list[Field]]], messages: Any, goal: str
) -> list[ErrorLine]:
    """Each message with a link to the field's page and place; field labels tell equal sentences apart."""
    return [ErrorLine(_sentence(sections, each), link_to(case, each["pointer"], goal)) for each in messages]


def _sentence(sections: list[tuple[Json, list[Field]]], message: Json) -> str:
    """The message, led by the section's title where it is about a section."""
    parts = split_pointer(message["pointer"])
    sentence = say(message["message"])
    for section, _fields in sections:
        if parts[:2] == ("answers", section["key"]):
            return str(_("%(section)s: %(sentence)s", section=say(section["title"]), sentence=sentence))
    return sentence


def link_to(case: Json, pointer: str, goal: str) -> str:
    """The page and place where what a pointer names can be changed; `goal` is the page to return to."""
    parts = split_pointer(pointer)
    arguments: dict[str, Any] = {"case_id": case["id"], "return": goal}
    if parts[:1] == ("materials",) and len(parts) > 1:
        return url_for("portal.materials.show", **arguments, _anchor=f"m-{parts[1]}")
    if parts[:1] == ("answers",) and len(parts) > 1:
        anchor = field_id(parts[2:]) if len(parts) > 2 else "section-form"
        if goal == "check":
            arguments["show"] = "errors"
        return url_for("portal.sections.show", key=parts[1], **arguments, _anchor=anchor)
    return url_for("portal.applications.show", case_id=case["id"])


@pages.post("/applications/<uuid:case_id>/submit")
@signed_in_only
def submit(case_id: UUID) -> Answer:
    """Hand the application in."""
    promised = request.form.get("promise") == "true"
    case = load_case(str(case_id))
    unread = case["route"] == "promise" and not promised
    declared = request.form.get("declaration") == "true"
    if "submit" in case["actions"] and (unread or not declared):
        declare = "" if declared else _("Confirm that the information is true before you submit")
        promise = _("Read what is told, and confirm that you promise it") if unread else ""
        found = without_deferred(check_all(str(case_id)))
        return page_of(case, found, declare, tried=True, promise_error=promise), _INVALID
    try:
        act(str(case_id), "submit", {"declaration": declared, "promise": promised, "deferred": typed()})
    except RefusedError as refusal:
        if refusal.status == _CONFLICT and refusal.slug in _ANOTHER_VERSION:
            # Another version came into force while the reader was checking: the task list says what is new.
            return redirect(url_for("portal.applications.show", case_id=case_id), code=303)
        if refusal.status != _INVALID:
            raise
        return page_of(load_case(str(case_id)), {"errors": refusal.errors}, tried=True), _INVALID
    return redirect(url_for("portal.check.done", case_id=case_id), code=303)


@pages.post("/applications/<uuid:case_id>/publish-notice")
@signed_in_only
def publish_notice(case_id: UUID) -> Answer:
    """Put up the public notice that comes before the application."""
    if request.form.get("declaration") != "true":
        sentence = _("Confirm that the information is true and may be published")
        return page_of(load_case(str(case_id)), check_all(str(case_id)), sentence, tried=True), _INVALID
    try:
        act(str(case_id), "publish-notice", {"declaration": True})
    except RefusedError as refusal:
        if refusal.status == _CONFLICT and refusal.slug in _ANOTHER_VERSION:
            return redirect(url_for("portal.applications.show", case_id=case_id), code=303)
        if refusal.status != _INVALID:
            raise
        return page_of(load_case(str(case_id)), {"errors": refusal.errors}, tried=True), _INVALID
    return redirect(url_for("portal.applications.show", case_id=case_id), code=303)


@pages.get("/applications/<uuid:case_id>/done")
@signed_in_only
def done(case_id: UUID) -> Answer:
    """The confirmation: number, query code, the date of the answer, the receipt. It can be bookmarked."""
    case = load_case(str(case_id))
    if not case["number"]:
        return redirect(url_for("portal.applications.show", case_id=case_id), code=303)
    slips = load(ENTERPRISE, case_path(str(case_id), "slips"))["items"]
    return render_template("portal/done.html", case=case, slips=slips)

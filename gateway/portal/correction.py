"""A correction notice (补正): only what was returned, the official's words beside each, and the answer."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.applications import answered_sections
from gateway.portal.check import check_all, link_to, summary
from gateway.portal.context import Json
from gateway.portal.deferring import lines_of, section_of, typed
from gateway.portal.fields import ErrorLine
from gateway.portal.services import RefusedError, act, load_case, load_item_of

pages = Blueprint("correction", __name__)

Answer = str | Response | tuple[str, int]

_INVALID = 422


@pages.get("/applications/<uuid:case_id>/correction")
@signed_in_only
def show(case_id: UUID) -> Answer:
    """What is to be corrected, each with a link to the place."""
    case = load_case(str(case_id))
    if case["state"] != "correction":
        return redirect(url_for("portal.applications.show", case_id=case_id), code=303)
    return page_of(case, [])


def page_of(case: Json, errors: list[ErrorLine], found: list[Json] | None = None) -> str:
    """The page, with what stands in the way of handing the answer in."""
    section = section_of(case, load_item_of(case), found)
    items = [
        {**each, "href": link_to(case, each["target"], "correction")} for each in case["correction"]["items"]
    ]
    return render_template(
        "portal/correction.html",
        case=case,
        items=items,
        errors=errors,
        **section,
        idempotency_key=str(uuid4()),
    )


@pages.post("/applications/<uuid:case_id>/correction")
@signed_in_only
def answer(case_id: UUID) -> Answer:
    """Hand the corrected application in again."""
    try:
        act(str(case_id), "answer-correction", {"deferred": typed()})
    except RefusedError as refusal:
        if refusal.status != _INVALID:
            raise
        case = load_case(str(case_id))
        sections = answered_sections(case, load_item_of(case))
        found = refusal.errors or check_all(str(case_id))["errors"]
        own = [each for each in found if not each["pointer"].startswith("/deferred")]
        lines = [*summary(case, sections, own, "correction"), *lines_of(found)]
        return page_of(case, lines, found), _INVALID
    return redirect(url_for("portal.check.done", case_id=case_id), code=303)

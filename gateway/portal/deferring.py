"""What of an application may follow later (容缺受理): the section of a form, and making up for it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _

from gateway.portal.access import signed_in_only
from gateway.portal.context import Json
from gateway.portal.fields import ErrorLine, split_pointer
from gateway.portal.i18n import say
from gateway.portal.materials import Answer, page_of
from gateway.portal.services import RefusedError, act, load_case

pages = Blueprint("deferring", __name__)

_INVALID = 422


def make_up_of(item: Json) -> Json | None:
    """How long after acceptance materials may follow; None where the item lets nothing follow."""
    return next((each["make_up"] for each in item["reforms"] if each["make_up"]), None)


def followers_of(case: Json, item: Json) -> list[Json]:
    """The materials that are missing and may follow; what a correction notice asks for may not.

    None may for whoever has a credit record that stands.
    """
    if make_up_of(item) is None or case["credit_ban"]:
        return []
    notice = (case.get("correction") or {}).get("items", ()) if case["state"] == "correction" else ()
    asked_for = {each["target"] for each in notice}
    return [
        each
        for each in case["materials"]
        if each["necessity"] == "deferrable"
        and each["required"]
        and not each["uploaded"]
        and f"/materials/{each['code']}" not in asked_for
    ]


def section_of(case: Json, item: Json, errors: list[Json] | None = None) -> dict[str, Any]:
    """What the section shows: as typed when the form was sent, else with nothing ticked."""
    wrong = [say(each["message"]) for each in errors or () if each["pointer"].startswith("/deferred")]
    return {
        "followers": followers_of(case, item),
        "make_up": make_up_of(item),
        "deferring": request.form.getlist("defer"),
        "promising": request.form.get("defer-promise") == "true",
        "wrong_promise": wrong[0] if wrong else "",
    }


def typed() -> Json | None:
    """What the posted form defers; None when nothing is ticked, the promise neither."""
    materials = request.form.getlist("defer")
    promise = request.form.get("defer-promise") == "true"
    return {"materials": materials, "promise": promise} if materials or promise else None


def lines_of(errors: list[Json]) -> list[ErrorLine]:
    """What is wrong with the promise, for an error summary."""
    mine = [each for each in errors if each["pointer"].startswith("/deferred")]
    return [ErrorLine(say(each["message"]), "#defer-promise") for each in mine]


@pages.post("/applications/<uuid:case_id>/make-up")
@signed_in_only
def make_up(case_id: UUID) -> Answer:
    """Hand in what was missing."""
    try:
        act(str(case_id), "make-up", {})
    except RefusedError as refusal:
        if refusal.status != _INVALID:
            raise
        wrong = {split_pointer(each["pointer"])[-1]: _("Upload this file first") for each in refusal.errors}
        return page_of(load_case(str(case_id)), wrong), _INVALID
    return redirect(url_for("portal.applications.show", case_id=case_id, made_up="now"), code=303)

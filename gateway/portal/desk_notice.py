"""Public notices at the desk: putting an application on notice, and reading who objects and why."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.portal.context import Json
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import INVALID, Answer, no_longer, refused, sentences, version_seen
from gateway.portal.desk_case import head_of, live_task
from gateway.portal.services import ENTERPRISE, RefusedError, act, case_path, load, load_case, load_item_of

pages = Blueprint("desk_notice", __name__)

_VERB = "publish-notice"
_ANSWER = "answer-objection"


@pages.get("/desk/cases/<uuid:case_id>/notice")
@desk_only
def show(case_id: UUID) -> Answer:
    """Ask once more before the application is put on notice."""
    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _page(case, [])


@pages.post("/desk/cases/<uuid:case_id>/notice")
@desk_only
def publish(case_id: UUID) -> Answer:
    """Put the application on notice."""

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _page(case, errors, stale)

    try:
        act(str(case_id), _VERB, {"declaration": request.form.get("declaration") == "true"})
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _VERB, again)
    return redirect(url_for("portal.desk_case.show", case_id=case_id, done="noticed"), code=303)


@pages.get("/desk/cases/<uuid:case_id>/objections")
@desk_only
def objections(case_id: UUID) -> Answer:
    """The objections to the notices of the case, for the official whose task it is."""
    return _objections(load_case(str(case_id)), "", {}, [])


def _objections(
    case: Json, about: str, typed: dict[str, str], errors: list[Json], stale: bool = False
) -> str:
    """`about` is the objection whose form was filled in as `typed`."""
    places = {"/outcome": f"outcome-{about}-upheld", "/text": f"text-{about}"}
    wrong, lines = sentences(errors, places)
    return render_template(
        "portal/desk/objections.html",
        **head_of(case, live_task(case["id"])),
        found=load(ENTERPRISE, case_path(case["id"], "objections"))["items"],
        about=about,
        typed=typed,
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )


@pages.post("/desk/cases/<uuid:case_id>/objections")
@desk_only
def answer(case_id: UUID) -> Answer:
    """Say whether an objection is right."""
    about = request.form.get("objection", "")
    typed = {name: request.form.get(name, "").strip() for name in ("outcome", "text")}

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _objections(case, about, typed, errors, stale)

    case = load_case(str(case_id))
    if _ANSWER not in case["actions"]:
        return no_longer(case)
    if not typed["outcome"]:
        errors = [{"pointer": "/outcome", "message": _("Choose whether the objection is right")}]
        return again(case, errors, False), INVALID
    try:
        act(str(case_id), _ANSWER, {"objection_id": about, **typed})
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _ANSWER, again)
    return redirect(url_for("portal.desk_case.show", case_id=case_id, done="answered"), code=303)


def _page(case: Json, errors: list[Json], stale: bool = False) -> str:
    wrong, lines = sentences(errors, {"/declaration": "declaration"})
    return render_template(
        "portal/desk/notice.html",
        **head_of(case, live_task(case["id"])),
        item=load_item_of(case),
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )

"""One section of an application a page: save a draft as it is, or save and have it checked."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.context import Json, current_client
from gateway.portal.fields import error_lines, fields_of, place
from gateway.portal.i18n import say
from gateway.portal.posted import change_rows, typed, without_empty_rows
from gateway.portal.services import (
    ENTERPRISE,
    RefusedError,
    answer_of,
    case_path,
    load_case,
    load_item_of,
    seen_version,
)

pages = Blueprint("sections", __name__)

_STALE = 412
_INVALID = 422


@dataclass(frozen=True, slots=True)
class Step:
    """One section of one case, as a page needs it."""

    case: Json
    item: Json
    section: Json
    number: int

    @property
    def key(self) -> str:
        """The section's key."""
        return str(self.section["key"])

    @property
    def total(self) -> int:
        """Number of sections of the form."""
        return len(self.item["form"]["sections"])

    @property
    def following(self) -> str | None:
        """The key of the next section."""
        sections = self.item["form"]["sections"]
        return sections[self.number]["key"] if self.number < len(sections) else None


def step_of(case_id: str, key: str) -> Step:
    """Load the case and find the section; 404 when the form has no such section."""
    case = load_case(case_id)
    item = load_item_of(case)
    for number, section in enumerate(item["form"]["sections"], start=1):
        if section["key"] == key:
            return Step(case, item, section, number)
    abort(404)


def check_section(case_id: str, key: str) -> Json:
    """What the service finds wrong in one section: `{valid, errors, warnings}`."""
    client = current_client()
    return answer_of(client.post(ENTERPRISE, case_path(case_id, "check"), params={"section": key}, json={}))


@pages.get("/applications/<uuid:case_id>/sections/<key>")
@signed_in_only
def show(case_id: UUID, key: str) -> str | Response:
    """The section with what is saved; `?show=errors` also says what is still wrong in it."""
    step = step_of(str(case_id), key)
    if "edit" not in step.case["actions"]:
        return redirect(url_for("portal.applications.show", case_id=case_id), code=303)
    answers = step.case["answers"].get(key) or {}
    found = check_section(str(case_id), key) if request.args.get("show") == "errors" else None
    return page_of(step, answers, found)


def page_of(step: Step, answers: Json, found: Json | None, focus: str = "", stale: bool = False) -> str:
    """The page of a section with answers, messages, and where the cursor should be."""
    fields = fields_of(step.section, {**_given(step), **answers})
    for each in fields:
        each.focus = focus
        if each.given:
            each.spoken = say(step.case["code_names"].get(f"/answers/{step.key}/{each.path[-1]}"))
    place(fields, _official_notes(step.case), "notes", step.key)
    left_over = place(fields, found["errors"], "errors", step.key) if found else []
    general_warnings = place(fields, found.get("warnings", ()), "warnings", step.key) if found else []
    return render_template(
        "portal/section.html",
        step=step,
        case=step.case,
        fields=fields,
        errors=error_lines(fields, left_over),
        general_warnings=general_warnings,
        stale=stale,
        return_to=request.values.get("return", ""),
    )


def _given(step: Step) -> Json:
    """What the register has answered in this section; forms do not send it."""
    properties: Json = step.section["schema"]["properties"]
    saved = step.case["answers"].get(step.key) or {}
    return {key: value for key, value in saved.items() if properties[key].get("x-ui", {}).get("given")}


def _official_notes(case: Json) -> list[Json]:
    """What the official asked to be corrected, to be shown beside each field."""
    correction = case.get("correction") or {}
    if case["state"] != "correction":
        return []
    return [
        {"pointer": each["target"], "message": each["requirement"]} for each in correction.get("items", ())
    ]


@pages.post("/applications/<uuid:case_id>/sections/<key>")
@signed_in_only
def save(case_id: UUID, key: str) -> str | Response | tuple[str, int]:
    """Add or remove a row, save the draft, or save and check."""
    step = step_of(str(case_id), key)
    action = request.form.get("action", "continue")
    answers = typed(step.section["schema"], request.form)
    if action.startswith(("add:", "remove:")):
        answers, focus = change_rows(step.section["schema"], answers, action)
        return page_of(step, answers, None, focus)
    answers = without_empty_rows(step.section["schema"], answers)
    response = current_client().patch(
        ENTERPRISE, case_path(str(case_id)), json={"answers": {key: answers}}, headers=seen_version()
    )
    if response.status == _STALE:
        return page_of(step, answers, None, stale=True), _STALE
    if response.status == _INVALID:
        return page_of(step, answers, {"errors": RefusedError(response).errors}), _INVALID
    saved = Step(answer_of(response), step.item, step.section, step.number)
    if action == "draft":
        return redirect(url_for("portal.applications.show", case_id=case_id, saved=key), code=303)
    found = check_section(str(case_id), key)
    if not found["valid"]:
        return page_of(saved, answers, found), _INVALID
    return redirect(_next_page(saved), code=303)


def _next_page(step: Step) -> str:
    """Where 保存并继续 leads: back to where the reader came from, else to the next section."""
    case_id = step.case["id"]
    goal = request.values.get("return")
    if goal == "check":
        return url_for("portal.check.show", case_id=case_id)
    if goal == "correction" or step.case["state"] == "correction":
        return url_for("portal.correction.show", case_id=case_id)
    if step.following:
        return url_for("portal.sections.show", case_id=case_id, key=step.following)
    return url_for("portal.materials.show", case_id=case_id)

"""The reviewer's opinion (审查): materials beside the check list, a conclusion and its reasons."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.portal.applications import answered_sections
from gateway.portal.context import Json
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import (
    INVALID,
    Answer,
    act_on_task,
    no_longer,
    refused,
    sentences,
    version_seen,
)
from gateway.portal.desk_case import VERB_FORM, head_of, live_task, viewer_of
from gateway.portal.fields import split_pointer
from gateway.portal.services import RefusedError, load_case, load_item_of

pages = Blueprint("desk_review", __name__)

_VERB = "opinion"
_INSPECTION = {
    "/inspection": "inspectors",
    "/inspection/inspectors": "inspectors",
    "/inspection/on": "inspected-on",
    "/inspection/findings": "findings",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed."""

    results: dict[str, str]
    notes: dict[str, str]
    conclusion: str = ""
    text: str = ""
    inspected_on: str = ""
    inspectors: str = ""
    findings: str = ""

    @property
    def inspection(self) -> Json:
        """The check on the spot as the service takes it; names stand on lines of their own."""
        return {
            "on": self.inspected_on,
            "inspectors": [name.strip() for name in self.inspectors.splitlines() if name.strip()],
            "findings": self.findings,
        }


def _typed(checks: list[Json]) -> Typed:
    form = request.form
    return Typed(
        {each["key"]: form.get(f"result:{each['key']}", "") for each in checks},
        {each["key"]: form.get(f"note:{each['key']}", "").strip() for each in checks},
        form.get("conclusion", ""),
        form.get("text", "").strip(),
        form.get("inspected_on", "").strip(),
        form.get("inspectors", "").strip(),
        form.get("findings", "").strip(),
    )


@pages.get("/desk/cases/<uuid:case_id>/review")
@desk_only
def show(case_id: UUID) -> Answer:
    """The check list beside the materials."""
    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _page(case, Typed({}, {}), [])


def _page(case: Json, typed: Typed, errors: list[Json], stale: bool = False) -> str:
    item = load_item_of(case)
    head = head_of(case, live_task(case["id"]))
    checks = _checks(item, head["task"])
    places = {"/conclusion": "conclusion-approve", "/text": "text", **_INSPECTION}
    places |= {f"/checks/{each['key']}": f"result-{each['key']}-pass" for each in checks}
    places |= {f"/checks/{each['key']}/note": f"note-{each['key']}" for each in checks}
    wrong, lines = sentences(errors, places)
    return render_template(
        "portal/desk/review.html",
        **head,
        item=item,
        checks=checks,
        on_site=on_site_of(item),
        typed=typed,
        answered=sum(bool(result) for result in typed.results.values()),
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(head["task"]["version"] if head["task"] else 0, stale),
        sections=answered_sections(case, item),
        viewer=viewer_of(case, request.values, form=VERB_FORM),
        idempotency_key=str(uuid4()),
    )


def _checks(item: Json, task: Json | None) -> list[Json]:
    """The points that the opinion on this task answers: each department has its own."""
    asked = task["checks"] if task else ()
    return [each for each in item["review_checks"] if each["key"] in asked]


@pages.post("/desk/cases/<uuid:case_id>/review")
@desk_only
def give(case_id: UUID) -> Answer:
    """Look at another page with everything typed kept, or give the opinion."""
    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return no_longer(case)
    item = load_item_of(case)
    checks = _checks(item, live_task(case["id"]))
    typed = _typed(checks)
    if request.form.get("action") != "give":
        return _page(case, typed, [])
    nothing_chosen = _nothing_chosen(checks, typed)
    if not typed.conclusion:
        return _page(case, typed, nothing_chosen), INVALID
    return _give(str(case_id), item, typed)


def on_site_of(item: Json) -> Json | None:
    """What the item says of the check on the spot, if a step of it demands one."""
    return next((step["on_site"] for step in item["steps"] if step["on_site"]), None)


def _nothing_chosen(checks: list[Json], typed: Typed) -> list[Json]:
    """Choices that were not made; everything else is for the service to say."""
    errors = [
        {
            "pointer": f"/checks/{each['key']}",
            "message": _("Point %(number)d is not checked yet", number=number),
        }
        for number, each in enumerate(checks, start=1)
        if not typed.results[each["key"]]
    ]
    return [*errors, {"pointer": "/conclusion", "message": _("Choose your conclusion")}]


def _give(case_id: str, item: Json, typed: Typed) -> Answer:
    sent = [
        {"key": key, "result": result, "note": typed.notes[key]}
        for key, result in typed.results.items()
        if result
    ]
    numbers = {each["key"]: number for number, each in enumerate(item["review_checks"], start=1)}
    body: Json = {"conclusion": typed.conclusion, "text": typed.text, "checks": sent}
    if on_site_of(item):
        body["inspection"] = typed.inspection

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _page(case, typed, [_by_key(error, sent, numbers) for error in errors], stale)

    try:
        act_on_task(request.form.get("task", ""), _VERB, body)
    except RefusedError as refusal:
        return refused(refusal, case_id, _VERB, again)
    return redirect(
        url_for("portal.desk_case.show", case_id=case_id, tab="opinions", done="reviewed"), code=303
    )


def _by_key(error: Json, sent: list[Json], numbers: dict[str, int]) -> Json:
    """The error with the check's key in place of its place in the list, and its number in the sentence."""
    parts = split_pointer(error["pointer"])
    if parts[:1] != ("checks",) or len(parts) < len(("checks", "0")):
        return error
    key = parts[1]
    if key.isdecimal() and int(key) < len(sent):
        key = sent[int(key)]["key"]
    if key not in numbers:
        return error
    rest = "/note" if parts[-1] == "note" else ""
    sentence = _("Point %(number)d: %(sentence)s", number=numbers[key], sentence=error["message"])
    return {"pointer": f"/checks/{key}{rest}", "message": sentence}

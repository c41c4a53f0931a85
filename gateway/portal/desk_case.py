"""A case as officials see it: materials beside the form, opinions, history, and why it is due when it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.portal.applications import answered_sections
from gateway.portal.audit_trail import reads_trail, trail_of
from gateway.portal.context import Json, current_client, current_person
from gateway.portal.desk_access import desk_only, may_work
from gateway.portal.services import ENTERPRISE, answer_of, case_path, load, load_case, load_item_of

pages = Blueprint("desk_case", __name__)

TABS = ("file", "opinions", "history", "deadline")
AUDIT_TAB = "audit"
LOOK_FORM = "look-form"
VERB_FORM = "verb-form"
"""The form that the viewer's buttons belong to, so that what is typed beside the pictures is kept."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """The page of the uploaded file that is being looked at."""

    files: list[Json]
    """Materials with a file."""
    current: Json | None
    page: int
    last: int
    form: str

    def look(self, page: int) -> str:
        """What a button sends to show another page of the same file; stays within the file."""
        code = self.current["code"] if self.current else ""
        return f"{code}:{min(max(1, page), self.last)}"


def viewer_of(case: Json, values: Mapping[str, str], form: str = LOOK_FORM) -> Viewer:
    """The page asked for: `look=<code>:<page>` of a button, else `material=<code>`, else the first file."""
    files = [material for material in case["materials"] if material["uploaded"]]
    code, _, number = values.get("look", "").rpartition(":")
    wanted = code or values.get("material", "")
    current = next((each for each in files if each["code"] == wanted), files[0] if files else None)
    last = max(1, int(current["uploaded"]["pages"] or 1)) if current else 1
    page = int(number) if code and number.isdecimal() and len(number) < len("10000") else 1
    return Viewer(files, current, min(max(1, page), last), last, form)


def live_task(case_id: str) -> Json | None:
    """The task on the case that somebody is to do now, as far as the reader's positions cover it."""
    return answer_of(current_client().get(ENTERPRISE, case_path(case_id, "task"))) or None


def head_of(case: Json, task: Json | None) -> dict[str, Any]:
    """What the head of every page about a case shows."""
    return {
        "case": case,
        "task": task,
        "working": may_work(current_person()),
        "reads_trail": reads_trail(current_person()),
        "new_key": lambda: str(uuid4()),
    }


@pages.get("/desk/cases/<uuid:case_id>")
@desk_only
def show(case_id: UUID) -> str | Response:
    """The case; `tab` chooses a part of it: the file comes first, the audit trail is for auditors."""
    case = load_case(str(case_id))
    if case["state"] == "draft":  # the reader's own, for officials see no drafts
        return redirect(url_for("portal.applications.show", case_id=case_id), code=303)
    tabs = (*TABS, AUDIT_TAB) if reads_trail(current_person()) else TABS
    tab = request.args.get("tab", "")
    tab = tab if tab in tabs else tabs[0]
    return render_template(
        f"portal/desk/case_{tab}.html",
        **head_of(case, live_task(str(case_id))),
        tab=tab,
        done=request.args.get("done", ""),
        **_content(case, tab),
    )


def _content(case: Json, tab: str) -> dict[str, Any]:
    """Only what the tab being shown needs."""
    if tab == AUDIT_TAB:
        return trail_of(case["id"], request.args.get("cursor", ""))
    item = load_item_of(case)
    if tab == "history":
        return {
            "item": item,
            "timeline": load(ENTERPRISE, case_path(case["id"], "timeline"))["items"],
            "slips": load(ENTERPRISE, case_path(case["id"], "slips"))["items"],
        }
    if tab == "deadline":
        return {"item": item, "deadline": load(ENTERPRISE, case_path(case["id"], "deadline"))}
    if tab == "opinions":
        return {"item": item, "checks": {each["key"]: each["text"] for each in item["review_checks"]}}
    return {
        "item": item,
        "sections": answered_sections(case, item),
        "viewer": viewer_of(case, request.args),
    }


@pages.get("/desk/cases/<uuid:case_id>/viewer")
@desk_only
def viewer(case_id: UUID) -> str:
    """The viewer alone, for scripts to put in place."""
    case = load_case(str(case_id))
    form = VERB_FORM if request.args.get("form") == VERB_FORM else LOOK_FORM
    return render_template(
        "portal/desk/_viewer.html", case=case, viewer=viewer_of(case, request.args, form=form)
    )

"""Correcting on the spot (当场更正): choose the answers, type what they ought to say, with consent."""

from dataclasses import replace
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.portal.applications import answered_sections
from gateway.portal.context import Json
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import INVALID, Answer, no_longer, refused, version_seen
from gateway.portal.desk_case import VERB_FORM, head_of, live_task, viewer_of
from gateway.portal.fields import ErrorLine, Field, split_pointer
from gateway.portal.i18n import say
from gateway.portal.posted import typed_at
from gateway.portal.services import RefusedError, act, load_case, load_item_of

pages = Blueprint("desk_spot", __name__)

_VERB = "correct-on-the-spot"
_CONSENTS = (
    ("present", _l("The applicant is here and agrees")),
    ("phone", _l("The applicant agrees by phone")),
    ("video", _l("The applicant agrees by video")),
)
Choices = list[tuple[Json, list[tuple[str, str, Field]]]]
"""Every section with the pointer, the name and the control of each of its answers."""


def _choices(case: Json, item: Json) -> Choices:
    return [
        (section, [choice for each in fields if each.applies for choice in _fields(section["key"], each, "")])
        for section, fields in answered_sections(case, item)
    ]


def _fields(section: str, each: Field, row: str) -> list[tuple[str, str, Field]]:
    if each.widget == "rows":
        inner = [(line.label, child) for line in each.rows for child in line.fields if child.applies]
        return [choice for label, child in inner for choice in _fields(section, child, label)]
    label = str(_("%(row)s: %(label)s", row=row, label=each.label)) if row else each.label
    # Names are told apart by their section; which of them are asked for is for the official to know.
    control = replace(each, path=(section, *each.path), label=label, condition=None)
    return [(f"/answers/{section}/{'/'.join(each.path)}", label, control)]


@pages.get("/desk/cases/<uuid:case_id>/correct")
@desk_only
def show(case_id: UUID) -> Answer:
    """Choose the answers (`field`, a pointer each); then their controls."""
    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _page(case, [])


def _page(case: Json, errors: list[Json], stale: bool = False, keep: bool = False) -> str:
    item = load_item_of(case)
    choices = _choices(case, item)
    wanted = request.values.getlist("field")
    chosen = [choice for _section, fields in choices for choice in fields if choice[0] in wanted]
    if keep:
        values = _typed(item, [pointer for pointer, _label, _field in chosen])
        for pointer, _label, control in chosen:
            control.value = values[pointer]
    lines = [_line(error, chosen) for error in errors]
    return render_template(
        "portal/desk/spot.html",
        **head_of(case, live_task(case["id"])),
        choices=choices,
        chosen=chosen,
        wanted=wanted,
        consents=_CONSENTS,
        consent=request.form.get("consent", ""),
        note=request.form.get("note", ""),
        wrong={each["pointer"]: each["message"] for each in errors},
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        viewer=viewer_of(case, request.values, form=VERB_FORM),
        idempotency_key=str(uuid4()),
    )


def _line(error: Json, chosen: list[tuple[str, str, Field]]) -> ErrorLine:
    """A line of the summary; beside its control too, where it is about one."""
    message, parts = say(error["message"]), split_pointer(error["pointer"])
    if error["pointer"] == "/consent":
        return ErrorLine(message, "#consent-present")
    of_change = parts[:1] == ("changes",) and len(parts) > 1 and parts[1].isdecimal()
    number = int(parts[1]) if of_change else -1
    for place, (pointer, label, control) in enumerate(chosen):
        if pointer == error["pointer"] or place == number:
            control.errors.append(message)
            said = str(_("%(row)s: %(label)s", row=label, label=message))
            return ErrorLine(said, f"#{control.focus_id}")
    return ErrorLine(message, "#verb")


@pages.post("/desk/cases/<uuid:case_id>/correct")
@desk_only
def correct(case_id: UUID) -> Answer:
    """Look at another page with everything typed kept, or correct."""
    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return no_longer(case)
    if request.form.get("action") != "correct":
        return _page(case, [], keep=True)
    if request.form.get("consent") not in dict(_CONSENTS):
        missing = {"pointer": "/consent", "message": _("Say how the applicant has agreed")}
        return _page(case, [missing], keep=True), INVALID

    def again(fresh: Json, errors: list[Json], stale: bool) -> str:
        return _page(fresh, errors, stale, keep=True)

    item = load_item_of(case)
    known = {choice[0] for _section, fields in _choices(case, item) for choice in fields}
    values = _typed(item, [each for each in request.form.getlist("field") if each in known])
    changes = [{"target": target, "value": value} for target, value in values.items()]
    body = {"changes": changes, "consent": request.form["consent"], "note": request.form.get("note", "")}
    try:
        act(str(case_id), _VERB, body)
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _VERB, again)
    return redirect(url_for("portal.desk_case.show", case_id=case_id, done="spot"), code=303)


def _typed(item: Json, pointers: list[str]) -> dict[str, Json | str | bool | None]:
    """What the controls say, by pointer; an empty one empties the answer."""
    sections = {section["key"]: section for section in item["form"]["sections"]}
    found: dict[str, Json | str | bool | None] = {}
    for pointer in pointers:
        _answers, key, *path = split_pointer(pointer)
        value = typed_at(sections[key], tuple(path), request.form, (key,))
        found[pointer] = None if value in ("", [], {}) else value
    return found

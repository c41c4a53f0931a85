"""Building a correction notice (补正): everything that is to be corrected, told once (一次性告知)."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.portal.applications import answered_sections
from gateway.portal.context import Json
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import INVALID, Answer, no_longer, refused, version_seen
from gateway.portal.desk_case import VERB_FORM, head_of, live_task, viewer_of
from gateway.portal.fields import ErrorLine, Field, split_pointer
from gateway.portal.i18n import say
from gateway.portal.services import RefusedError, act, load_case, load_item_of

pages = Blueprint("desk_correction", __name__)

_VERB = "request-correction"


@dataclass(slots=True)
class Point:
    """One thing the official may ask to be corrected."""

    target: str
    label: str
    shown: list[str]
    """What the applicant handed in, in words."""
    ticked: bool = False
    requirement: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id of its tick box; that of the requirement ends in `-text`."""
        return "p" + self.target.replace("/", "-")


@dataclass(slots=True)
class Group:
    """The points of one section of the form, or of the materials."""

    key: str
    title: str
    points: list[Point]

    @property
    def ticked(self) -> int:
        """How many points of the group are in the notice."""
        return sum(point.ticked for point in self.points)


def groups_of(case: Json, item: Json) -> list[Group]:
    """Everything that may be asked for: the materials first, then each section and its fields."""
    materials = [_material_point(material) for material in case["materials"]]
    groups = [Group("materials", _("Materials"), materials)]
    for section, fields in answered_sections(case, item):
        target = f"/answers/{section['key']}"
        points = [Point(target, _("This section as a whole"), [])]
        points += [point for each in fields if each.applies for point in _points_of(target, each, "")]
        groups.append(Group(section["key"], say(section["title"]), points))
    return groups


def _material_point(material: Json) -> Point:
    file = material["uploaded"]
    shown = [file["file_name"]] if file else [_("Not handed in")]
    return Point(f"/materials/{material['code']}", say(material["name"]), shown)


def _points_of(target: str, each: Field, row: str) -> list[Point]:
    if each.widget == "rows":
        inner = [(line.label, child) for line in each.rows for child in line.fields if child.applies]
        return [point for label, child in inner for point in _points_of(target, child, label)]
    label = _("%(row)s: %(label)s", row=row, label=each.label) if row else each.label
    return [Point(f"{target}/{'/'.join(each.path)}", label, each.shown)]


def _typed(groups: list[Group]) -> list[Point]:
    """Read the posted form into the groups; returns the points of the notice in page order."""
    ticked = set(request.form.getlist("point"))
    for point in (each for group in groups for each in group.points):
        point.ticked = point.target in ticked
        point.requirement = request.form.get(f"requirement:{point.target}", "").strip()
    return [point for group in groups for point in group.points if point.ticked]


@pages.get("/desk/cases/<uuid:case_id>/correction")
@desk_only
def show(case_id: UUID) -> Answer:
    """The builder, with nothing ticked yet."""
    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _page(case, groups_of(case, load_item_of(case)), [])


def _page(case: Json, groups: list[Group], general: list[str], stale: bool = False) -> str:
    lines = [ErrorLine(sentence, "#verb") for sentence in general]
    for point in (each for group in groups for each in group.points):
        for sentence in point.errors:
            said = _("%(row)s: %(label)s", row=point.label, label=sentence)
            lines.append(ErrorLine(said, f"#{point.id}-text"))
    return render_template(
        "portal/desk/correction.html",
        **head_of(case, live_task(case["id"])),
        groups=groups,
        general=general,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        viewer=viewer_of(case, request.values, form=VERB_FORM),
    )


@pages.post("/desk/cases/<uuid:case_id>/correction")
@desk_only
def build(case_id: UUID) -> Answer:
    """Look at another page, preview the whole notice, change it, or send it."""
    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return no_longer(case)
    groups = groups_of(case, load_item_of(case))
    points = _typed(groups)
    action = request.form.get("action", "")
    if action not in {"preview", "send"}:
        return _page(case, groups, [])
    for point in points:
        if not point.requirement:
            point.errors.append(_("Say what has to be corrected"))
    if not points:
        return _page(case, groups, [_("Tick at least one point")]), INVALID
    if any(point.errors for point in points):
        return _page(case, groups, []), INVALID
    if action == "preview":
        return _preview(case, points)
    return _send(case, groups, points)


def _preview(case: Json, points: list[Point]) -> str:
    return render_template(
        "portal/desk/correction_preview.html",
        **head_of(case, live_task(case["id"])),
        points=points,
        version=request.form.get("version", ""),
        idempotency_key=str(uuid4()),
    )


def _send(case: Json, groups: list[Group], points: list[Point]) -> Answer:
    body = {"items": [{"target": each.target, "requirement": each.requirement} for each in points]}

    def again(fresh: Json, errors: list[Json], stale: bool) -> str:
        general: list[str] = []
        for error in errors:
            parts = split_pointer(error["pointer"])
            known = parts[:1] == ("items",) and len(parts) > 1 and parts[1].isdecimal()
            place = points[int(parts[1])].errors if known else general
            place.append(error["message"])
        return _page(fresh, groups, general, stale)

    try:
        act(case["id"], _VERB, body)
    except RefusedError as refusal:
        return refused(refusal, case["id"], _VERB, again)
    return redirect(url_for("portal.desk_case.show", case_id=case["id"], done="correction"), code=303)

"""The materials of an application: one form a file, looking at the pages, removing."""

from os import SEEK_END
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from gateway.clients import ApiResponse
from gateway.portal.access import signed_in_only
from gateway.portal.context import Json, current_client
from gateway.portal.downloads import passed_on
from gateway.portal.fields import ErrorLine
from gateway.portal.i18n import say, size
from gateway.portal.posted import number_of
from gateway.portal.services import (
    ENTERPRISE,
    RefusedError,
    answer_of,
    case_path,
    load_case,
    load_item_of,
    problem_sentence,
    seen_etag,
)
from shared.network import CHUNK, BodyStream

pages = Blueprint("materials", __name__)

Answer = str | Response | tuple[str, int]

# Refusals of an upload that are about the file, and so belong beside its control.
_ABOUT_THE_FILE = {400, 413, 415, 422}
_STALE = 412


@pages.get("/applications/<uuid:case_id>/materials")
@signed_in_only
def show(case_id: UUID) -> Answer:
    """All materials with their state and a form each."""
    case = load_case(str(case_id))
    if not {"edit", "make-up"}.intersection(case["actions"]):
        return redirect(url_for("portal.applications.show", case_id=case_id), code=303)
    return page_of(case, {})


def page_of(case: Json, wrong: dict[str, str]) -> str:
    """The page; `wrong` holds a sentence for each material whose upload was refused."""
    item = load_item_of(case)
    described = {material["code"]: material for material in item["materials"]}
    to_follow = "make-up" in case["actions"]  # then only what is to be made up can be handed in
    return render_template(
        "portal/make_up.html" if to_follow else "portal/materials.html",
        case=case,
        item=item,
        materials=[each for each in case["materials"] if each["deferred"] or not to_follow],
        idempotency_key=str(uuid4()),
        described=described,
        wrong=wrong,
        notes=_official_notes(case),
        errors=[ErrorLine(sentence, f"#file-{code}") for code, sentence in wrong.items()],
        return_to=request.values.get("return", ""),
    )


def _official_notes(case: Json) -> dict[str, list[str]]:
    notes: dict[str, list[str]] = {}
    if case["state"] == "correction":
        for each in (case.get("correction") or {}).get("items", ()):
            if each["target"].startswith("/materials/"):
                notes.setdefault(each["target"].split("/")[2], []).append(say(each["requirement"]))
    return notes


def material_of(case: Json, code: str) -> Json:
    """The material of that code; 404 when the item has none."""
    for material in case["materials"]:
        if material["code"] == code:
            found: Json = material
            return found
    abort(404)


@pages.post("/applications/<uuid:case_id>/materials/<code>")
@signed_in_only
def upload(case_id: UUID, code: str) -> Answer:
    """Hand one file on to the service, which looks inside it."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return page_of(load_case(str(case_id)), {code: _("Choose a file first")}), 422
    response = send(str(case_id), code, file)
    if response.ok:
        return redirect(_card(case_id, code), code=303)
    if response.status in _ABOUT_THE_FILE:
        return page_of(load_case(str(case_id)), {code: upload_sentence(response)}), 422
    if response.status == _STALE:
        sentence = _("This file was replaced meanwhile. Look at the new one, then upload again if needed.")
        return page_of(load_case(str(case_id)), {code: sentence}), _STALE
    raise RefusedError(response)


def send(case_id: str, code: str, file: FileStorage) -> ApiResponse:
    """PUT the file with its name; `etag` of the form tells a replacement from a first upload."""
    headers = {
        "Content-Type": file.mimetype or "application/octet-stream",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.filename or '', safe='')}",
        **(seen_etag() if request.form.get("etag") else {"If-None-Match": "*"}),
    }
    return current_client().put(
        ENTERPRISE, case_path(case_id, "materials", code), data=_body_of(file), headers=headers
    )


def _body_of(file: FileStorage) -> BodyStream:
    """The file, read while it is sent on; large ones wait on the disk until then."""
    size = file.stream.seek(0, SEEK_END)
    file.stream.seek(0)
    return BodyStream(iter(lambda: file.stream.read(CHUNK), b""), size)


def upload_sentence(response: ApiResponse) -> str:
    """What is wrong with the file, in the service's words."""
    problem = response.problem or {}
    errors = problem.get("errors") or []
    return say(errors[0]["message"]) if errors else problem_sentence(problem)


def _card(case_id: UUID, code: str) -> str:
    """The place of a material on the page, on the way back to where the reader came from."""
    values: dict[str, Any] = {"return": request.values.get("return") or None}
    return url_for("portal.materials.show", case_id=case_id, _anchor=f"m-{code}", **values)


@pages.post("/applications/<uuid:case_id>/materials/<code>/remove")
@signed_in_only
def remove(case_id: UUID, code: str) -> Response:
    """Take a file back out of a draft or a correction."""
    path = case_path(str(case_id), "materials", code)
    answer_of(current_client().delete(ENTERPRISE, path, headers=seen_etag()))
    return redirect(_card(case_id, code), code=303)


@pages.get("/applications/<uuid:case_id>/materials/<code>")
@signed_in_only
def look(case_id: UUID, code: str) -> str:
    """The pages of an uploaded file as pictures, one at a time."""
    case = load_case(str(case_id))
    material = material_of(case, code)
    if not material["uploaded"]:
        abort(404)
    last = max(1, int(material["uploaded"]["pages"] or 1))
    page = min(max(1, number_of(request.args.get("page", "")) or 1), last)
    return render_template(
        "portal/material.html", case=case, material=material, page=page, last=last, size=size
    )


@pages.get("/applications/<uuid:case_id>/materials/<code>/file")
@signed_in_only
def file(case_id: UUID, code: str) -> Response:
    """The uploaded file itself, always as a download."""
    return passed_on(ENTERPRISE, case_path(str(case_id), "materials", code), inline=False)


@pages.get("/applications/<uuid:case_id>/materials/<code>/pages/<int:number>")
@signed_in_only
def picture(case_id: UUID, code: str, number: int) -> Response:
    """One page of an uploaded file as a PNG picture."""
    path = case_path(str(case_id), "materials", code, "pages", str(number))
    return passed_on(ENTERPRISE, path, inline=True)

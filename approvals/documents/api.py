"""Materials over HTTP: hand in, read, look at a page, take back."""

from uuid import UUID

from flask import Response, g, request

from approvals.casefile.opening import reader_of, reading
from approvals.casefile.view import Reader, materials_view, sees_personal_data
from approvals.cases import policy
from approvals.cases.model import Case
from approvals.cases.refusals import CLAIM_REQUIRED, MAKE_UP_OVER, NOT_RETURNED, WRONG_STATE
from approvals.cases.schemas import PLACES, MaterialOut
from approvals.documents import materials
from approvals.documents.pages import render_page
from approvals.documents.unused import forget, keep
from approvals.items.catalogue import Catalogue
from shared.errors import Forbidden, Problem
from shared.http.app import takes_files
from shared.http.command import Reply, command
from shared.http.contract import guarded, refuses, uploads
from shared.http.description import CONTENT, ETAG, FILE, Blueprint
from shared.http.etag import expected_version
from shared.http.files import file_response
from shared.http.state import current_runtime
from shared.refusals import FORBIDDEN
from shared.text import Text
from shared.transaction import Transaction
from shared.uploads.incoming import read_upload
from shared.uploads.inspection import InspectedUpload

blueprint = Blueprint("materials", __name__, description="Materials (申请材料)", path_parameters=PLACES)

PAGE_WIDTH_PX = 1240


@blueprint.put("/cases/<uuid:case_id>/materials/<code>")
@blueprint.response(200, MaterialOut, headers=ETAG)
@blueprint.alt_response(
    201, schema=MaterialOut, description="The first file for this material", headers=ETAG, success=True
)
@uploads
@refuses(FORBIDDEN, WRONG_STATE, NOT_RETURNED, MAKE_UP_OVER)
@takes_files
def put_material(case_id: UUID, code: str) -> Response:
    """Hand a file in: the raw body, or a form with the field `file`.

    A first upload says `If-None-Match: *`, a replacement names the version it replaces in `If-Match`. The
    content decides what a file is, never its name; `Content-Disposition` may give a name.
    """
    first = request.headers.get("If-None-Match", "").strip() == "*"
    seen_version = None if first else expected_version()
    with reading() as reader:
        case = policy.find(reader.session, reader.actor, case_id)
        item = reader.context.resources.get(Catalogue).of(case)
        spec = materials.require_open_for(reader.actor, case, item, code, reader.today)
    # Judged and stored before the transaction: opening a file takes long.
    data, declared, file_name = read_upload()
    found = materials.judge(spec, data, declared, file_name)
    reader.context.blobs.put(data)
    try:
        return _keep(case_id, code, data, found, seen_version)
    except Problem:
        with current_runtime().transaction(reader.actor, request_id=g.get("request_id")) as tx:
            forget(tx, [found.sha256])
        raise


@command
def _keep(
    tx: Transaction, case_id: UUID, code: str, data: bytes, found: InspectedUpload, seen_version: int | None
) -> Reply:
    case = policy.find(tx.session, tx.actor, case_id, lock=True)
    item = tx.resource(Catalogue).of(case)
    keep(tx, data, found.sha256)
    row, is_new = materials.hand_in(tx, case, item, code, found=found, seen_version=seen_version)
    shown = next(entry for entry in materials_view(reader_of(tx), case, item) if entry["code"] == code)
    return Reply(shown, status=201 if is_new else 200, version=row.version)


@blueprint.get("/cases/<uuid:case_id>/materials/<code>")
@blueprint.response(200, content_type="application/pdf", schema=CONTENT, headers=ETAG | FILE)
@blueprint.response(200, content_type="image/jpeg", schema=CONTENT)
@blueprint.response(200, content_type="image/png", schema=CONTENT)
@refuses(CLAIM_REQUIRED)
def get_material(case_id: UUID, code: str) -> Response:
    """The file that was handed in.

    For the applicant, and for officials who have claimed a task on the case.
    """
    with reading() as reader:
        row = materials.handed_in(reader.session, _readable(reader, case_id).id, code)
    response = file_response(reader.context.blobs.get(row.sha256), row.media_type, row.file_name)
    response.headers["ETag"] = f'"{row.version}"'
    return response


@blueprint.get("/cases/<uuid:case_id>/materials/<code>/pages/<int:number>")
@blueprint.response(200, content_type="image/png", schema=CONTENT, headers=FILE)
@refuses(CLAIM_REQUIRED)
def get_material_page(case_id: UUID, code: str, number: int) -> Response:
    """One page as a picture, for reading beside the form.

    For the applicant, and for officials who have claimed a task on the case.
    """
    with reading() as reader:
        row = materials.handed_in(reader.session, _readable(reader, case_id).id, code)
    data = reader.context.blobs.get(row.sha256)
    picture = render_page(data, row.media_type, number, PAGE_WIDTH_PX)
    return file_response(picture, "image/png", f"{code}-{number}.png")


@blueprint.delete("/cases/<uuid:case_id>/materials/<code>")
@blueprint.response(200, MaterialOut)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, NOT_RETURNED, MAKE_UP_OVER)
@command
def delete_material(tx: Transaction, case_id: UUID, code: str) -> Reply:
    """Take a file back while the application may still be edited."""
    case = policy.find(tx.session, tx.actor, case_id, lock=True)
    item = tx.resource(Catalogue).of(case)
    materials.material_of(item, code)
    materials.take_back(tx, case, code, seen_version=expected_version())
    tx.session.flush()
    shown = next(entry for entry in materials_view(reader_of(tx), case, item) if entry["code"] == code)
    return Reply(shown)


def _readable(reader: Reader, case_id: UUID) -> Case:
    """The case, if the reader may open its papers: they show ID numbers that the form only shows masked."""
    case = policy.find(reader.session, reader.actor, case_id)
    if not sees_personal_data(reader, case):
        raise Forbidden(
            Text("领取任务后才能查看申请材料", "Claim the task to see the materials"), slug="claim-required"
        )
    return case

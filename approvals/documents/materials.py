"""The materials of an application: hand in, replace, take back, read."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.cases import deferral, policy
from approvals.cases.lifecycle import State
from approvals.cases.model import Case, CaseMaterial
from approvals.documents.unused import let_go
from approvals.items.model import Item, Material
from shared.actor import Actor
from shared.errors import Conflict, NotFound, PreconditionFailed
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction
from shared.uploads.inspection import InspectedUpload, inspect_upload
from shared.uploads.limits import load_limits


def material_of(item: Item, code: str) -> Material:
    """The material the item asks for under `code`; NotFound when it asks for none."""
    material = item.material(code)
    if material is None:
        raise NotFound(Text("该事项没有这项材料", "The item has no such material"))
    return material


def require_open_for(actor: Actor, case: Case, item: Item, code: str, today: date) -> Material:
    """The material asked for, if this person may hand it in now."""
    policy.require_applicant(actor, case)
    _require_open(case, code, today)
    return material_of(item, code)


def _require_open(case: Case, code: str, today: date) -> None:
    """While the application may be edited; of one accepted with gaps what is to be made up, and no more."""
    if deferral.takes(case, code, today):
        return
    policy.require_state("edit", case)
    _require_returned(case, code)


def _require_returned(case: Case, code: str) -> None:
    """While a correction is open, a file that was there and was not returned stays as the window saw it."""
    if case.state is not State.CORRECTION:
        return
    notice = case.corrections[-1]
    present = next((material for material in case.materials if material.code == code), None)
    seen = present is not None and present.uploaded_at <= notice.requested_at
    if seen and all(point["target"] != f"/materials/{code}" for point in notice.items):
        raise Conflict(
            Text("这项材料不在补正范围内", "This material was not returned for correction"),
            slug="not-returned",
        )


def judge(spec: Material, data: bytes, declared_type: str | None, file_name: str) -> InspectedUpload:
    """Look at the content of a file under the limits of its material; 413, 415 or 422 when it will not do."""
    limits = replace(
        load_limits().uploads, max_bytes=spec.max_bytes, max_pages=spec.max_pages, accept=spec.accept
    )
    return inspect_upload(data, declared_type, file_name, limits)


def hand_in(
    tx: Transaction, case: Case, item: Item, code: str, *, found: InspectedUpload, seen_version: int | None
) -> tuple[CaseMaterial, bool]:
    """Keep a judged file, whose bytes are stored, for the material; returns it and whether it is the first.

    `seen_version` is the version it replaces, None for the first one; 412 when that is not so any more.
    """
    require_open_for(tx.actor, case, item, code, tx.today)
    present = next((material for material in case.materials if material.code == code), None)
    if (present.version if present else None) != seen_version:
        raise PreconditionFailed
    row = present or CaseMaterial(id=new_id(), case_id=case.id, code=code)
    if present is None:
        case.add_material(row)
    else:
        _let_go(tx, case, present)
        present.version += 1
    row.file_name = found.file_name
    row.media_type = found.media_type
    row.size = found.size
    row.sha256 = found.sha256
    row.pages = found.pages
    row.uploaded_at = tx.now
    case.updated_at = tx.now
    tx.session.flush()
    tx.audit("material.handed-in", "case", case.id, {"code": code, "sha256": found.sha256}, case.on_behalf_of)
    return row, present is None


def take_back(tx: Transaction, case: Case, code: str, *, seen_version: int) -> None:
    """Remove a file that was handed in, while the application may still be edited."""
    policy.require_applicant(tx.actor, case)
    _require_open(case, code, tx.today)
    row = _row(case, code)
    if row.version != seen_version:
        raise PreconditionFailed
    _let_go(tx, case, row)
    case.remove_material(row)
    tx.session.delete(row)
    case.updated_at = tx.now
    tx.audit("material.taken-back", "case", case.id, {"code": code}, case.on_behalf_of)


def _let_go(tx: Transaction, case: Case, row: CaseMaterial) -> None:
    """A file that only the applicant has seen is forgotten; one that an official has worked with stays."""
    if case.state is State.DRAFT:
        let_go(tx, [row.sha256])


def handed_in(session: Session, case_id: UUID, code: str) -> CaseMaterial:
    """The file handed in for a material; NotFound when there is none."""
    row = session.scalar(
        sa.select(CaseMaterial).where(CaseMaterial.case_id == case_id, CaseMaterial.code == code)
    )
    if row is None:
        raise _missing()
    return row


def _row(case: Case, code: str) -> CaseMaterial:
    row = next((material for material in case.materials if material.code == code), None)
    if row is None:
        raise _missing()
    return row


def _missing() -> NotFound:
    return NotFound(Text("这项材料还没有上传文件", "No file has been handed in for this material"))

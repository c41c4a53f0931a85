"""Complete drafts of item A1, ready to be handed in."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from approvals.applications import commands, starting
from approvals.cases.model import Case, CaseMaterial
from approvals.items.catalogue import Catalogue
from shared.actor import Actor
from shared.database import table_of
from shared.ids import new_id
from shared.service import Runtime
from shared.testing.answers import A1_MATERIALS, a1_answers

ITEM = "00013112700401"


def prepare(runtime: Runtime, actor: Actor, count: int) -> list[tuple[UUID, int]]:
    """So many equal drafts; each one's id and version. One is made by the commands, the others are copies."""
    with runtime.transaction(actor) as tx:
        case = starting.start(tx, ITEM)
        item = tx.resource(Catalogue).item(ITEM, tx.today)
        commands.save_answers(tx, case, item, a1_answers())
        tx.session.flush()
        original = tx.session.execute(sa.select(table_of(Case)).where(Case.id == case.id)).one()._asdict()
        copies = [{**original, "id": new_id()} for _ in range(count - 1)]
        tx.session.execute(sa.insert(table_of(Case)), copies)
        everyone = [original, *copies]
        tx.session.execute(
            sa.insert(table_of(CaseMaterial)), _materials(tx.now, [row["id"] for row in everyone])
        )
    return [(row["id"], row["version"]) for row in everyone]


def _materials(now: object, cases: Sequence[UUID]) -> list[dict[str, object]]:
    """Rows as an upload leaves them; handing in does not open the files."""
    return [
        {
            "id": new_id(),
            "case_id": case_id,
            "code": code,
            "version": 1,
            "file_name": f"{code}.pdf",
            "media_type": "application/pdf",
            "size": 1,
            "sha256": "0" * 64,
            "pages": 1,
            "uploaded_at": now,
        }
        for case_id in cases
        for code in A1_MATERIALS
    ]

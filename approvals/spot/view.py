"""What was corrected on the spot, before and after, as a reader may see it."""

from typing import Any

from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.items.answers import label_of, mask_answers, shown
from approvals.items.form import Field
from approvals.items.model import Item
from approvals.items.wrongs import locate
from approvals.spot.model import CONSENT_NAMES
from approvals.spot.queries import of_case
from shared.cipher import Cipher
from shared.text import Text


def corrections_view(
    session: Session, cipher: Cipher, case: Case, item: Item, *, personal: bool
) -> list[dict[str, Any]]:
    """Every correction; ID and mobile numbers are starred for whoever does not need them (`personal`)."""
    if case.submitted_at is None:
        return []
    return [
        {
            "at": row.corrected_at.isoformat(),
            "official": row.official_name,
            "consent": row.consent.value,
            "consent_name": CONSENT_NAMES[row.consent].to_dict(),
            "note": row.note,
            "changes": [_change(item, each, personal) for each in cipher.open(row.changes_sealed)["changes"]],
        }
        for row in of_case(session, case.id)
    ]


def _change(item: Item, change: dict[str, Any], personal: bool) -> dict[str, Any]:
    field, _row = locate(item.form, change["target"])
    return {
        "target": change["target"],
        "label": (label_of(item, change["target"]) or Text.same(change["target"])).to_dict(),
        "before": _said(item, field, change["before"], personal),
        "after": _said(item, field, change["after"], personal),
    }


def _said(item: Item, field: Field | None, value: Any, personal: bool) -> dict[str, str] | None:
    if field is None or value is None or value == "":
        return None
    if not personal and field.sensitive is not None:
        value = _starred(item, field, value)
    said = shown(field, value)
    return (said or Text.same(str(value))).to_dict()


def _starred(item: Item, field: Field, value: Any) -> Any:
    """Alone, without its neighbours: starred even where they would say that it is no ID number."""
    alone = {field.name: value}
    masked = mask_answers(item, {field.section: {"rows": [alone]} if field.in_rows else alone})
    found = masked[field.section]["rows"][0] if field.in_rows else masked[field.section]
    return found[field.name]

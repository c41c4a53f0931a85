"""The one way a case moves on: append to its log and facts, derive the state, re-read the deadlines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy.orm.attributes import flag_modified

from approvals.cases.clock import FactKind
from approvals.cases.deadline import Deadlines
from approvals.cases.lifecycle import ENTRIES, derive_state
from approvals.cases.model import Case, CaseEntry, CaseFact
from approvals.cases.warnings import schedule_warning
from approvals.items.model import Item
from shared.text import Text
from shared.transaction import Transaction

Office = Literal["applicant", "window", "reviewer", "approver", "manager", "payer", "authority", "system"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A clock fact to append (see `approvals.cases.clock`)."""

    kind: FactKind
    effective_on: date
    note: Text | None = None
    days: int | None = None
    ref: str | None = None
    at: datetime | None = None
    """The instant, where that is not now: what counts from today counts from this moment."""


def record(
    tx: Transaction,
    case: Case,
    item: Item,
    key: str,
    *,
    office: Office,
    facts: Sequence[Fact] = (),
    effective_on: date | None = None,
    detail: Text | None = None,
) -> None:
    """Append the entry `key` (and its clock facts) and bring state and due dates up to date.

    `effective_on` is the legal date from which it counts, today unless said otherwise. Touches the case
    row, so that its version moves with everything that belongs to it.
    """
    entry = ENTRIES[key]
    case.entries.append(
        CaseEntry(
            number=len(case.entries) + 1,
            key=key,
            code=entry.code,
            at=tx.now,
            effective_on=effective_on or tx.today,
            actor_kind=office,
            actor_id=tx.actor.id,
            actor_name=tx.actor.name,
            detail=detail.to_dict() if detail else None,
        )
    )
    for fact in facts:
        case.facts.append(
            CaseFact(
                number=len(case.facts) + 1,
                kind=fact.kind.value,
                effective_on=fact.effective_on,
                recorded_at=tx.now,
                days=fact.days,
                note=fact.note.to_dict() if fact.note else None,
                ref=fact.ref,
                at=fact.at or (tx.now if fact.effective_on == tx.today else None),
            )
        )
    case.state = derive_state(row.key for row in case.entries)
    case.updated_at = tx.now
    flag_modified(case, "updated_at")  # two entries of one instant are two versions
    before = case.dates or {}
    tx.resource(Deadlines).refresh(tx.session, case, item, tx.today, now=tx.now)
    schedule_warning(tx, case, before)

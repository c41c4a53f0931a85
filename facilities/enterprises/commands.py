"""Keeping the copy of an enterprise."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from facilities.enterprises.model import EnterpriseCopy
from shared.database import insert_if_absent
from shared.messaging.envelope import Event
from shared.transaction import Transaction

COPIED = (
    "name",
    "legal_representative",
    "industry_code",
    "region_code",
    "registered_capital_fen",
    "established_on",
    "status",
)


def replace_copy(tx: Transaction, event: Event) -> bool:
    """Copy the whole public state an event carries; False when what we have is as new or newer.

    The comparison is part of the statement, so that it also holds against an event handled at the same time.
    """
    data: Mapping[str, Any] = event.data
    facts = {name: data[name] for name in COPIED}
    facts |= {"sequence": event.sequence, "as_of": event.time}
    if insert_if_absent(tx.session, EnterpriseCopy, {"uscc": data["uscc"], **facts}):
        return True
    older = sa.update(EnterpriseCopy).where(
        EnterpriseCopy.uscc == data["uscc"], EnterpriseCopy.sequence < event.sequence
    )
    replaced = older.values(**facts).returning(EnterpriseCopy.uscc)
    return tx.session.scalar(replaced) is not None

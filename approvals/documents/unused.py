"""Files that nobody refers to any more: forgotten after the commit that let them go.

Several materials, of other cases too, may hold the same file, and somebody may be handing it in at this
moment. So whoever keeps a file and whoever deletes one take turns on its key: the one looks whether it is
still there and stores it again, the other whether a material refers to it by now.
"""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from approvals.cases.model import CaseMaterial
from approvals.documents.issued_outside import OutsideDocument
from shared.database import take_turns
from shared.ids import new_id
from shared.transaction import Transaction

UNUSED_TIMER = "unused-files"


def keep(tx: Transaction, data: bytes, key: str) -> None:
    """Have the file in the store when the transaction commits, whoever wanted to forget it meanwhile."""
    take_turns(tx.session, key)
    tx.context.blobs.put(data)


def let_go(tx: Transaction, keys: Iterable[str]) -> None:
    """Forget these files after the commit, unless something still refers to them then."""
    forgotten = sorted(set(keys))
    if forgotten:
        tx.schedule(UNUSED_TIMER, str(new_id()), tx.now, {"sha256": forgotten})


def forget(tx: Transaction, keys: Iterable[str]) -> None:
    """Delete those of the files that nothing refers to, at once; may be repeated."""
    for key in keys:
        take_turns(tx.session, key)
        held = sa.or_(
            sa.exists().where(CaseMaterial.sha256 == key), sa.exists().where(OutsideDocument.sha256 == key)
        )
        if not tx.session.scalar(sa.select(held)):
            tx.context.blobs.delete(key)


def forget_let_go(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The timer's handler."""
    keys = payload["sha256"]
    if not isinstance(keys, list):
        raise TypeError(f"not a list of keys: {keys!r}")
    forget(tx, keys)

"""Files that the two sides hand in after a use: reports and evidence. What they are, their content says."""

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from shared.blobs import Blobs
from shared.database import take_turns
from shared.transaction import Transaction
from shared.uploads.incoming import read_upload
from shared.uploads.inspection import InspectedUpload, inspect_upload

Holder = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


def taken_in(blobs: Blobs) -> tuple[bytes, InspectedUpload]:
    """The file of the request, judged and stored: before any transaction, since opening a file takes long.

    Raises TooLarge (413), UnsupportedMedia (415), InvalidInput (422), Unavailable (503).
    """
    data, declared, file_name = read_upload()
    found = inspect_upload(data, declared, file_name)
    blobs.put(data)
    return data, found


def keep(tx: Transaction, data: bytes, found: InspectedUpload) -> None:
    """Have the file in the store when the transaction commits, whoever wants to forget it meanwhile."""
    take_turns(tx.session, found.sha256)
    tx.context.blobs.put(data)


def forget(tx: Transaction, sha256: str, *held_by: Holder) -> None:
    """Delete the file unless one of these columns refers to it."""
    take_turns(tx.session, sha256)
    held = sa.or_(*(sa.exists().where(column == sha256) for column in held_by))
    if not tx.session.scalar(sa.select(held)):
        tx.context.blobs.delete(sha256)

"""Reading payments, each with the line that took it back. Whose come as credit codes; None: everybody's."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.production.payments.model import FirmPayment
from facilities.production.payments.rules import Direction
from facilities.production.statements.model import PostingLine
from shared.errors import NotFound
from shared.pages import newest_first
from shared.text import Text

_NONE = Text("没有这笔收付款，或您无权查看", "There is no such payment, or you may not see it")


@dataclass(frozen=True, slots=True)
class Entry:
    """A payment and, where it was taken back, the line that did so."""

    payment: FirmPayment
    counter: PostingLine | None = None


def find_payment(session: Session, payment_id: UUID, firms: Sequence[str] | None) -> Entry:
    """A payment of one of these firms; NotFound otherwise."""
    found = session.execute(_of(firms).where(FirmPayment.id == payment_id)).one_or_none()
    if found is None:
        raise NotFound(_NONE)
    return Entry(*found)


def list_payments(
    session: Session, firms: Sequence[str] | None, cursor: str | None, limit: int
) -> tuple[list[Entry], str | None]:
    """A page of payments, the one entered last first, and the cursor of the next page."""
    found, following = newest_first(session, _of(firms), FirmPayment.id, cursor, limit)
    return [Entry(*each) for each in found], following


def under_reference(session: Session, firm: str, direction: Direction, reference: str) -> list[Entry]:
    """What has been entered under a reference."""
    query = _of([firm]).where(FirmPayment.direction == direction, FirmPayment.reference == reference)
    return [Entry(*each) for each in session.execute(query)]


def _of(firms: Sequence[str] | None) -> sa.Select[FirmPayment, PostingLine]:
    undone = sa.and_(PostingLine.about == FirmPayment.id, PostingLine.corrects.is_not(None))
    query = sa.select(FirmPayment, PostingLine).outerjoin(PostingLine, undone)
    return query if firms is None else query.where(FirmPayment.firm.in_(firms))

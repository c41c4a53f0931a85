"""Documents that another authority has issued for a case in its own system; here they are kept and shown."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.database import Base, UtcDateTime
from shared.errors import NotFound
from shared.text import Text


class OutsideDocument(Base):
    """One document; `fetched_at` is empty until its content is in the store."""

    __tablename__ = "outside_document"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"))
    outside_id: Mapped[str] = mapped_column(sa.String(64))
    """Its name in the authority's system."""
    step: Mapped[int]
    """The number of the step that it came with."""
    name: Mapped[str] = mapped_column(sa.String(160))
    media_type: Mapped[str] = mapped_column(sa.String(40))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    fetched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (sa.UniqueConstraint("case_id", "outside_id"),)


def of_case(session: Session, case_id: UUID) -> list[OutsideDocument]:
    """Every document that the authority has issued for the case, in the order of its steps."""
    query = sa.select(OutsideDocument).where(OutsideDocument.case_id == case_id)
    return list(session.scalars(query.order_by(OutsideDocument.step, OutsideDocument.outside_id)))


def fetched(session: Session, case_id: UUID, document_id: UUID) -> OutsideDocument:
    """A document whose content is here; NotFound otherwise."""
    row = session.get(OutsideDocument, document_id)
    if row is None or row.case_id != case_id or row.fetched_at is None:
        raise NotFound(Text("没有这份文件，或尚未取回", "There is no such document, or it is not here yet"))
    return row

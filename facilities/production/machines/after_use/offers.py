"""Offers of money between the two sides: for a concession (让步接收), or to settle a dispute.

Of each kind one offer at a time is open. Whoever made it may take it back; the other side agrees or declines.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from facilities.capacity.lifecycle import Party
from facilities.production.machines.after_use.opening import paid_so_far
from facilities.production.machines.bookings.commands import Opened
from shared.database import Base, UtcDateTime, text_enum
from shared.errors import FieldError, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_MORE_THAN_PAID = Text(
    "不能超过客户已付的{paid}元", "It cannot be more than the {paid} yuan that the customer has paid"
)


class About(StrEnum):
    """What an offer is for."""

    CONCESSION = "concession"
    SETTLEMENT = "settlement"


class OfferState(StrEnum):
    """What became of an offer."""

    OPEN = "open"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


_IS_OPEN = sa.text("state = 'open'")


class MoneyOffer(Base):
    """One offer; its amount and words are never changed."""

    __tablename__ = "machine_offer"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("machine_booking.id"))
    about: Mapped[About] = mapped_column(text_enum(About))
    number: Mapped[int]
    party: Mapped[Party] = mapped_column(text_enum(Party))
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    text: Mapped[str] = mapped_column(sa.String(400))
    state: Mapped[OfferState] = mapped_column(text_enum(OfferState))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.UniqueConstraint("booking_id", "about", "number"),
        sa.CheckConstraint("amount_fen >= 0", name="amount"),
        sa.Index(
            "ix_machine_offer_open",
            "booking_id",
            "about",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
    )


def offers_of(session: Session, booking_id: UUID, about: About) -> Sequence[MoneyOffer]:
    """Every offer of a kind on a booking, the first one first."""
    query = sa.select(MoneyOffer).where(MoneyOffer.booking_id == booking_id, MoneyOffer.about == about)
    return session.scalars(query.order_by(MoneyOffer.number)).all()


def open_offer(session: Session, booking_id: UUID, about: About) -> MoneyOffer | None:
    """The offer that waits for the other side."""
    return session.scalar(
        sa.select(MoneyOffer).where(
            MoneyOffer.booking_id == booking_id,
            MoneyOffer.about == about,
            MoneyOffer.state == OfferState.OPEN,
        )
    )


def make(tx: Transaction, it: Opened, about: About, party: Party, amount_fen: int, text: str) -> MoneyOffer:
    """Make an offer; one of the other side that is open is declined by it."""
    before = open_offer(tx.session, it.booking.id, about)
    if before is not None:
        end(tx, before, OfferState.WITHDRAWN if before.party is party else OfferState.DECLINED)
    made = MoneyOffer(
        id=new_id(),
        booking_id=it.booking.id,
        about=about,
        number=len(offers_of(tx.session, it.booking.id, about)) + 1,
        party=party,
        amount_fen=amount_fen,
        text=text,
        state=OfferState.OPEN,
        made_at=tx.now,
        made_by=tx.actor.id,
    )
    tx.session.add(made)
    tx.session.flush()
    return made


def end(tx: Transaction, offer: MoneyOffer, state: OfferState) -> None:
    """What has become of it."""
    offer.state = state
    offer.ended_at = tx.now
    tx.session.flush()


def require_paid(session: Session, booking_id: UUID, amount_fen: int, pointer: str) -> None:
    """No more comes back than was paid; InvalidInput at `pointer` otherwise."""
    paid = paid_so_far(session, booking_id)
    if amount_fen > paid:
        said = _MORE_THAN_PAID.format(paid=f"{paid / 100:,.2f}")
        raise InvalidInput(errors=[FieldError(pointer, "more_than_paid", said)])


def offer_out(offer: MoneyOffer) -> dict[str, object]:
    """An offer as both sides see it."""
    return {
        "number": offer.number,
        "by": offer.party.value,
        "amount_fen": offer.amount_fen,
        "text": offer.text,
        "state": offer.state.value,
        "made_at": offer.made_at.isoformat(),
        "ended_at": offer.ended_at.isoformat() if offer.ended_at else None,
    }

"""Reading orders, payments and refunds. Who may see which is asked before."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.gates.course import State
from facilities.living.parking.lots.model import Lot
from facilities.living.parking.payments.model import ParkingOrder, ParkingPayment, ParkingRefund
from facilities.living.parking.stays.model import ParkingStay
from shared.clock import PARK_TZ
from shared.errors import NotFound
from shared.http.paging import Cursor
from shared.pages import newest_first
from shared.text import Text

_NO_ORDER = Text("没有这笔订单", "There is no such order")
_NO_PAYMENT = Text("没有这笔付款，或您无权查看", "There is no such payment, or you may not see it")
_NO_REFUND = Text("没有这笔退款，或您无权查看", "There is no such refund, or you may not see it")
_NO_STAY = Text("没有在场或待付款的停车记录", "No such car is inside, or owes anything")
_NO_LOT = Text("没有这个停车场，或您无权查看", "There is no such car park, or you may not see it")


def find_lot(session: Session, lot_id: UUID) -> Lot:
    """A car park; NotFound without it."""
    found = session.get(Lot, lot_id)
    if found is None:
        raise NotFound(_NO_LOT)
    return found


def find_stay(session: Session, stay_id: UUID) -> ParkingStay:
    """A stay by its id; NotFound without it."""
    found = session.get(ParkingStay, stay_id)
    if found is None:
        raise NotFound(_NO_STAY)
    return found


def stay_of_car(session: Session, lot_id: UUID, mark: str) -> ParkingStay:
    """The stay of a car that somebody names: the one inside, else its last one; NotFound without any."""
    query = sa.select(ParkingStay).where(ParkingStay.lot_id == lot_id, ParkingStay.mark == mark)
    inside = (ParkingStay.state == State.INSIDE).desc()
    found = session.scalar(query.order_by(inside, ParkingStay.created_at.desc()).limit(1))
    if found is None:
        raise NotFound(_NO_STAY)
    return found


def find_order(session: Session, order_id: UUID) -> ParkingOrder:
    """An order; NotFound without it."""
    found = session.get(ParkingOrder, order_id)
    if found is None:
        raise NotFound(_NO_ORDER)
    return found


def find_payment(session: Session, payment_id: UUID) -> ParkingPayment:
    """Money that has come in; NotFound without it, and for what was given back."""
    found = session.get(ParkingPayment, payment_id)
    if found is None or found.refunds is not None:
        raise NotFound(_NO_PAYMENT)
    return found


def find_refund(session: Session, refund_id: UUID) -> ParkingRefund:
    """A refund; NotFound without it."""
    found = session.get(ParkingRefund, refund_id)
    if found is None:
        raise NotFound(_NO_REFUND)
    return found


def payment_of(session: Session, order: ParkingOrder) -> ParkingPayment | None:
    """The first payment of an order."""
    query = sa.select(ParkingPayment).where(
        ParkingPayment.order_id == order.id, ParkingPayment.refunds.is_(None)
    )
    return session.scalar(query.order_by(ParkingPayment.id).limit(1))


def refunds_of(session: Session, payments: Sequence[UUID]) -> Sequence[ParkingRefund]:
    """What was wanted back of these payments, in its order."""
    query = sa.select(ParkingRefund).where(ParkingRefund.payment_id.in_(payments))
    return session.scalars(query.order_by(ParkingRefund.payment_id, ParkingRefund.before_fen)).all()


def list_orders(
    session: Session, made_by: UUID | None, cursor: str | None, limit: int
) -> tuple[Sequence[ParkingOrder], str | None]:
    """A page of the orders that an account has made, the newest first, and the next page's cursor."""
    query = sa.select(ParkingOrder).where(ParkingOrder.made_by == made_by)
    found, following = newest_first(session, query, ParkingOrder.id, cursor, limit)
    return [each for (each,) in found], following


def list_payments(
    session: Session, lot_id: UUID, day: date, cursor: str | None, limit: int
) -> tuple[Sequence[ParkingPayment], str | None]:
    """A page of a day's payments in a car park, the earliest first, and the next page's cursor."""
    since, until = bounds(day)
    query = sa.select(ParkingPayment).where(
        ParkingPayment.lot_id == lot_id, ParkingPayment.at >= since, ParkingPayment.at < until
    )
    if cursor is not None:
        read = Cursor.decode(cursor)
        place = sa.tuple_(sa.literal(read.instant, ParkingPayment.at.type), sa.literal(read.row, sa.Uuid))
        query = query.where(sa.tuple_(ParkingPayment.at, ParkingPayment.id) > place)
    ordered = query.order_by(ParkingPayment.at, ParkingPayment.id)
    found = session.scalars(ordered.limit(limit + 1)).all()
    page = found[:limit]
    if len(found) <= limit:
        return page, None
    return page, Cursor(page[-1].at.isoformat(), str(page[-1].id)).encode()


def bounds(day: date) -> tuple[datetime, datetime]:
    """When a day of the park begins and ends."""
    since = datetime.combine(day, time(), PARK_TZ)
    return since, datetime.combine(day + timedelta(days=1), time(), PARK_TZ)

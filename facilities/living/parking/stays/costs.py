"""What a stay costs at a moment, after what was paid and given for it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.lots.model import ParkingTariff
from facilities.living.parking.payments.model import PaidFor, ParkingCoupon, ParkingPayment
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.tariffs.fees import Coupon, Stay
from facilities.living.parking.tariffs.paying import Balance, Payment, balance
from shared.text import Text


def cost_of(session: Session, stay: ParkingStay, now: datetime) -> Balance:
    """How a stay stands now, or at its end when it has ended."""
    tariff = session.get_one(ParkingTariff, (stay.lot_id, stay.tariff)).version
    given = sa.select(ParkingCoupon).where(ParkingCoupon.stay_id == stay.id).order_by(ParkingCoupon.used_at)
    paid = sa.select(ParkingPayment).where(
        ParkingPayment.subject == PaidFor.STAY, ParkingPayment.subject_id == stay.id
    )
    priced = Stay(
        vehicle=stay.vehicle,
        entered_at=stay.entered_at or now,
        left_at=stay.left_at or now,
        exemption=stay.exemption,
        coupons=tuple(
            Coupon(str(each.id), Text.of(each.name), minutes=each.minutes, fen=each.fen)
            for each in session.scalars(given)
        ),
    )
    payments = [Payment(each.asked_at, each.fen) for each in session.scalars(paid)]
    return balance(tariff, priced, payments)

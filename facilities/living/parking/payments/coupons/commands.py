"""Merchant coupons (商户减免券): a firm gives minutes or an amount to a stay, each coupon once."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from facilities.living.parking.gates.course import State
from facilities.living.parking.payments.commands import expire_orders
from facilities.living.parking.payments.model import PaidFor, ParkingCoupon
from facilities.living.parking.payments.payables import Owed, Payables
from facilities.living.parking.stays.model import ParkingStay
from shared.errors import Conflict, FieldError, InvalidInput, NotFound
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without letters that look like digits or like one another."""
CODE_LENGTH = 12

LONGEST = timedelta(days=5 * 366)
"""For so long a coupon may be valid."""

_FAR = Text("有效期最长5年", "It may be valid for five years at most")
_PAST = Text("有效期应晚于现在", "It has to be valid for some time to come")
_USED = Text("这张减免券已使用", "The coupon was used already")
_EXPIRED = Text("这张减免券已过期", "The coupon is not valid any more")
_OUTSIDE = Text("该车辆不在场内", "The car is not inside")
_ELSEWHERE = Text("这张减免券不能在该停车场使用", "The coupon is for another car park")


def make_coupons(
    tx: Transaction,
    *,
    lot_id: UUID,
    giver: str,
    name: Mapping[str, str],
    minutes: int,
    fen: int,
    valid_until: datetime,
    count: int,
) -> Sequence[ParkingCoupon]:
    """So many coupons that are alike but for their codes. Whoever calls knows that the firm may.

    InvalidInput where they would not be valid at all.
    """
    if valid_until <= tx.now:
        raise InvalidInput(errors=[FieldError("/valid_until", "past", _PAST)])
    if valid_until - tx.now > LONGEST:
        raise InvalidInput(errors=[FieldError("/valid_until", "far", _FAR)])
    made = [
        ParkingCoupon(
            id=new_id(),
            code="".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)),
            lot_id=lot_id,
            giver=giver,
            name=dict(name),
            minutes=minutes,
            fen=fen,
            valid_until=valid_until,
            made_at=tx.now,
            made_by=tx.actor.id,
        )
        for _ in range(count)
    ]
    tx.session.add_all(made)
    tx.session.flush()
    details = {"count": count, "minutes": minutes, "fen": fen, "lot": str(lot_id)}
    tx.audit("parking-coupons.made", "enterprise", giver, details, on_behalf_of=giver)
    return made


def apply(tx: Transaction, coupon: ParkingCoupon, stay: ParkingStay) -> Owed:
    """Give a coupon to a car that is inside; how its stay stands then.

    More than the fee it cannot give. What was paid before may be too much by now and can be given back.
    Conflict where it was used, has expired, is for another car park, or the car has left.
    """
    payable = tx.resource(Payables).of(PaidFor.STAY)
    payable.take_turn(tx, stay.id)
    if stay.state is not State.INSIDE:
        raise NotFound(_OUTSIDE)
    if coupon.lot_id != stay.lot_id:
        raise Conflict(_ELSEWHERE, slug="coupon-elsewhere")
    # Two cars have two turns: which of them the coupon goes to, this one statement decides.
    given = tx.session.execute(
        sa.update(ParkingCoupon)
        .where(
            ParkingCoupon.id == coupon.id,
            ParkingCoupon.stay_id.is_(None),
            ParkingCoupon.valid_until > tx.now,
        )
        .values(stay_id=stay.id, used_at=tx.now)
        .returning(ParkingCoupon.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    tx.session.refresh(coupon)
    if given is None:
        _refuse(coupon)
    expire_orders(tx, PaidFor.STAY, stay.id)
    tx.audit("parking-coupon.used", "parking_coupon", coupon.id, {"stay": str(stay.id)})
    return payable.owed(tx.session, stay.id, tx.now)


def _refuse(coupon: ParkingCoupon) -> None:
    if coupon.stay_id is not None:
        raise Conflict(_USED, slug="coupon-used")
    raise Conflict(_EXPIRED, slug="coupon-expired")

"""Reading coupons."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.payments.model import ParkingCoupon
from shared.errors import NotFound
from shared.pages import newest_first
from shared.text import Text

_NONE = Text("没有这张减免券", "There is no such coupon")


def find_coupon(session: Session, code: str) -> ParkingCoupon:
    """A coupon by its code, however it is typed; NotFound without it."""
    written = code.strip().upper().replace("-", "")
    found = None
    if written.isascii() and written.isalnum():  # PostgreSQL does not even compare what holds a NUL
        found = session.scalar(sa.select(ParkingCoupon).where(ParkingCoupon.code == written))
    if found is None:
        raise NotFound(_NONE)
    return found


def list_coupons(
    session: Session, givers: Sequence[str] | None, used: bool | None, cursor: str | None, limit: int
) -> tuple[Sequence[ParkingCoupon], str | None]:
    """A page of the coupons of some firms (None: of all), the newest first, and the next page's cursor."""
    query = sa.select(ParkingCoupon)
    if givers is not None:
        query = query.where(ParkingCoupon.giver.in_(givers))
    if used is not None:
        query = query.where(ParkingCoupon.used_at.is_not(None) if used else ParkingCoupon.used_at.is_(None))
    found, following = newest_first(session, query, ParkingCoupon.id, cursor, limit)
    return [each for (each,) in found], following

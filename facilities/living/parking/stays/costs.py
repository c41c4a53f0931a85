"""What a stay costs: the one function for it (`cost_of`), and what is fixed when it begins and ends.

Stays that go on with one another are charged as one: the later one's fee is that of all, and what it adds to
the earlier ones is its `fee_fen`, so that the sum over stays is what was charged.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from facilities.living.parking.charging.queries import times_of
from facilities.living.parking.charging.times import charged
from facilities.living.parking.gates.answers import Ground
from facilities.living.parking.gates.course import State
from facilities.living.parking.lots.model import ParkingTariff
from facilities.living.parking.payments.model import PaidFor, ParkingCoupon, ParkingPayment
from facilities.living.parking.rights.passes.model import ParkingPass
from facilities.living.parking.rights.quotas.model import ParkingQuota
from facilities.living.parking.rights.visitors.model import ParkingVisit
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.tariffs.fees import Coupon, Covered, Fee, Stay, lost_entry_fee
from facilities.living.parking.tariffs.overstaying import Charging
from facilities.living.parking.tariffs.paying import Balance, Payment, balance
from facilities.living.parking.tariffs.tariff import Tariff
from shared.clock import PARK_TZ, local_date
from shared.text import Text

COVERED = frozenset({Ground.PASS, Ground.QUOTA})
"""Who stands on one of these has paid for it otherwise: the stay costs nothing while it holds."""
_PASS = Text("月卡", "Pass")
_QUOTA = Text("企业配额车位", "Bay of a firm")
_HOST = Text("访客减免", "Free minutes for visitors")
_NO_TARIFF = 0
"""Number of the tariff in the fee of a stay that began before there was any: it costs nothing."""


# Put together once, as what every event at a gate asks is.
_OF_LOT = sa.select(sa.cast(ParkingTariff.tariff, sa.Text)).where(
    ParkingTariff.lot_id == sa.bindparam("lot", type_=sa.Uuid())
)
_NUMBERED = _OF_LOT.where(ParkingTariff.number == sa.bindparam("number"))
_IN_FORCE = (
    _OF_LOT.where(ParkingTariff.effective_on <= sa.bindparam("day"))
    .order_by(ParkingTariff.effective_on.desc())
    .limit(1)
)


def cost_of(
    session: Session,
    stay: ParkingStay,
    now: datetime,
    known: Tariff | None = None,
    *,
    anew: bool = False,
    given: bool = True,
) -> Balance:
    """How a stay stands: until `now` while the car is inside, else until it left.

    The tariff is the version frozen at the entry. Whose entry was missed pays what the tariff lays down for
    it; whose exit was missed is charged nothing, for nobody knows when the car left. `known` is a version of
    the lot's tariff that was read already; `anew` where the stay has another end than it was closed with;
    not `given` where it is known that no merchant or host has given anything for it.
    """
    is_it = known is not None and known.number == stay.tariff
    tariff = known if is_it else tariff_of(session, stay)
    chain = _chain(session, stay)
    payments = _payments(session, chain)
    if tariff is None or stay.state is State.EXIT_MISSED:
        return _standing(Fee(_NO_TARIFF if tariff is None else tariff.number, ()), payments)
    entered_at = chain[0].entered_at
    if entered_at is None and stay.exemption in tariff.exempt:
        return _standing(Fee(tariff.number, ()), payments)
    if entered_at is None:
        return _standing(lost_entry_fee(tariff, stay.vehicle) or Fee(tariff.number, ()), payments)
    until = max(stay.left_at or now, entered_at)
    whole = Stay(
        vehicle=stay.vehicle,
        entered_at=entered_at,
        left_at=until,
        exemption=stay.exemption,
        coupons=_coupons(session, chain) if given or len(chain) > 1 else (),
        earlier=_earlier(session, tariff, chain),
        covered=_covered(session, stay),
        charging=() if tariff.overstay is None else _charging(session, chain, until, anew=anew),
    )
    return balance(tariff, whole, payments)


def _charging(
    session: Session, chain: Sequence[ParkingStay], until: datetime, *, anew: bool
) -> tuple[Charging, ...]:
    """Where charging ended during stays that go on with one another.

    Of those that have ended what was known then: what is told after the car has left changes nothing. The
    last one is looked at `anew` where it has another end than it had.
    """
    found: list[Charging] = []
    for stay in chain:
        if stay.fee is None or (anew and stay is chain[-1]):
            found += charged(times_of(session, stay, stay.left_at or until))
        else:
            kept = [Charging.from_json(each) for each in stay.fee.get("charging", ())]
            found += [each for each in kept if stay.entered_at is None or each.ended_at >= stay.entered_at]
    return tuple(found)


def _covered(session: Session, stay: ParkingStay) -> Covered | None:
    """What has paid for the stay otherwise, and when it ended; the days of grace of a pass belong to it."""
    if stay.ground is Ground.PASS and stay.right_id is not None:
        held = session.get_one(ParkingPass, stay.right_id)
        last = None if held.until is None else held.until + timedelta(days=held.grace_days)
        return Covered(_PASS, None if last is None else _midnight(last + timedelta(days=1)))
    if stay.ground is Ground.QUOTA and stay.right_id is not None:
        return Covered(_QUOTA, session.get_one(ParkingQuota, stay.right_id).withdrawn_at)
    return None


def tariff_of(session: Session, stay: ParkingStay) -> Tariff | None:
    """The version by which a stay is charged; None where there was none."""
    if stay.tariff is None:
        return None
    asked = {"lot": stay.lot_id, "number": stay.tariff}
    return Tariff.from_text(session.connection().execute(_NUMBERED, asked).scalar_one())


def tariff_on(session: Session, lot_id: UUID, day: date) -> Tariff | None:
    """The version of a lot for stays that begin on a local day; None before the first one."""
    found = session.connection().execute(_IN_FORCE, {"lot": lot_id, "day": day}).scalar()
    return None if found is None else Tariff.from_text(found)


def freeze(session: Session, stay: ParkingStay, tariff: Tariff | None) -> None:
    """Fix by which version a stay is charged, and with which earlier one it goes on.

    `tariff` is the version of the day of the entry, or of the exit where the entry was missed.
    """
    before = None
    if tariff is not None and tariff.merge_minutes and stay.entered_at and stay.ground not in COVERED:
        before = _just_left(session, stay, timedelta(minutes=tariff.merge_minutes))
    stay.continues = None if before is None else before.id
    number = None if tariff is None else tariff.number
    stay.tariff = number if before is None else before.tariff


def close(session: Session, stay: ParkingStay, known: Fee | None = None, *, anew: bool = True) -> None:
    """Fix what a stay costs that has ended; of one whose exit was missed nobody can say.

    `known` is its fee until the end, where it was worked out just now; it ends `anew` unless it has ended so
    before.
    """
    if stay.left_at is None or stay.state is State.EXIT_MISSED:
        stay.fee, stay.fee_fen = None, None
        return
    whole = known or cost_of(session, stay, stay.left_at, anew=anew).fee
    before = sum(each.fee_fen or 0 for each in _chain(session, stay)[:-1])
    stay.fee = whole.to_json()
    stay.fee_fen = max(whole.total_fen - before, 0)


def _standing(whole: Fee, payments: Sequence[Payment]) -> Balance:
    """How a fee stands that no time makes larger."""
    paid = sum(payment.fen for payment in payments)
    due, over = max(whole.total_fen - paid, 0), max(paid - whole.total_fen, 0)
    return Balance(fee=whole, paid_fen=paid, due_fen=due, overpaid_fen=over, leave_by=None)


def _chain(session: Session, stay: ParkingStay) -> list[ParkingStay]:
    """The stay after those with which it goes on, the first one first."""
    chain = [stay]
    while chain[0].continues is not None:
        chain.insert(0, session.get_one(ParkingStay, chain[0].continues))
    return chain


def _just_left(session: Session, stay: ParkingStay, within: timedelta) -> ParkingStay | None:
    """The stay that ended no longer ago than this when the car came in again."""
    if stay.entered_at is None:
        return None
    query = (
        sa.select(ParkingStay)
        .where(
            ParkingStay.lot_id == stay.lot_id,
            ParkingStay.mark == stay.mark,
            ParkingStay.id != stay.id,
            ParkingStay.state == State.LEFT,
            ParkingStay.ground.not_in(COVERED),
            ParkingStay.left_at.between(stay.entered_at - within, stay.entered_at),
            ParkingStay.entered_at <= stay.entered_at,
        )
        .order_by(ParkingStay.left_at.desc(), ParkingStay.entered_at.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def _payments(session: Session, chain: Sequence[ParkingStay]) -> list[Payment]:
    paid = [each.id for each in chain if each.paid_fen]
    if not paid:
        return []  # nothing has come, or all of it went back
    query = sa.select(ParkingPayment.asked_at, ParkingPayment.fen).where(
        ParkingPayment.subject == PaidFor.STAY, ParkingPayment.subject_id.in_(paid)
    )
    return [Payment(asked_at, fen) for asked_at, fen in session.execute(query.order_by(ParkingPayment.at))]


def _coupons(session: Session, chain: Sequence[ParkingStay]) -> tuple[Coupon, ...]:
    """What merchants and hosts have given, in one statement, in the order in which it was given."""
    given = session.connection().execute(_given(), {"stays": [each.id for each in chain]})
    return tuple(
        Coupon(str(each), _HOST if name is None else Text.of(name), minutes, fen)
        for _at, each, name, minutes, fen in given
    )


def is_given(stay: InstrumentedAttribute[UUID]) -> sa.ColumnElement[bool]:
    """The condition that a merchant or a host has given something for a stay."""
    return sa.or_(
        sa.exists().where(ParkingCoupon.stay_id == stay), sa.exists().where(ParkingVisit.stay_id == stay)
    )


@cache
def _given() -> sa.CompoundSelect[*tuple[Any, ...]]:
    """Coupons and invitations of stays, built once."""
    coupons = sa.select(
        ParkingCoupon.used_at.label("at"),
        ParkingCoupon.id,
        ParkingCoupon.name,
        ParkingCoupon.minutes,
        ParkingCoupon.fen,
    ).where(ParkingCoupon.stay_id.in_(sa.bindparam("stays", expanding=True)))
    visits = sa.select(
        ParkingVisit.made_at,
        ParkingVisit.id,
        sa.cast(sa.null(), ParkingCoupon.name.type),
        ParkingVisit.minutes,
        sa.literal_column("0", sa.BigInteger()),
    ).where(ParkingVisit.stay_id.in_(sa.bindparam("stays", expanding=True)))
    return sa.union_all(coupons, visits).order_by("at", "id")


def _earlier(session: Session, tariff: Tariff, chain: Sequence[ParkingStay]) -> dict[date, int]:
    """What earlier stays of the car were charged by local day, where they share a cap with this one."""
    period = tariff.rate_for(chain[-1].vehicle).period
    entered_at = chain[0].entered_at
    if period is None or not period.shared or entered_at is None:
        return {}
    midnight = _midnight(local_date(entered_at))
    query = sa.select(ParkingStay.id, ParkingStay.continues, ParkingStay.fee).where(
        ParkingStay.lot_id == chain[-1].lot_id,
        ParkingStay.mark == chain[-1].mark,
        ParkingStay.state == State.LEFT,
        ParkingStay.left_at >= midnight,
        ParkingStay.entered_at < entered_at,
        ParkingStay.id.not_in([each.id for each in chain]),
    )
    rows = session.execute(query).all()
    gone_on = {continues for _id, continues, _fee in rows}
    found: dict[date, int] = {}
    for each, _continues, fee in rows:
        if each not in gone_on:
            for day, fen in (fee or {}).get("charged", {}).items():
                found[date.fromisoformat(day)] = found.get(date.fromisoformat(day), 0) + fen
    return found


def _midnight(day: date) -> datetime:
    """When a local day begins."""
    return datetime.combine(day, time(), PARK_TZ).astimezone(UTC)

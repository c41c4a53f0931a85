"""What has gone on in the demo's car parks by its first start, entered by the verbs that everybody uses.

Cars came and went, a resident and two firms have what they may have, a barrier opened by itself: no page
about parking is empty. What firms have is entered once the register has told of them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import yaml

from facilities.living.parking.charging.commands import Telling
from facilities.living.parking.charging.commands import receive as receive_charge
from facilities.living.parking.charging.points import Point, point_at
from facilities.living.parking.charging.times import Phase
from facilities.living.parking.gates.commands import Said, receive
from facilities.living.parking.gates.devices import Post, post_at
from facilities.living.parking.gates.model import GateEvent
from facilities.living.parking.gates.openings import note_opening
from facilities.living.parking.lanes.commands import open_lane
from facilities.living.parking.lots.demo import enter_lots, operator
from facilities.living.parking.lots.model import Device, DeviceKind, Lane, Lot, Zone
from facilities.living.parking.payments.commands import make_order, take_cash
from facilities.living.parking.payments.coupons.commands import apply, make_coupons
from facilities.living.parking.payments.model import PaidFor, ParkingCoupon, ParkingOrder
from facilities.living.parking.payments.provider import Asked, Providers
from facilities.living.parking.payments.sandbox import SANDBOX, Sandbox
from facilities.living.parking.payments.taking import take
from facilities.living.parking.rights.cars.commands import register
from facilities.living.parking.rights.passes.commands import buy, paid_at_booth
from facilities.living.parking.rights.quotas.commands import name_cars, set_rule, settle
from facilities.living.parking.rights.quotas.model import ParkingQuota
from facilities.living.parking.rights.reservations.commands import reserve
from facilities.living.parking.rights.visitors.commands import When, invite
from facilities.living.parking.stays.costs import cost_of
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.stays.queries import inside_of
from shared.actor import SYSTEM, Actor, Membership
from shared.clock import PARK_TZ
from shared.identifiers.plates import normalize_plate
from shared.service import Runtime
from shared.transaction import Transaction

DEMO_TIMER = "parking-demo"
_MINUTE = timedelta(minutes=1)
Json = dict[str, Any]
Step = Callable[[Transaction], None]


def seed(runtime: Runtime) -> None:
    """Enter the car parks, and what goes on there unless any car has ever come; nothing outside the demo."""
    enter_lots(runtime)
    if not runtime.settings.demo:
        return
    now = runtime.clock.now()
    with runtime.transaction(SYSTEM) as tx:
        if tx.session.scalar(sa.select(GateEvent.id).limit(1)) is not None:
            return
        asked = _resident_before(_Days(tx, now))
    for each in asked:
        _pay(runtime, each)
    with runtime.transaction(SYSTEM) as tx:
        days = _Days(tx, now)
        for minutes, step in sorted(_steps(days), key=lambda each: each[0], reverse=True):
            step(days.at(minutes))
        _resident_now(days)


def expect_demo(tx: Transaction, uscc: str) -> None:
    """In the demo park: make the appointment at which the firm's part is entered, if it is one of those."""
    if tx.context.settings.demo and uscc in _firms():
        tx.schedule(DEMO_TIMER, uscc, tx.now, {"uscc": uscc})


def enter_demo(tx: Transaction, payload: Mapping[str, object]) -> None:
    """A firm names cars for its bays, invites a visitor and hands out coupons; once."""
    row = _firms()[str(payload["uscc"])]
    uscc = row["uscc"]
    if tx.session.scalar(sa.select(ParkingCoupon.id).where(ParkingCoupon.giver == uscc).limit(1)):
        return
    days = _Days(tx, tx.now)
    own = replace(tx, actor=_member(row))
    settle(tx, {"firm": uscc, "zone": str(days.zone(**_data()["quota"]).id)})
    mine = sa.select(ParkingQuota).where(ParkingQuota.firm == uscc)
    for quota in tx.session.scalars(mine).all():
        name_cars(own, quota, row["cars"])
    _invite(days, own, row["visit"], uscc)
    said = row["coupons"]
    coupons = make_coupons(
        own,
        lot_id=days.lot(said["lot"]).id,
        giver=uscc,
        name=said["name"],
        minutes=said["minutes"],
        fen=0,
        valid_until=tx.now + timedelta(days=said["days"]),
        count=said["count"],
    )
    if "coupon_for" in row:
        for stay, _ledger in inside_of(tx.session, days.lot(said["lot"]).id, [_mark(row["coupon_for"])]):
            apply(tx, coupons[0], stay)


@dataclass(frozen=True, slots=True)
class _Days:
    """The time of the demo, and its car parks by their codes."""

    tx: Transaction
    now: datetime

    def at(self, minutes: int, actor: Actor = SYSTEM) -> Transaction:
        """The same transaction so long before the start."""
        return replace(self.tx, actor=actor, now=self.now - minutes * _MINUTE)

    def on(self, day: int, clock: str) -> datetime:
        """An instant so many days after the start, by the wall of the park."""
        date = self.now.astimezone(PARK_TZ).date() + timedelta(days=day)
        return datetime.combine(date, time.fromisoformat(clock), PARK_TZ).astimezone(self.now.tzinfo)

    def lot(self, code: str) -> Lot:
        """A car park."""
        return self.tx.session.scalars(sa.select(Lot).where(Lot.code == code)).one()

    def zone(self, *, lot: str, zone: str, **_others: object) -> Zone:
        """A zone of it."""
        return self.tx.session.scalars(
            sa.select(Zone).join(Lot, Lot.id == Zone.lot_id).where(Lot.code == lot, Zone.code == zone)
        ).one()

    def post(self, lot: str, lane: str, kind: DeviceKind = DeviceKind.CAMERA) -> Post:
        """A device at a lane of it."""
        device = self.tx.session.scalars(
            sa.select(Device)
            .join(Lane, Lane.id == Device.lane_id)
            .join(Lot, Lot.id == Lane.lot_id)
            .where(Lot.code == lot, Lane.code == lane, Device.kind == kind)
        ).one()
        assert device.lane_id is not None  # noqa: S101 - cameras stand at lanes
        post = post_at(self.tx.session, device.lane_id)
        assert post is not None  # noqa: S101 - for the type checker
        return replace(post, device_id=device.id, code=device.code, kind=kind)

    def point(self, lot: str, bay: str) -> Point:
        """The charging point at a bay of it."""
        device = sa.select(Device.id).where(Device.code == f"{lot}-{bay}", Device.kind == DeviceKind.CHARGER)
        return point_at(self.tx.session, self.tx.session.scalars(device).one())


def _resident_before(days: _Days) -> list[tuple[Asked, datetime]]:
    """The resident's pass and a stay of theirs: what was asked for both, and when it was paid."""
    row = _resident()
    person = _person(row)
    said, stayed = row["pass"], row["stay"]
    then = days.at(said["minutes"], person)
    for each in row["cars"]:
        register(then, each["plate"], each["name"])
    bought = buy(then, days.lot(said["lot"]).id, None, said["plates"], 1, said["months"], None, None)
    days.tx.session.flush()
    _come(days.at(stayed["minutes"]), days.post(stayed["lot"], stayed["way_in"]), stayed["plate"])
    days.tx.session.flush()
    ((stay, _ledger),) = inside_of(days.tx.session, days.lot(stayed["lot"]).id, [_mark(stayed["plate"])])
    leaving = days.at(stayed["left"] + 5, person)
    if not isinstance(_sandbox(days.tx), Sandbox):
        paid_at_booth(then, bought)
        _cash(replace(leaving, actor=operator()), stay)
        return []
    orders = (
        make_order(then, PaidFor.PASS, bought.periods[0].id, person.id),
        make_order(leaving, PaidFor.STAY, stay.id, person.id),
    )
    return [(_asked(each), each.asked_at + _MINUTE) for each in orders]


def _pay(runtime: Runtime, it: tuple[Asked, datetime]) -> None:
    """Pay an order at the sandbox, which is outside of our transactions, and hear of it."""
    asked, at = it
    sandbox = runtime.context.resources.get(Providers).reach(SANDBOX)
    assert isinstance(sandbox, Sandbox)  # noqa: S101 - else there would be no order
    said = sandbox.pay(sandbox.begin(asked), at, paid=True)
    with runtime.transaction(SYSTEM) as tx:
        take(replace(tx, now=at), SANDBOX, said)


def _steps(days: _Days) -> Iterator[tuple[int, Step]]:
    """Everything at the lanes: how many minutes before the start, and what."""
    stayed = _resident()["stay"]
    yield stayed["left"], _passage(days.post(stayed["lot"], stayed["way_out"]), stayed["plate"])
    for car in _data()["cars"]:
        yield car["minutes"], _passage(days.post(car["lot"], car["way_in"]), car["plate"])
        if "left" in car:
            yield car["left"] + 2, _paying(days.lot(car["lot"]).id, car["plate"])
            yield car["left"], _passage(days.post(car["lot"], car["way_out"]), car["plate"])
    for charge in _data()["charges"]:
        point = days.point(charge["lot"], charge["bay"])
        for phase in Phase:
            if phase in charge:
                yield charge[phase], _tells(point, phase, charge["plate"])
    lost = _data()["lost"]
    yield lost["minutes"], _passage(days.post(lost["lot"], lost["lane"]), lost["plate"])
    opened = _data()["unexplained"]
    barrier = days.post(opened["lot"], opened["lane"], DeviceKind.BARRIER)
    yield opened["minutes"], lambda tx: _opens(tx, barrier)
    by_hand = _data()["by_hand"]
    yield by_hand["minutes"], _by_hand(days.post(by_hand["lot"], by_hand["lane"]), by_hand)


def _resident_now(days: _Days) -> None:
    row = _resident()
    own = replace(days.tx, actor=_person(row))
    said = row["reservation"]
    starts_at, ends_at = (days.on(said["day"], said[name]) for name in ("since", "until"))
    reserve(own, days.lot(said["lot"]).id, None, said["plate"], starts_at, ends_at)
    _invite(days, own, row["visit"], None)
    set_rule(replace(days.tx, actor=operator()), days.zone(**_data()["quota"]).id, _data()["quota"]["bays"])


def _invite(days: _Days, own: Transaction, said: Json, firm: str | None) -> None:
    when = When(*(days.on(said["day"], said[name]) for name in ("since", "until")))
    invite(own, days.lot(said["lot"]).id, said["plate"], when, said["minutes"], firm)


def _passage(post: Post, plate: str) -> Step:
    return lambda tx: _come(tx, post, plate)


def _come(tx: Transaction, post: Post, plate: str) -> None:
    """A car at a camera, on its way in or out."""
    name = f"demo-{_mark(plate)}-{tx.now:%Y%m%d%H%M}"
    receive(tx, post, Said(id=name, plate=plate, seen_at=tx.now, confidence=97))
    tx.session.flush()


def _tells(point: Point, phase: Phase, plate: str) -> Step:
    """A charging point tells of a car."""
    name = f"demo-{_mark(plate)}"
    return lambda tx: _told(tx, point, Telling(name, phase, tx.now, plate))


def _told(tx: Transaction, point: Point, telling: Telling) -> None:
    receive_charge(tx, point, telling)
    tx.session.flush()


def _paying(lot_id: UUID, plate: str) -> Step:
    def pay(tx: Transaction) -> None:
        for stay, _ledger in inside_of(tx.session, lot_id, [_mark(plate)]):
            if cost_of(tx.session, stay, tx.now).due_fen:
                _cash(replace(tx, actor=operator()), stay)

    return pay


def _cash(tx: Transaction, stay: ParkingStay) -> None:
    due = cost_of(tx.session, stay, tx.now).due_fen
    take_cash(tx, stay, amount_fen=due, receipt=f"{tx.now.astimezone(PARK_TZ):%m%d-%H%M}", reason="")
    tx.session.flush()


def _opens(tx: Transaction, barrier: Post) -> None:
    note_opening(tx, barrier, f"demo-{tx.now:%Y%m%d%H%M}", tx.now)


def _by_hand(post: Post, row: Json) -> Step:
    def opened(tx: Transaction) -> None:
        open_lane(replace(tx, actor=operator()), post, reason=row["reason"], plate=row["plate"])
        tx.session.flush()

    return opened


def _asked(order: ParkingOrder) -> Asked:
    return Asked(order.id, order.lot_id, order.amount_fen, order.expires_at)


def _sandbox(tx: Transaction) -> object:
    return tx.resource(Providers).by_name.get(SANDBOX)


def _mark(plate: str) -> str:
    return normalize_plate(plate)


def _person(row: Json) -> Actor:
    """The demo park's resident; the gateway says the same of them when they sign in."""
    return Actor(kind="account", id=UUID(row["id"]), name=row["name"], roles=frozenset({"resident"}))


def _member(row: Json) -> Actor:
    """The person of a firm of the demo park."""
    own = UUID(row["account"])
    return Actor(
        kind="account",
        id=own,
        name=row["name"],
        roles=frozenset({"applicant"}),
        memberships=(Membership(own, row["uscc"], row["name"], "administrator"),),
    )


def _resident() -> Json:
    found: Json = _data()["resident"]
    return found


def _firms() -> dict[str, Json]:
    return {firm["uscc"]: firm for firm in _data()["firms"]}


@cache
def _data() -> Json:
    text = files("facilities.living.parking").joinpath("data", "demo.yaml").read_text("utf-8")
    found: Json = yaml.safe_load(text)
    return found

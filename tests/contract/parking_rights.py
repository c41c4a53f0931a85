"""Cars are registered, bays reserved, passes bought and visitors invited by what the description says."""

from datetime import datetime, timedelta
from uuid import UUID

from facilities.living.parking.rights.passes.model import ParkingPass
from shared.actor import SYSTEM
from shared.testing.contract import Json
from tests.contract.trading import Reads
from tests.integration.facilities.parking.car_park import CarPark, car_park

OPERATOR, RESIDENT, MEMBER = "operator", "resident", "agent"


def park_cars(reader: Reads) -> None:
    """Every request about rights to park that takes a body."""
    lot = car_park(reader.park.system.runtime("living"), near=40, far=40, tariff="T5", code="C9")
    car = reader.do(RESIDENT, "living_register_car").get_json()["id"]
    reader.do(RESIDENT, "living_remove_car", car_id=car)
    wish = {**reader.example("living_reserve_bay"), "lot_id": str(lot.lot), **_hours(reader, 1)}
    reservation = reader.do(RESIDENT, "living_reserve_bay", wish).get_json()["id"]
    later = {**reader.example("living_move_reservation"), **_hours(reader, 2)}
    reader.do(RESIDENT, "living_move_reservation", later, reservation_id=reservation)
    reader.do(RESIDENT, "living_cancel_reservation", reservation_id=reservation)
    _passes(reader, lot)
    rule = {**reader.example("living_set_quota_rule"), "zone_id": str(lot.near)}
    reader.do(OPERATOR, "living_set_quota_rule", rule)
    reader.do(OPERATOR, "living_change_quota_rule", zone_id=lot.near)
    reader.park.system.settle()
    items = reader.park.ask(MEMBER, "GET", "/living/parking/quotas").get_json()["items"]
    quota = next(each for each in items if each["actions"])
    reader.do(MEMBER, "living_name_quota_cars", quota_id=quota["id"])
    visit = {**reader.example("living_invite_visitor"), "lot_id": str(lot.lot), **_hours(reader, 1)}
    made = reader.do(MEMBER, "living_invite_visitor", {**visit, "on_behalf_of": quota["firm"]}).get_json()
    reader.do(MEMBER, "living_take_visit_back", visit_id=made["id"])


def _passes(reader: Reads, lot: CarPark) -> None:
    wanted = {**reader.example("living_buy_pass"), "lot_id": str(lot.lot)}
    given_up = reader.do(RESIDENT, "living_buy_pass", wanted).get_json()["id"]
    reader.do(RESIDENT, "living_give_up_pass", pass_id=given_up)
    bought = reader.do(RESIDENT, "living_buy_pass", wanted).get_json()["id"]
    reader.do(OPERATOR, "living_pay_pass_at_booth", pass_id=bought)
    reader.do(RESIDENT, "living_change_pass_cars", pass_id=bought)
    reader.do(OPERATOR, "living_suspend_pass", pass_id=bought)
    reader.do(OPERATOR, "living_resume_pass", pass_id=bought)
    with reader.park.system.runtime("living").transaction(SYSTEM) as tx:
        # As if it had been bought weeks ago: it ends soon.
        it = tx.session.get_one(ParkingPass, UUID(bought))
        it.since = it.periods[0].since = tx.today - timedelta(days=25)
        it.until = it.periods[0].until = tx.today + timedelta(days=5)
    reader.do(RESIDENT, "living_renew_pass", pass_id=bought)


def _hours(reader: Reads, days: int) -> Json:
    """Some hours of a later day."""
    start: datetime = reader.park.system.clock.now().replace(minute=0, second=0, microsecond=0)
    start += timedelta(days=days)
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=3)).isoformat()}

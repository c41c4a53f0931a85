"""What the builder of car parks makes, on each database."""

from facilities.living.parking.lots.model import Lot, Zone
from facilities.living.service import service as living
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import car_park


def test_a_car_park_holds_as_many_as_its_zones(make_system: SystemFactory) -> None:
    system = make_system([living])
    made = car_park(system.runtime("living"), near=3, far=5)
    with system.runtime("living").read() as session:
        assert session.get_one(Lot, made.lot).version > 1
        assert sorted(session.get_one(Zone, each).capacity for each in (made.near, made.far)) == [3, 5]

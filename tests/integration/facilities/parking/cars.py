"""Cars put into a car park directly, as if they had come in some time ago."""

from datetime import timedelta
from uuid import UUID

from facilities.living.parking.gates.answers import Ground
from facilities.living.parking.gates.course import State
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.vehicles import VehicleClass
from shared.ids import new_id
from shared.service import Runtime
from tests.integration.facilities.parking.car_park import OPERATOR


def put_inside(runtime: Runtime, lot: UUID, mark: str, minutes: float) -> UUID:
    """A small car on no right of its own, charged by the first tariff; the id of its stay."""
    with runtime.transaction(OPERATOR) as tx:
        stay = ParkingStay(
            id=new_id(),
            lot_id=lot,
            mark=mark,
            vehicle=VehicleClass.SMALL,
            state=State.INSIDE,
            entered_at=tx.now - timedelta(minutes=minutes),
            ground=Ground.DRIVE_IN,
            tariff=1,
            paid_fen=0,
            created_at=tx.now,
            updated_at=tx.now,
        )
        tx.session.add(stay)
        tx.audit("stay.put-by-a-test", "parking_stay", stay.id)
    return stay.id

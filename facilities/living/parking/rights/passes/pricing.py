"""What a pass costs: the price for a month of the tariff in force, for the dearest of its cars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.lots.model import ParkingTariff
from facilities.living.parking.rights.plates import vehicle_of
from facilities.living.parking.tariffs.tariff import Tariff, in_force
from facilities.living.parking.vehicles import VehicleClass
from shared.errors import Conflict
from shared.text import Text

_NO_PASSES = Text("该停车场不对此车型出售月卡", "No passes are sold here for this class of vehicle")


@dataclass(frozen=True, slots=True)
class Monthly:
    """The class that is paid for, what it costs a month for one bay, and by which version of the tariff."""

    vehicle: VehicleClass
    fen: int
    tariff: int


def monthly(
    session: Session, lot_id: UUID, today: date, plates: Sequence[str], named: VehicleClass | None = None
) -> Monthly:
    """The price for a month of one bay for these cars; `named` where its buyer says more than plates do.

    Of classes that cost the same it is the first one's. Raises Conflict where none is sold.
    """
    kept = session.scalars(sa.select(ParkingTariff).where(ParkingTariff.lot_id == lot_id))
    tariff = in_force([each.version for each in kept], today)
    classes = dict.fromkeys([*([named] if named else ()), *map(vehicle_of, plates)])
    if tariff is None:
        raise Conflict(_NO_PASSES, slug="no-passes")
    return max((_of(tariff, each) for each in classes), key=lambda each: each.fen)


def _of(tariff: Tariff, vehicle: VehicleClass) -> Monthly:
    fen = tariff.rate_for(vehicle).monthly_fen
    if fen is None:
        raise Conflict(_NO_PASSES, slug="no-passes")
    return Monthly(vehicle, fen, tariff.number)

"""Cars that stand at charging points: in which stay, until when that is free, what it has cost until now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.charging.model import ParkingCharge
from facilities.living.parking.charging.queries import charges_of_cars
from facilities.living.parking.charging.times import AtPoint, charged, during
from facilities.living.parking.gates.course import State
from facilities.living.parking.lots.model import ParkingTariff
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.tariffs.overstaying import free_until, overstayed, rule_for
from facilities.living.parking.tariffs.tariff import Overstay


@dataclass(frozen=True, slots=True)
class Standing:
    """The open stay of a car to which a charge belongs."""

    stay: ParkingStay
    rule: Overstay | None
    """What standing on costs; None: nothing."""
    at: AtPoint
    """The times of the charge, as far as they fall into the stay."""

    @property
    def free_until(self) -> datetime | None:
        """Until when the bay may be taken after charging; None where standing on costs nothing."""
        ended = self.at.ended_at
        return None if self.rule is None or ended is None else free_until(self.rule, ended)

    @property
    def stands_on(self) -> bool:
        """Whether the car is charged, stands there still, and that costs something, now or soon."""
        return self.free_until is not None and self.at.freed_at is None

    def fen(self, now: datetime) -> int:
        """What standing on has cost until now."""
        if self.rule is None:
            return 0
        return sum(each.capped_fen for each in overstayed(self.rule, charged([self.at]), now))


def standings(session: Session, charges: Sequence[ParkingCharge]) -> Mapping[UUID, Standing]:
    """For each of these charges of one car park, by its id, the open stay to which it belongs, if any.

    Three queries for all.
    """
    marks = {each.mark for each in charges if each.mark is not None}
    if not marks:
        return {}
    lot_id = charges[0].lot_id
    inside = sa.select(ParkingStay).where(
        ParkingStay.lot_id == lot_id,
        ParkingStay.state == State.INSIDE,
        ParkingStay.mark.in_(marks),
        ParkingStay.entered_at.is_not(None),
    )
    stays = {stay.mark: stay for stay in session.scalars(inside)}
    if not stays:
        return {}
    rules = _rules(session, lot_id, list(stays.values()))
    since = min(stay.entered_at for stay in stays.values() if stay.entered_at is not None)
    known = charges_of_cars(session, lot_id, list(stays), since)
    found = {
        at.id: Standing(stay, rules[stay.id], at)
        for mark, stay in stays.items()
        if stay.entered_at is not None
        for at in during(known.get(mark, ()), stay.entered_at, None)
    }
    return {each.id: found[each.id] for each in charges if each.id in found}


def _rules(session: Session, lot_id: UUID, stays: Sequence[ParkingStay]) -> Mapping[UUID, Overstay | None]:
    """What standing on costs in each of these stays, by the tariff that was frozen at its entry."""
    query = sa.select(ParkingTariff).where(
        ParkingTariff.lot_id == lot_id, ParkingTariff.number.in_({stay.tariff for stay in stays})
    )
    tariffs = {each.number: each.version for each in session.scalars(query)}
    return {
        stay.id: rule_for(None if stay.tariff is None else tariffs.get(stay.tariff), stay.exemption)
        for stay in stays
    }

"""New rows that are written in one statement are those that the mapper would have written."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from facilities.living.parking.gates.answers import Ground
from facilities.living.parking.gates.course import State
from facilities.living.parking.stays.events import announce
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.vehicles import VehicleClass
from facilities.living.service import service as living
from shared.actor import SYSTEM
from shared.database import table_of
from shared.ids import new_id
from shared.inserting import insert_entities
from shared.messaging.outbox import OutboxMessage
from shared.testing.systems import SystemFactory
from shared.transaction import Transaction
from tests.integration.facilities.parking.car_park import car_park

_OWN = {"id", "mark"}


def _stay(tx: Transaction, lot: UUID, mark: str) -> ParkingStay:
    return ParkingStay(
        id=new_id(),
        version=1,
        lot_id=lot,
        mark=mark,
        vehicle=VehicleClass.SMALL,
        state=State.INSIDE,
        entered_at=tx.now,
        ground=Ground.DRIVE_IN,
        created_at=tx.now,
        updated_at=tx.now,
    )


def _row(tx: Transaction, stay: ParkingStay) -> dict[str, Any]:
    table = table_of(ParkingStay)
    columns = [*table.c, table.c.fee.is_(None).label("without_fee")]
    found = tx.session.connection().execute(sa.select(*columns).where(table.c.id == stay.id)).mappings().one()
    return {name: value for name, value in found.items() if name not in _OWN}


def test_entities_are_written_as_the_mapper_writes_them_and_belong_to_the_session(
    make_system: SystemFactory,
) -> None:
    runtime = make_system([living]).runtime("living")
    lot = car_park(runtime).lot
    with runtime.transaction(SYSTEM) as tx:
        mapped, together, pending = (_stay(tx, lot, mark) for mark in ("苏A00001", "苏A00002", "苏A00003"))
        tx.session.add(mapped)
        tx.session.flush()
        tx.session.add(pending)
        insert_entities(tx.session, [mapped, together, pending])  # what is written already stays as it is
        assert _row(tx, together) == _row(tx, pending) == _row(tx, mapped)
        assert _row(tx, together)["without_fee"] and together.fee is None and together.paid_fen == 0
        for each in (together, pending):
            each.paid_fen = 500
        tx.session.flush()
        assert [_row(tx, each)["version"] for each in (mapped, together, pending)] == [1, 2, 2]
        tx.session.delete(mapped)
        insert_entities(tx.session, [])
    with runtime.read() as session:
        kept = session.execute(sa.select(ParkingStay.mark, ParkingStay.paid_fen).order_by(ParkingStay.mark))
        assert [tuple(each) for each in kept] == [("苏A00002", 500), ("苏A00003", 500)]


def test_what_is_written_last_is_there_with_what_is_said_of_it_and_not_where_its_part_failed(
    make_system: SystemFactory,
) -> None:
    runtime = make_system([living]).runtime("living")
    lot = car_park(runtime).lot
    with runtime.transaction(SYSTEM) as tx:
        first, second = (_stay(tx, lot, mark) for mark in ("苏A00001", "苏A00002"))
        tx.session.add(first)
        first.paid_fen = 0
        announce(tx, first, "entered")
        tx.audit("stay.entered", "parking_stay", first.id, begins=True)
        tx.add_last([first])  # with one event and one entry it goes into their statement
        stays = sa.select(sa.func.count()).select_from(ParkingStay)
        assert tx.session.scalar(stays) == 0, "not yet"
        with pytest.raises(RuntimeError, match="it is full"), tx.part():
            tx.add_last([second])
            raise RuntimeError("it is full")
    with runtime.transaction(SYSTEM) as tx:
        third, fourth = (_stay(tx, lot, mark) for mark in ("苏A00003", "苏A00004"))
        for each in (third, fourth):  # too much for one statement
            each.paid_fen = 0
            announce(tx, each, "entered")
            tx.audit("stay.entered", "parking_stay", each.id, begins=True)
        tx.add_last([third, fourth])
        assert third not in tx.session
    with pytest.raises(RuntimeError, match=r"changed .* ParkingStay"), runtime.transaction(SYSTEM) as tx:
        fifth = _stay(tx, lot, "苏A00005")
        tx.add_last([fifth])
        fifth.paid_fen = 500  # its row would not say so
    with runtime.read() as session:
        kept = session.execute(sa.select(ParkingStay.mark, ParkingStay.event_sequence)).all()
        assert sorted(tuple(each) for each in kept) == [("苏A00001", 1), ("苏A00003", 1), ("苏A00004", 1)]
        assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 3

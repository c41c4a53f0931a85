"""Taking turns over a car: whoever works on its stays in a lot goes first through one row."""

from uuid import UUID

from facilities.living.parking.stays.model import CarTurn
from shared.database import dialect_of, insert
from shared.transaction import Transaction


def take_turn(tx: Transaction, lot_id: UUID, mark: str) -> CarTurn:
    """Wait for everybody else who works on the car in this lot, until this transaction ends."""
    mine = insert(dialect_of(tx.session), CarTurn).values(lot_id=lot_id, mark=mark, turns=1)
    again = {"turns": CarTurn.turns + 1}
    tx.session.execute(mine.on_conflict_do_update(index_elements=["lot_id", "mark"], set_=again))
    return tx.session.get_one(CarTurn, (lot_id, mark), populate_existing=True)

"""Taking turns: whoever works on the stays of one car in one lot takes its row first, before any ledger."""

from functools import cache
from uuid import UUID

import sqlalchemy as sa

from facilities.living.parking.stays.model import CarTurn
from shared.database import dialect_of, insert, table_of
from shared.transaction import Transaction

_TURN = table_of(CarTurn)


def take_turn(tx: Transaction, lot_id: UUID, mark: str) -> None:
    """Wait for whoever is at this car, and keep it until the transaction ends.

    A car that was never here is waited for as well: of two that make its row the later one meets the first.
    SQLite needs no row: one transaction writes at a time.
    """
    if dialect_of(tx.session) == "postgresql":
        turn = {"lot_id": lot_id, "mark": mark, "turns": 1}
        tx.session.connection().execute(_next_turn(), turn)


@cache
def _next_turn() -> sa.Insert:
    """Built once: putting it together would cost as much as carrying it out."""
    return insert("postgresql", CarTurn).on_conflict_do_update(
        index_elements=["lot_id", "mark"], set_={"turns": _TURN.c.turns + 1}
    )

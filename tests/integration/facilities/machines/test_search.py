"""Looking for machines: the same questions to the database however many machines there are."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.ledger.model import ClaimRule, Ledger
from facilities.production.machines.model import Machine, MachineMaterial, MachinePrice
from shared.database import Base, table_of
from shared.ids import new_id
from tests.integration.facilities.machines.trade import BORROWER, Trade


def copies(trade: Trade, machine_id: str, count: int) -> None:
    """So many machines like this one, each with a ledger of its own."""
    with trade.assembly.system.runtime("production").database.write() as session:
        machine = session.get_one(Machine, UUID(machine_id))
        rules = session.execute(sa.select(table_of(ClaimRule))).mappings().all()
        ledger = session.execute(sa.select(table_of(Ledger))).mappings().first()
        assert ledger is not None
        first = (session.scalar(sa.select(sa.func.max(Ledger.id))) or 0) + 1

        def copied(entity: type[Base], **changes: object) -> dict[str, object]:
            table = table_of(entity)
            column = table.c.id if entity is Machine else table.c.machine_id
            row = session.execute(sa.select(table).where(column == machine.id)).mappings().first()
            assert row is not None
            return {**row, **changes}

        for number in range(first, first + count):
            made, operated = new_id(), new_id()
            session.execute(sa.insert(Ledger), [{**ledger, "id": number}])
            session.execute(
                sa.insert(table_of(Machine)),
                copied(Machine, id=made, operated_id=operated, ledger_id=number),
            )
            session.execute(sa.insert(table_of(MachinePrice)), copied(MachinePrice, machine_id=made))
            session.execute(sa.insert(table_of(MachineMaterial)), copied(MachineMaterial, machine_id=made))
            taken = {machine.id: made, machine.operated_id: operated}
            session.execute(
                sa.insert(ClaimRule),
                [
                    {**rule, "resource_id": taken[rule["resource_id"]], "ledger_id": number}
                    for rule in rules
                    if rule["resource_id"] in taken
                ],
            )


def test_search_asks_as_many_queries_for_200_machines_as_for_2(trade: Trade) -> None:
    machine_id = trade.machine()
    trade.hold(machine_id, 3, 5)
    engine = trade.assembly.system.runtime("production").database.engine
    asked: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2]))

    def search(limit: int) -> tuple[int, list[bool]]:
        asked.clear()
        answer = trade.ok(
            trade.get(
                BORROWER,
                "/machines",
                starts_at=trade.at(3),
                ends_at=trade.at(5),
                material="alloy_steel",
                limit=limit,
            )
        )
        return sum(each.startswith("SELECT") for each in asked), [
            each["available"] for each in answer["items"]
        ]

    copies(trade, machine_id, 1)
    few, found = search(50)
    assert found == [True, False]
    copies(trade, machine_id, 198)
    many, found = search(50)
    assert found == [True] * 50
    assert many == few


def test_a_machine_priced_by_the_batch_is_free_for_whoever_only_names_a_time(trade: Trade) -> None:
    batch = {"unit": "batch", "unit_fen": 96000, "minimum_order": 2, "steps": 1, "set_up_fen": 0}
    by_batch = trade.machine(price={**batch, "operator_fen": 0, "overtime": None})
    by_hour = trade.machine()

    def search(**more: object) -> dict[str, tuple[bool, int | None]]:
        asked = {"starts_at": trade.at(3), "ends_at": trade.at(5), **more}
        found = trade.ok(trade.get(BORROWER, "/machines", **asked))["items"]
        return {each["id"]: (each["available"], each["quote_fen"]) for each in found}

    hours = 2 * 28000 + 15000
    assert search() == {by_batch: (True, None), by_hour: (True, hours)}
    assert search(pieces=3) == {by_batch: (True, 3 * 96000), by_hour: (True, hours)}
    assert search(pieces=1)[by_batch] == (False, None), "fewer than the least that it takes"


def test_a_hold_asks_no_more_than_it_must(trade: Trade) -> None:
    machine = trade.machine()
    engine = trade.assembly.system.runtime("production").database.engine
    asked: list[str] = []

    def note(*said: Any) -> None:
        if not said[2].startswith("BEGIN"):
            asked.append(said[2])

    sa.event.listen(engine, "before_cursor_execute", note)
    trade.ok(trade.hold(machine, 24, 27))
    sa.event.remove(engine, "before_cursor_execute", note)
    # What it is about, the ledger with its rules, the slots; then all that is written, on SQLite row by row.
    assert len(asked) == (4 if engine.dialect.name == "postgresql" else 11), "\n".join(asked)

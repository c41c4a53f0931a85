"""`yuanban capacity audit` and `rebuild`: what differs is named and mended, what is whole stays untouched."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from facilities.capacity.auditing.cli import capacity
from facilities.capacity.auditing.verifying import audit
from facilities.capacity.bookings import commands
from facilities.capacity.bookings.model import Booking
from facilities.capacity.ledger import changing, overflow
from facilities.capacity.ledger.model import BookingClaim, Ledger, LedgerSlot
from facilities.capacity.lifecycle import Party, State
from shared.audit import AuditEntry
from shared.service import installed_services
from tests.integration.facilities.capacity.works import Works

Run = Callable[..., Result]
FAR = datetime(2126, 11, 25, 1, tzinfo=UTC)  # 09:00 in the park


@pytest.fixture
def run(works: Works, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line on the databases of the test, whose time lies ahead of that of any machine."""
    works.clock.set(FAR)
    works.now = FAR
    settings = works.runtime.settings
    monkeypatch.setenv("YUANBAN_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("YUANBAN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("YUANBAN_SECRET_KEY", settings.secret_key)
    if not settings.database_url.startswith("sqlite"):
        monkeypatch.setenv("YUANBAN_BROKER_URL", "amqp://nobody@127.0.0.1:1//")
    return lambda *words: CliRunner().invoke(capacity, list(words))


def busy(works: Works) -> tuple[int, Booking]:
    """A ledger of capacity 3 with a booking of 2 units in the hours 1 and 2, one of 1 in 2, and all else."""
    ledger = works.ledger(3)
    machine = works.resource(ledger)
    booked = works.book(machine, 1, 3, 2)
    works.book(machine, 2, 3)
    works.cancel(works.book(machine, 4, 5))
    works.do(overflow.add_overflow, ledger, works.span(4, 5), 1, "未登记")
    works.do(changing.set_exception, ledger, works.span(6, 8), 1, "两台停用")
    works.book(machine, 6, 7)
    return ledger, booked


def spoil(works: Works, statement: sa.Executable) -> None:
    with works.runtime.database.write() as session:
        session.execute(statement)


def slots(ledger: int) -> sa.Update:
    return sa.update(LedgerSlot).where(LedgerSlot.ledger_id == ledger)


def test_ledgers_that_say_what_the_bookings_say_are_left_as_they_are(works: Works, run: Run) -> None:
    ledger, _booked = busy(works)
    works.clock.advance(timedelta(hours=1))
    before = works.used(ledger)
    audited = run("audit", "production")
    assert (audited.exit_code, audited.output) == (0, "production: the ledgers say what the bookings say\n")
    rebuilt = run("rebuild", "production")
    assert rebuilt.exit_code == 0 and "production: 0 slots mended" in rebuilt.output
    assert works.used(ledger) == before


def test_what_differs_is_named_with_its_time_and_mended(works: Works, run: Run) -> None:
    ledger, _booked = busy(works)
    right = works.used(ledger)
    first = min(right)
    spoil(works, slots(ledger).where(LedgerSlot.slot == first).values(used=0))
    spoil(works, slots(ledger).where(LedgerSlot.slot == first + 1).values(used=1))
    spoil(works, sa.delete(LedgerSlot).where(LedgerSlot.slot.in_([first + 4, first + 5])))
    spoil(works, slots(ledger).where(LedgerSlot.overflow == 1).values(overflow=2))
    audited = run("audit", "production")
    assert audited.exit_code == 1
    for line in (
        "10:00 to 2126-11-25 10:15: used is 0, should be 2",
        "10:15 to 2126-11-25 10:30: used is 1, should be 2",
        "11:00 to 2126-11-25 11:30: used is 0, should be 3",
        "13:00 to 2126-11-25 14:00: overflow is 2, should be 1",
    ):
        assert f"production  ledger {ledger}, 2126-11-25 {line}" in audited.output
    assert "differ from the bookings in 4 places" in audited.output
    rebuilt = run("rebuild", "production")
    assert rebuilt.exit_code == 0 and "production: 8 slots mended" in rebuilt.output
    assert works.used(ledger) == right
    with works.runtime.read() as session:
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "ledger.rebuilt")).one()
        assert (entry.aggregate_id, entry.details) == (str(ledger), {"slots": 8})


def test_a_capacity_that_the_rules_do_not_give_is_named_and_mended(works: Works, run: Run) -> None:
    ledger, _booked = busy(works)
    spoil(works, slots(ledger).values(cap=9))
    audited = run("audit", "production")
    assert audited.exit_code == 1
    assert "cap is 9, should be 3" in audited.output and "cap is 9, should be 1" in audited.output
    assert run("rebuild", "production").exit_code == 0


def test_claims_of_what_has_ended_are_given_back(works: Works, run: Run) -> None:
    ledger, booked = busy(works)
    ended = {"state": State.CANCELLED, "expires_at": None}
    spoil(works, sa.update(Booking).where(Booking.id == booked.id).values(ended))
    audited = run("audit", "production")
    assert f"booking {booked.id}: claim of a booking that ended" in audited.output
    assert "used is 2, should be 0" in audited.output
    assert run("rebuild", "production").exit_code == 0
    assert set(works.used(ledger).values()) == {1}
    works.whole(ledger)


def test_what_only_a_person_can_mend_goes_on_being_named(works: Works, run: Run) -> None:
    """More is booked than the ledger holds, because somebody has written past the engine."""
    ledger, booked = busy(works)
    spoil(works, sa.delete(BookingClaim).where(BookingClaim.booking_id == booked.id))
    spoil(works, sa.update(Ledger).values(default_cap=0))
    rebuilt = run("rebuild", "production")
    assert rebuilt.exit_code == 1
    assert f"booking {booked.id}: booking without a claim" in rebuilt.output
    assert "cap is 1, should be 0" in rebuilt.output
    assert works.free(works.resource(ledger), 2, 3) == 0


def test_what_was_finished_early_and_what_is_past_is_whole(works: Works) -> None:
    ledger, booked = busy(works)
    works.clock.advance(timedelta(hours=1, minutes=5))
    works.act(commands.start, booked, Party.CUSTOMER)
    works.do(changing.change_capacity, ledger, 4)
    works.clock.advance(timedelta(days=2))
    works.do(changing.change_capacity, ledger, 1)
    assert list(audit(works.runtime.database, works.clock.now())) == []


def test_a_service_without_ledgers_is_a_wrong_use(works: Works, run: Run) -> None:
    asked = run("audit", "gateway")
    assert asked.exit_code == 2 and "living, production" in asked.output


def test_every_service_with_ledgers_brings_the_command() -> None:
    having = {each.name for each in installed_services() if capacity in each.commands}
    assert having == {"living", "production"}

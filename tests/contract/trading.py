"""A machine is listed, booked and used by what the description says."""

from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from werkzeug.test import TestResponse

from facilities.capacity.bookings.model import Booking
from shared.actor import SYSTEM
from shared.clock import PARK_TZ
from shared.testing.contract import Json
from tests.contract.park import Park

HOUR = timedelta(hours=1)
LENDER, BORROWER = "agent2", "agent"


class Reads(Protocol):
    """Carries out operations by their ids."""

    park: Park

    def do(self, role: str, operation_id: str, body: Any = None, **places: Any) -> TestResponse:
        """Carry out an operation with its example, or another body."""
        ...

    def example(self, operation_id: str) -> Any:
        """The example of the body of an operation."""
        ...


def trade_machines(reader: Reads) -> None:
    """Every request about machines that takes a body."""
    reader.do(LENDER, "production_create_machine_crew")
    machine = reader.do(LENDER, "production_create_machine").get_json()["id"]
    reader.do(LENDER, "production_change_machine", machine_id=machine)
    price = {
        **reader.example("production_add_machine_price"),
        "effective_on": _day(reader, 9).date().isoformat(),
    }
    reader.do(LENDER, "production_add_machine_price", price, machine_id=machine)
    reader.do(LENDER, "production_publish_machine", machine_id=machine)
    closure = {**reader.example("production_close_machine"), **_hours(_day(reader, 12), 0, 3)}
    reader.do(LENDER, "production_close_machine", closure, machine_id=machine)

    given_up = _confirmed(reader, machine, 3)
    new_time = {**reader.example("production_move_machine_booking"), **_hours(_day(reader, 5), 0, 3)}
    reader.do(BORROWER, "production_move_machine_booking", new_time, booking_id=given_up)
    reader.do(BORROWER, "production_cancel_machine_booking", booking_id=given_up)
    _book_again(reader, machine)
    rejected = _confirmed(reader, machine, 4)
    reader.do(LENDER, "production_reject_machine_booking", booking_id=rejected)
    _wait(reader, machine)
    missed, used = _confirmed(reader, machine, 2, 0), _confirmed(reader, machine, 2, 4)
    for booking in (missed, used):
        reader.do(LENDER, "production_approve_machine_booking", booking_id=booking)
    now = reader.park.system.clock.now()
    _let_it_be(reader, missed, now, now + HOUR)
    reader.do(LENDER, "production_miss_machine_booking", booking_id=missed)
    _let_it_be(reader, used, now - 3 * HOUR, now + HOUR)
    reader.do(LENDER, "production_start_machine_booking", booking_id=used)
    _let_it_be(reader, used, now - 3 * HOUR, now - HOUR)
    run = reader.example("production_finish_machine_booking")["runs"][0]
    run |= {"started_at": (now - 3 * HOUR).isoformat(), "ended_at": now.isoformat()}
    log: Json = {"runs": [{**run, "machine_id": machine}]}
    reader.do(LENDER, "production_finish_machine_booking", log, booking_id=used)
    accepted = _confirmed(reader, machine, 5)
    reader.do(LENDER, "production_approve_machine_booking", booking_id=accepted)
    _let_it_be(reader, accepted, now - HOUR, now + HOUR)
    reader.do(LENDER, "production_start_machine_booking", booking_id=accepted)
    reader.do(LENDER, "production_finish_machine_booking", {}, booking_id=accepted)
    _after_use(reader, used, accepted, missed)
    charges = reader.do(LENDER, "production_get_machine_booking", booking_id=used).get_json()["charges"]
    wrong = {**reader.example("production_correct_machine_booking"), "charge_id": charges[0]["id"]}
    reader.do(LENDER, "production_correct_machine_booking", wrong, booking_id=used)
    payment = reader.do("manager", "production_enter_firm_payment").get_json()["id"]
    reader.do("manager", "production_get_firm_payment", payment_id=payment)
    reader.do("manager", "production_take_back_firm_payment", payment_id=payment)
    _check_in(reader, machine)
    owner = reader.do(LENDER, "production_get_machine", machine_id=machine).get_json()["owner"]
    feed = {**reader.example("production_create_machine_feed"), "owner": owner, "machine_id": machine}
    reader.do(LENDER, "production_create_machine_feed", feed)
    reader.do(LENDER, "production_withdraw_machine", machine_id=machine)


def _book_again(reader: Reads, machine: str) -> None:
    """Every request about series."""
    approved, rejected = (_series(reader, machine, since) for since in (4, 7))
    reader.do(LENDER, "production_approve_machine_series", series_id=approved)
    reader.do(LENDER, "production_reject_machine_series", series_id=rejected)
    part = {"scope": "all", "since": "14:00", "length_min": 60}
    changed = {**reader.example("production_change_machine_series"), "occurrence": None, **part}
    reader.do(BORROWER, "production_change_machine_series", changed, series_id=approved)
    given_up = {**reader.example("production_cancel_machine_series"), "occurrence": None, "scope": "all"}
    reader.do(BORROWER, "production_cancel_machine_series", given_up, series_id=approved)


def _series(reader: Reads, machine: str, since: int) -> str:
    body = {**reader.example("production_book_machine_series"), "machine_id": machine, "skipped": []}
    body |= {**_hours(_day(reader, 6), since, since + 1), "rule": "FREQ=WEEKLY;COUNT=2", "mode": "all"}
    made: str = reader.do(BORROWER, "production_book_machine_series", body).get_json()["id"]
    return made


def _wait(reader: Reads, machine: str) -> None:
    """For the time that is closed."""
    body = {**reader.example("production_join_machine_waitlist"), "machine_id": machine}
    body |= _hours(_day(reader, 12), 0, 3)
    entry = reader.do(BORROWER, "production_join_machine_waitlist", body).get_json()["id"]
    reader.do(BORROWER, "production_leave_machine_waitlist", entry_id=entry)


def _check_in(reader: Reads, machine: str) -> None:
    """By the code at the machine, in and out."""
    scanned = _confirmed(reader, machine, 6)
    reader.do(LENDER, "production_approve_machine_booking", booking_id=scanned)
    path = f"/production/machines/{machine}/check-in-code"
    code = {**reader.example("production_check_in_machine_booking")}
    code |= {"token": reader.park.ask(LENDER, "GET", path).get_json()["token"]}
    now = reader.park.system.clock.now()
    _let_it_be(reader, scanned, now, now + HOUR)
    reader.do(BORROWER, "production_check_in_machine_booking", code, booking_id=scanned)
    reader.example("production_check_out_machine_booking")
    reader.do(BORROWER, "production_check_out_machine_booking", code, booking_id=scanned)


def _after_use(reader: Reads, used: str, accepted: str, missed: str) -> None:
    """What the two sides do then: some they agree on, about the rest they argue."""

    def of(role: str, name: str, **places: str) -> Json:
        found: Json = reader.do(role, f"production_{name}", **places).get_json()
        return found

    of(LENDER, "record_machine_quality", booking_id=accepted)
    of(BORROWER, "accept_machine_quality", booking_id=accepted)
    of(LENDER, "record_machine_quality", booking_id=used)
    of(BORROWER, "propose_machine_concession", booking_id=used)
    of(LENDER, "decline_machine_concession", booking_id=used)
    of(BORROWER, "propose_machine_concession", booking_id=used)
    of(LENDER, "agree_to_machine_concession", booking_id=used)
    of(BORROWER, "rate_machine_booking", booking_id=used)
    ratings = of(LENDER, "rate_machine_booking", booking_id=used)["items"]
    rating = next(each["id"] for each in ratings if each["by"] == "customer")
    of(LENDER, "answer_machine_rating", rating_id=rating)
    of("operator", "hide_machine_rating", rating_id=rating)

    dispute = of(BORROWER, "open_machine_dispute", booking_id=missed)["id"]
    of(LENDER, "offer_machine_settlement", dispute_id=dispute)
    of(BORROWER, "decline_machine_settlement", dispute_id=dispute)
    of(BORROWER, "withdraw_machine_dispute", dispute_id=dispute)
    dispute = of(BORROWER, "open_machine_dispute", booking_id=missed)["id"]
    of(LENDER, "state_in_machine_dispute", dispute_id=dispute)
    of("operator", "decide_machine_dispute", dispute_id=dispute)
    dispute = of(BORROWER, "open_machine_dispute", booking_id=accepted)["id"]
    of(LENDER, "offer_machine_settlement", dispute_id=dispute)
    of(BORROWER, "agree_to_machine_settlement", dispute_id=dispute)


def _let_it_be(reader: Reads, booking_id: str, starts_at: datetime, ends_at: datetime) -> None:
    """Move a booking, not the clock: everybody's token would end."""
    with reader.park.system.runtime("production").transaction(SYSTEM) as tx:
        booking = tx.session.get_one(Booking, UUID(booking_id))
        booking.starts_at, booking.ends_at = starts_at, ends_at


def _confirmed(reader: Reads, machine: str, days: int, since: int = 0) -> str:
    body = {**reader.example("production_hold_machine"), "machine_id": machine}
    body |= _hours(_day(reader, days), since, since + 3)
    booking: str = reader.do(BORROWER, "production_hold_machine", body).get_json()["id"]
    reader.do(BORROWER, "production_confirm_machine_booking", booking_id=booking)
    return booking


def _day(reader: Reads, days: int) -> datetime:
    """09:00 in the park so many days after today, or on the next Monday where that is a weekend."""
    day = reader.park.system.clock.now().astimezone(PARK_TZ) + timedelta(days=days)
    day += timedelta(days=max(0, 8 - day.isoweekday()) if day.isoweekday() > 5 else 0)
    return day.replace(hour=9, minute=0, second=0, microsecond=0)


def _hours(day: datetime, since: int, until: int) -> dict[str, str]:
    return {
        "starts_at": (day + timedelta(hours=since)).isoformat(),
        "ends_at": (day + timedelta(hours=until)).isoformat(),
    }

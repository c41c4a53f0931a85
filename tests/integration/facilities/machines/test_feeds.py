"""Calendar programs read bookings by an address that nobody can guess, and that can be made void."""

from email.utils import parsedate_to_datetime
from typing import Any

import sqlalchemy as sa
from icalendar import Calendar

from shared.actor import Actor
from tests.integration.facilities.machines.trade import BORROWER, CUSTOMER, LENDER, OTHER, OWNER, Trade

ABOVE = "/api/v1/production"


def made(trade: Trade, actor: Actor, owner: str, machine: str | None = None) -> Any:
    return trade.ask(actor, "POST", "/machine-feeds", json={"owner": owner, "machine_id": machine})


def path_of(feed: Any) -> str:
    path: str = feed["url"].partition(ABOVE)[2]
    return path


def read(trade: Trade, path: str, **headers: str) -> Any:
    """As a calendar program does, without signing in."""
    client = trade.assembly.system.client("production")
    return client.send("GET", path, headers={name.replace("_", "-"): said for name, said in headers.items()})


def events(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.text
    return list(Calendar.from_ical(answer.text).walk("VEVENT"))


def change(trade: Trade, feed: Any, verb: str, actor: Actor = LENDER, version: int = 1) -> Any:
    path = f"/machine-feeds/{feed['id']}/{verb}"
    return trade.ask(actor, "POST", path, headers={"If-Match": f'"{version}"'})


def test_a_firms_bookings_are_told_with_their_times_and_states(trade: Trade) -> None:
    machine = trade.machine()
    kept, given_up = trade.booked(machine, 24, 27), trade.booked(machine, 48, 51)
    waiting = trade.ok(trade.hold(machine, 72, 75))["id"]
    trade.ok(trade.act(BORROWER, waiting, "confirm"))
    trade.ok(trade.hold(machine, 96, 99))
    trade.ok(trade.act(BORROWER, given_up, "cancel"))
    feed = trade.ok(made(trade, BORROWER, CUSTOMER))

    answer = read(trade, f"{path_of(feed)}?language=en")
    told = events(answer)

    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"].startswith("private")
    assert [(str(each["UID"]).partition("@")[0], str(each["STATUS"])) for each in told] == [
        (kept, "CONFIRMED"),
        (given_up, "CANCELLED"),
        (waiting, "TENTATIVE"),
    ]
    first = told[0]
    assert first["DTSTART"].dt == trade.instant(24) and first["DTEND"].dt == trade.instant(27)
    assert first["DTSTART"].dt.hour == 9 and first["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert (
        str(first["SUMMARY"]) == "Five-axis machining centre" and str(first["LOCATION"]) == "1号楼 精密车间"
    )
    assert str(first["URL"]).endswith(f"/bookings/{kept}")
    assert "五轴加工中心" in read(trade, path_of(feed)).text
    assert read(trade, f"{path_of(feed)}?language=fr").status_code == 422


def test_an_owner_reads_who_has_booked_a_machine_and_a_move_replaces_what_was_told(trade: Trade) -> None:
    machine, other = trade.machine(rules={"needs_approval": False}), trade.machine()
    booking = trade.booked(machine, 24, 27)
    trade.booked(other, 24, 27)
    feed = trade.ok(made(trade, LENDER, OWNER, machine))

    (before,) = events(read(trade, path_of(feed)))
    times = {"starts_at": trade.at(48), "ends_at": trade.at(50)}
    trade.ok(trade.act(BORROWER, booking, "move", times))
    (after,) = events(read(trade, path_of(feed)))

    assert "岚桥机器人" in str(before["SUMMARY"])
    assert before["UID"] == after["UID"] and int(before["SEQUENCE"]) < int(after["SEQUENCE"])
    assert after["DTSTART"].dt == trade.instant(48)


def test_what_has_not_changed_is_not_sent_again(trade: Trade) -> None:
    booking = trade.booked(trade.machine(), 24, 27)
    feed = trade.ok(made(trade, BORROWER, CUSTOMER))
    first = read(trade, path_of(feed))

    same = read(trade, path_of(feed), If_None_Match=first.headers["ETag"])
    assert (same.status_code, same.get_data()) == (304, b"")
    assert parsedate_to_datetime(first.headers["Last-Modified"]) == trade.begin
    trade.ok(trade.act(BORROWER, booking, "cancel"))
    assert read(trade, path_of(feed), If_None_Match=first.headers["ETag"]).status_code == 200


def test_an_address_that_is_not_signed_or_void_is_nowhere(trade: Trade) -> None:
    machine = trade.machine()
    feed, own = trade.ok(made(trade, LENDER, OWNER, machine)), trade.ok(made(trade, LENDER, OWNER))
    path = path_of(feed)
    token = path.rpartition("/")[2]

    for wrong in (
        f"{path[:-1]}!",
        path.replace(feed["id"], own["id"]),
        f"/machine-feeds/{machine}/calendar/{token}",
    ):
        assert read(trade, wrong).status_code == 404
    renewed = trade.ok(change(trade, feed, "renew"))
    assert read(trade, path).status_code == 404 and read(trade, path_of(renewed)).status_code == 200
    assert change(trade, feed, "revoke").status_code == 412
    revoked = trade.ok(change(trade, feed, "revoke", version=2))
    assert revoked["url"] is None and read(trade, path_of(renewed)).status_code == 404
    again = trade.ok(change(trade, feed, "renew", version=3))
    assert read(trade, path_of(again)).status_code == 200


def test_feeds_are_the_firms_own_business(trade: Trade) -> None:
    machine = trade.machine()
    feed = trade.ok(made(trade, LENDER, OWNER, machine))

    assert made(trade, BORROWER, OWNER).status_code == 403
    assert made(trade, BORROWER, CUSTOMER, machine).status_code == 403
    twice = made(trade, LENDER, OWNER, machine)
    assert (twice.status_code, twice.get_json()["type"].rpartition(":")[2]) == (409, "feed-stands")
    assert change(trade, feed, "revoke", OTHER).status_code == 404
    assert trade.ok(trade.get(OTHER, "/machine-feeds"))["items"] == []
    assert [each["id"] for each in trade.ok(trade.get(LENDER, "/machine-feeds"))["items"]] == [feed["id"]]


def test_a_feed_is_read_in_as_many_queries_however_much_it_tells(trade: Trade) -> None:
    machine = trade.machine(rules={"needs_approval": False})
    feed = trade.ok(made(trade, LENDER, OWNER, machine))

    def queries() -> int:
        seen: list[str] = []
        engine = trade.assembly.system.runtime("production").database.engine

        def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            seen.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        read(trade, path_of(feed))
        sa.event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    trade.booked(machine, 24, 26)
    few = queries()
    trade.booked(machine, 48, 50)
    trade.booked(machine, 72, 74)
    assert queries() == few

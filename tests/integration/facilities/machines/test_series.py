"""A machine is booked again and again: looked at, booked, decided, changed and given up, many at once."""

from typing import Any

import pytest
import sqlalchemy as sa

from facilities.capacity.auditing.verifying import audit
from shared.testing.databases import Databases
from tests.integration.facilities.machines.trade import BORROWER, CUSTOMER, LENDER, OTHER, Trade, codes

AT_ONCE = {"needs_approval": False}
WEEKLY = "FREQ=WEEKLY;COUNT=4"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])])
def databases(request: pytest.FixtureRequest) -> Databases:
    """SQLite daily: races apart, the two do not differ here."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    return found


def wish(trade: Trade, machine: str, start: float = 24, end: float = 26, **more: Any) -> dict[str, Any]:
    """Tomorrow at nine for two hours, four weeks."""
    times = {"starts_at": trade.at(start), "ends_at": trade.at(end), "rule": WEEKLY}
    return {"machine_id": machine, "on_behalf_of": CUSTOMER, **times, **more}


def quote(trade: Trade, machine: str, start: float = 24, end: float = 26, **more: Any) -> Any:
    asked = {"starts_at": trade.at(start), "ends_at": trade.at(end), "rule": WEEKLY, **more}
    return trade.get(BORROWER, f"/machines/{machine}/series-quote", **asked)


def book(trade: Trade, machine: str, *times: float, **more: Any) -> Any:
    return trade.ask(BORROWER, "POST", "/machine-series", json=wish(trade, machine, *times, **more))


def act(trade: Trade, actor: Any, series: str, verb: str, body: Any = None) -> Any:
    """A verb on the series as it is now."""
    path = f"/machine-series/{series}"
    version = trade.get(actor, path).headers.get("ETag", '"1"')
    return trade.ask(actor, "POST", f"{path}/{verb}", json=body or {}, headers={"If-Match": version})


def read(trade: Trade, series: str) -> Any:
    return trade.ok(trade.get(BORROWER, f"/machine-series/{series}"))


def states(document: Any) -> list[str]:
    """What has become of each occurrence, in order."""
    return [each["state"] or each["outcome"] for each in document["occurrences"]]


def days(document: Any) -> list[str]:
    return [each["occurrence"] for each in document["occurrences"]]


def sound(trade: Trade) -> None:
    """Ledgers and bookings agree."""
    runtime = trade.assembly.system.runtime("production")
    assert list(audit(runtime.database, runtime.clock.now())) == []


def test_a_series_is_looked_at_booked_approved_and_charged_in_one_step_each(trade: Trade) -> None:
    machine = trade.machine()
    trade.booked(machine, 24 + 7 * 24, 27 + 7 * 24)

    seen = trade.ok(quote(trade, machine))
    assert [each["outlook"] for each in seen["occurrences"]] == ["free", "refused", "free", "free"]
    full = seen["occurrences"][1]
    assert [each["code"] for each in full["reasons"]] == ["full"] and full["alternatives"]
    assert seen["total_fen"] == 3 * (2 * 28000 + 15000) and seen["deposit_fen"] == 3 * 100000

    all_or_nothing = book(trade, machine)
    assert all_or_nothing.status_code == 409 and codes(all_or_nothing) == {("/rule", "full")}
    assert trade.ok(trade.get(BORROWER, "/machine-series"))["items"] == []

    made = trade.ok(book(trade, machine, mode="skip", purpose="每周试制"))
    assert states(made) == ["pending", "refused", "pending", "pending"]
    assert [each["occurrence"] for each in made["refused"]] == ["2026-12-01T09:00:00"]
    assert set(made["actions"]) == {"change", "cancel"} and made["balance_fen"] == 0
    series = made["id"]

    approved = trade.ok(act(trade, LENDER, series, "approve"))
    assert states(approved) == ["confirmed", "refused", "confirmed", "confirmed"]
    assert approved["balance_fen"] == 3 * 171000
    booking = trade.booking(approved["occurrences"][0]["booking_id"])
    assert [each["step"] for each in booking["history"]] == ["held", "requested", "approved"]
    trade.assembly.system.settle()
    single = 2
    assert len(trade.inbox(BORROWER)) == single + 2 and len(trade.inbox(LENDER)) == single + 2
    sound(trade)


def test_one_one_and_those_after_it_and_all_are_given_up_at_what_each_gives_back(trade: Trade) -> None:
    machine = trade.machine(rules=AT_ONCE)
    series = trade.ok(book(trade, machine, rule="FREQ=DAILY;COUNT=4"))["id"]
    walls = days(read(trade, series))

    part = {"scope": "this", "occurrence": walls[1]}
    trade.ok(act(trade, BORROWER, series, "cancel", part))
    assert states(read(trade, series)) == ["confirmed", "cancelled", "confirmed", "confirmed"]
    assert codes(act(trade, BORROWER, series, "cancel", part)) == {("/occurrence", "no_occurrence")}

    trade.go_to(10)  # 14 hours before the first one: half of its price comes back
    part = {"scope": "following", "occurrence": walls[2]}
    preview = trade.ok(trade.get(BORROWER, f"/machine-series/{series}/cancellation", **part))
    assert preview["refund_fen"] == 2 * 171000 and len(preview["items"]) == 2
    trade.ok(act(trade, LENDER, series, "cancel", {**part, "reason": "设备大修"}))
    assert states(read(trade, series)) == ["confirmed", "cancelled", "cancelled", "cancelled"]

    ended = trade.ok(act(trade, BORROWER, series, "cancel", {"scope": "all"}))
    assert states(ended) == ["cancelled"] * 4 and ended["ended"] and ended["actions"] == []
    assert ended["balance_fen"] == 71000 - 35500
    assert act(trade, BORROWER, series, "cancel", {"scope": "all"}).status_code == 409
    assert trade.ok(trade.hold(machine, 72, 74))["state"] == "held"
    sound(trade)


def test_a_change_to_what_it_is_already_is_refused_and_what_was_approved_stays_approved(trade: Trade) -> None:
    series = trade.ok(book(trade, trade.machine()))["id"]
    trade.ok(act(trade, LENDER, series, "approve"))
    walls = days(read(trade, series))
    first = read(trade, series)["occurrences"][0]
    same = {"since": first["occurrence"][11:16], "length_min": 120, "quantity": 1, "mode": "all"}

    for part in ({"scope": "all"}, {"scope": "this", "occurrence": walls[1]}):
        answer = act(trade, BORROWER, series, "change", {**part, **same})
        assert codes(answer) == {("/since", "unchanged")}
    assert states(read(trade, series)) == ["confirmed"] * 4


def test_those_after_one_become_a_series_of_their_own_at_other_times(trade: Trade) -> None:
    machine = trade.machine(rules=AT_ONCE)
    series = trade.ok(book(trade, machine))["id"]
    walls = days(read(trade, series))

    change = {"scope": "following", "occurrence": walls[2], "since": "14:00", "length_min": 180}
    changed = trade.ok(act(trade, BORROWER, series, "change", change))

    assert changed["split_from"] == series and changed["id"] != series
    assert days(changed) == ["2026-12-08T14:00:00", "2026-12-15T14:00:00"]
    assert states(changed) == ["confirmed"] * 2 and changed["refused"] == []
    assert changed["price_fen"] == 2 * (3 * 28000 + 15000)
    assert days(read(trade, series)) == walls[:2]
    assert trade.ok(trade.hold(machine, 24 + 14 * 24, 26 + 14 * 24))["state"] == "held"
    assert trade.hold(machine, 30 + 14 * 24, 31 + 14 * 24).status_code == 409

    alone = {"scope": "this", "occurrence": walls[0], "since": "10:00", "length_min": 120}
    once = trade.ok(act(trade, BORROWER, series, "change", alone))
    assert once["id"] == series and days(once) == walls[:2]
    assert once["occurrences"][0]["starts_at"].startswith("2026-11-24T02:00")

    whole = {"scope": "all", "since": "08:30", "length_min": 60}
    every = trade.ok(act(trade, BORROWER, series, "change", whole))
    assert every["id"] == series
    assert [each["starts_at"][11:16] for each in every["occurrences"]] == ["00:30", "00:30"]
    sound(trade)


def test_a_change_that_is_not_free_everywhere_changes_nothing_or_the_rest(trade: Trade) -> None:
    machine = trade.machine(rules=AT_ONCE)
    made = trade.ok(book(trade, machine))
    series, walls = made["id"], days(made)
    trade.booked(machine, 29 + 7 * 24, 31 + 7 * 24)
    change = {"scope": "all", "since": "14:00", "length_min": 120}

    refused = act(trade, BORROWER, series, "change", change)
    assert refused.status_code == 409 and codes(refused) == {("/rule", "full")}
    assert read(trade, series)["occurrences"] == made["occurrences"]

    changed = trade.ok(act(trade, BORROWER, series, "change", {**change, "mode": "skip"}))
    assert [each["occurrence"] for each in changed["refused"]] == ["2026-12-01T14:00:00"]
    times = [each["starts_at"][11:16] for each in changed["occurrences"]]
    assert times == ["06:00", "01:00", "06:00", "06:00"]
    assert trade.get(BORROWER, f"/machine-bookings/{made['occurrences'][1]['booking_id']}").status_code == 200
    assert walls[1] not in days(changed)
    sound(trade)


@pytest.mark.parametrize(("since", "length_min"), [("14:00", 1200), ("04:00", 1200), ("08:00", 1380)])
def test_its_own_old_times_are_in_the_way_of_no_occurrence(trade: Trade, since: str, length_min: int) -> None:
    rules = {"needs_approval": False, "set_up_min": 0, "longest_min": 1440}
    machine = trade.machine(hours=[], rules=rules)
    made = trade.ok(book(trade, machine, 24, 44, rule="FREQ=DAILY;COUNT=4"))
    told = len(trade.inbox(BORROWER))

    change = {"scope": "all", "since": since, "length_min": length_min, "mode": "all"}
    changed = trade.ok(act(trade, BORROWER, made["id"], "change", change))

    assert changed["refused"] == [] and states(changed) == ["confirmed"] * 4
    assert [each[11:16] for each in days(changed)] == [since] * 4
    old, new = (trade.booking(each["occurrences"][2]["booking_id"]) for each in (made, changed))
    assert [each["step"] for each in old["history"]] == ["held", "confirmed", "cancelled"]
    assert [each["step"] for each in new["history"]] == ["held", "confirmed"]
    words = {"zh": "系列预订更改", "en": "The series was changed"}
    assert old["reason_text"] == old["history"][-1]["reason_text"] == words and new["reason_text"] is None
    assert (old["balance_fen"], new["balance_fen"]) == (0, 100000 + 15000 + 28000 * length_min // 60)
    trade.assembly.system.settle()
    assert len(trade.inbox(BORROWER)) == told + 2, "one message of the booking, one of the change"
    sound(trade)


def test_what_has_begun_never_changes(trade: Trade) -> None:
    machine = trade.machine(rules=AT_ONCE)
    made = trade.ok(book(trade, machine, rule="FREQ=DAILY;COUNT=3"))
    series, walls = made["id"], days(made)
    trade.go_to(24.5)

    change = {"since": "14:00", "length_min": 60}
    begun = act(trade, BORROWER, series, "change", {"scope": "this", "occurrence": walls[0], **change})
    assert codes(begun) == {("/occurrence", "begun")}
    begun = act(trade, BORROWER, series, "cancel", {"scope": "following", "occurrence": walls[0]})
    assert codes(begun) == {("/occurrence", "begun")}
    late = act(trade, BORROWER, series, "change", {"scope": "this", "occurrence": walls[1], **change})
    assert late.status_code == 409 and codes(late) == {("/rule", "too_late")}

    trade.ok(act(trade, BORROWER, series, "cancel", {"scope": "all"}))
    assert states(read(trade, series)) == ["confirmed", "cancelled", "cancelled"]


def test_what_lies_beyond_the_horizon_is_booked_when_it_comes_near(trade: Trade) -> None:
    machine = trade.machine(rules=AT_ONCE)
    made = trade.ok(book(trade, machine, rule="FREQ=WEEKLY;COUNT=7"))
    assert states(made) == ["confirmed"] * 5 + ["later"] * 2

    trade.go_to(7 * 24)
    trade.assembly.system.settle()
    assert states(read(trade, made["id"])) == ["confirmed"] * 6 + ["later"]
    trade.ok(trade.on_machine(LENDER, machine, "withdraw", {}))
    trade.go_to(14 * 24)
    trade.assembly.system.settle()
    assert states(read(trade, made["id"]))[-1] == "refused"
    assert len(trade.inbox(BORROWER)) >= 3
    sound(trade)


def test_the_owner_rejects_a_series_and_it_is_continued_no_more(trade: Trade) -> None:
    machine = trade.machine()
    series = trade.ok(book(trade, machine, rule="FREQ=WEEKLY;COUNT=7"))["id"]

    assert act(trade, LENDER, series, "reject").status_code == 422
    done = trade.ok(act(trade, LENDER, series, "reject", {"reason": "产线自用"}))

    assert states(done) == ["rejected"] * 5 and done["ended"]
    assert act(trade, LENDER, series, "approve").status_code == 409
    trade.go_to(7 * 24)
    trade.assembly.system.settle()
    assert states(read(trade, series)) == ["rejected"] * 5


def test_no_change_is_offered_of_what_was_moved_ahead_by_itself(trade: Trade) -> None:
    series = trade.ok(book(trade, trade.machine(), rule="FREQ=DAILY;COUNT=2"))["id"]
    first = read(trade, series)["occurrences"][0]["booking_id"]
    trade.ok(trade.act(LENDER, first, "approve"))
    trade.ok(act(trade, LENDER, series, "reject", {"reason": "产线自用"}))
    later = {"starts_at": trade.at(72), "ends_at": trade.at(74), "reason": ""}
    trade.ok(trade.act(LENDER, first, "move", later))
    assert "change" in read(trade, series)["actions"]

    trade.go_to(25)
    assert read(trade, series)["actions"] == ["cancel"]
    change = {"scope": "all", "since": "14:00", "length_min": 60}
    assert act(trade, BORROWER, series, "change", change).status_code == 409
    assert trade.ok(act(trade, BORROWER, series, "cancel", {"scope": "all"}))["actions"] == []


@pytest.mark.parametrize("scope", ["following", "all"])
def test_what_is_booked_of_an_ended_series_may_be_changed_and_it_is_continued_no_more(
    trade: Trade, scope: str
) -> None:
    series = trade.ok(book(trade, trade.machine(), rule="FREQ=WEEKLY;COUNT=9"))["id"]
    for each in read(trade, series)["occurrences"][:3]:
        trade.ok(trade.act(LENDER, each["booking_id"], "approve"))
    trade.ok(act(trade, LENDER, series, "reject", {"reason": "产线自用"}))
    trade.go_to(25)  # the first one is in use, so that of all of them a part is changed too
    seen = read(trade, series)
    assert seen["ended"] and "change" in seen["actions"]

    change = {"scope": scope, "occurrence": days(seen)[2], "since": "14:00", "length_min": 120}
    changed = trade.ok(act(trade, BORROWER, series, "change", {**change, "mode": "skip"}))

    assert changed["id"] != series and changed["ended"] and changed["split_from"] == series
    booked = states(changed)
    assert "pending" in booked and "later" not in booked
    for day in range(7, 36, 7):
        trade.go_to(day * 24)
        trade.assembly.system.settle()
    after = read(trade, changed["id"])
    assert after["ended"] and len(after["occurrences"]) == len(booked)
    assert "change" not in after["actions"]
    refused = act(trade, BORROWER, changed["id"], "change", {**change, "scope": "all", "since": "15:00"})
    assert refused.status_code == 409
    sound(trade)


def test_occurrences_that_nobody_approves_expire_and_are_told_of_once(trade: Trade) -> None:
    machine = trade.machine()
    series = trade.ok(book(trade, machine))["id"]
    trade.go_to(49)
    trade.assembly.system.settle()

    assert states(read(trade, series)) == ["expired"] * 4
    assert len(trade.inbox(BORROWER)) == 2


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"rule": "every week"}, {("/rule", "rule_form"), ("/rule", "rule_freq"), ("/rule", "rule_endless")}),
        ({"rule": "FREQ=WEEKLY"}, {("/rule", "rule_endless")}),
        ({"rule": "FREQ=DAILY;COUNT=101"}, {("/rule", "too_many")}),
        ({"rule": "FREQ=MONTHLY;COUNT=30"}, {("/rule", "too_far")}),
        ({"rule": "FREQ=WEEKLY;BYDAY=FR;COUNT=3"}, {("/rule", "first_date")}),
        ({"rule": "FREQ=SECONDLY;COUNT=3"}, {("/rule", "rule_freq")}),
        ({"starts_at": "2026-11-20T01:00:00Z", "ends_at": "2026-11-20T03:00:00Z"}, {("/starts_at", "past")}),
        ({"ends_at": "2026-11-23T01:00:00Z", "rule": "x"}, None),
        ({"starts_at": "0001-01-01T00:00:00Z"}, None),
        ({"ends_at": "9999-12-31T23:59:59Z"}, {("/ends_at", "too_long")}),
        ({"skipped": ["2026-11-25T09:00:00"]}, {("/skipped", "no_occurrence")}),
        ({"quantity": 2}, {("/quantity", "too_many")}),
    ],
)
def test_a_series_that_makes_no_sense_is_told_why_and_nothing_is_kept(
    trade: Trade, more: dict[str, Any], wrong: set[tuple[str, str]] | None
) -> None:
    machine = trade.machine()

    refused = book(trade, machine, **more)

    assert refused.status_code == 422, refused.text
    if wrong is not None:
        assert codes(refused) == wrong
    assert trade.ok(trade.get(BORROWER, "/machine-series"))["items"] == []
    assert trade.ok(trade.get(BORROWER, "/machine-bookings"))["items"] == []


def test_of_two_who_saw_the_same_series_one_is_let_through_and_others_see_nothing(trade: Trade) -> None:
    machine = trade.machine(rules=AT_ONCE)
    made = book(trade, machine)
    series, seen = made.get_json()["id"], {"If-Match": made.headers["ETag"]}
    path = f"/machine-series/{series}"
    part = {"scope": "following", "occurrence": days(made.get_json())[2]}

    trade.ok(trade.ask(BORROWER, "POST", f"{path}/cancel", json=part, headers=seen))
    late = trade.ask(LENDER, "POST", f"{path}/cancel", json={"scope": "all"}, headers=seen)
    unsaid = trade.ask(LENDER, "POST", f"{path}/cancel", json={"scope": "all"})

    assert (late.status_code, unsaid.status_code) == (412, 428)
    assert trade.get(OTHER, path).status_code == 404
    assert (
        act(trade, LENDER, series, "change", {"scope": "all", "since": "10:00", "length_min": 60}).status_code
        == 403
    )


def test_a_look_at_a_series_asks_the_database_as_often_however_long_it_is(trade: Trade) -> None:
    machine = trade.machine()
    engine = trade.assembly.system.runtime("production").database.engine
    counted = []
    for count in (2, 30):
        asked = _count(engine, lambda count=count: quote(trade, machine, rule=f"FREQ=DAILY;COUNT={count}"))
        counted.append(asked)
    assert counted[0] == counted[1]


def _count(engine: Any, work: Any) -> int:
    asked: list[str] = []
    note = lambda _c, _k, statement, *_more: asked.append(statement)  # noqa: E731
    sa.event.listen(engine, "before_cursor_execute", note)
    assert work().status_code == 200
    sa.event.remove(engine, "before_cursor_execute", note)
    return len(asked)

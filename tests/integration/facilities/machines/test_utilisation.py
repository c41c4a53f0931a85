"""How the time of a firm's machines was spent, as its owner reads it."""

from tests.integration.facilities.machines.trade import BORROWER, LENDER, OWNER, Trade, codes, member

MANAGER = member(roles=("manager",))


def used(trade: Trade) -> str:
    """Booked from 11 to 13 o'clock, run until half past one."""
    machine = trade.machine(rules={"set_up_min": 0})
    booking = trade.booked(machine, 2, 4)
    trade.go_to(2)
    trade.ok(trade.act(LENDER, booking, "start"))
    trade.go_to(5)
    runs = [{"machine_id": machine, "started_at": trade.at(2), "ended_at": trade.at(4.5)}]
    trade.ok(trade.act(LENDER, booking, "finish", {"runs": runs}))
    return machine


def test_an_owner_reads_how_its_machines_were_used(trade: Trade) -> None:
    machine, other = used(trade), trade.machine()
    days = {"since": "2026-11-22", "until": "2026-11-24"}
    found = trade.ok(trade.get(LENDER, f"/machine-utilisation/{OWNER}", machine_id=machine, **days))
    sunday, monday, tuesday = found["periods"]
    assert (sunday["open_min"], sunday["closed_min"]) == (0, 1440)
    assert monday == {
        "first": "2026-11-23",
        "last": "2026-11-23",
        "open_min": 720,
        "closed_min": 720,
        "booked_min": 120,
        "used_min": 150,
        "overtime_min": 30,
        "idle_min": 600,
    }
    assert tuesday["idle_min"] == 720
    whole = trade.ok(trade.get(LENDER, f"/machine-utilisation/{OWNER}", by="month", **days))
    assert {each["machine_id"] for each in whole["machines"]} == {machine, other}
    assert [each["first"] for each in whole["periods"]] == ["2026-11-22"]
    assert whole["total"]["booked_min"] == 120 and whole["total"]["open_min"] == 4 * 720

    sheet = trade.get(LENDER, f"/machine-utilisation/{OWNER}/csv", machine_id=machine, language="en", **days)
    rows = sheet.data.decode("utf-8-sig").splitlines()
    assert rows[2] == "2026-11-23,2026-11-23,12,12,2,2.5,0.5,10"
    assert trade.get(MANAGER, f"/machine-utilisation/{OWNER}").status_code == 200


def test_what_nobody_may_ask(trade: Trade) -> None:
    path = f"/machine-utilisation/{OWNER}"
    assert trade.get(BORROWER, path).status_code == 404
    assert trade.get(LENDER, path, machine_id="01890000-0000-7000-8000-00000000ffff").status_code == 404
    late = {"since": "2026-11-24", "until": "2026-11-23"}
    assert codes(trade.get(LENDER, path, **late)) == {("/until", "backwards")}
    long = {"since": "2025-11-22", "until": "2026-11-23"}
    assert codes(trade.get(LENDER, path, **long)) == {("/until", "too_long")}
    away = {"since": "1899-01-01", "until": "9999-12-31"}
    assert ("/since", "away") in codes(trade.get(LENDER, path, **away))

"""The quality of what was made: recorded, accepted, or accepted with deviations for a lower price."""

from tests.integration.facilities.machines.after_use.acts import (
    HOURS_PAID,
    back,
    days,
    dispute,
    quality,
    recorded,
    report,
    slug,
    used,
)
from tests.integration.facilities.machines.trade import BORROWER, LENDER, OTHER, Trade, codes, member
from tests.unit.material_samples import pdf


def test_the_owner_records_and_the_customer_accepts(trade: Trade) -> None:
    booking = used(trade)
    before = trade.ok(trade.get(LENDER, f"/machine-bookings/{booking}/quality"))
    assert (before["state"], before["actions"]) == ("none", ["record"])

    shown = recorded(trade, booking)
    assert (shown["state"], shown["accepted_pieces"], shown["rejected_pieces"]) == ("recorded", 96, 4)
    after = trade.ok(quality(trade, BORROWER, booking, "accept"))

    assert after["state"] == "accepted" and after["actions"] == [] and after["answer_by"] is None
    assert [each["step"] for each in trade.booking(booking)["history"]][-2:] == [
        "quality-recorded",
        "quality-accepted",
    ]
    assert slug(quality(trade, BORROWER, booking, "accept")) == "wrong-state"


def test_an_agreed_concession_is_a_line_of_the_account(trade: Trade) -> None:
    booking = used(trade)
    recorded(trade, booking)
    first = {"reduction_fen": 30000, "text": "四件内孔超差0.02"}
    trade.ok(quality(trade, BORROWER, booking, "propose", first))
    assert quality(trade, BORROWER, booking, "agree").status_code == 403

    trade.ok(quality(trade, LENDER, booking, "propose", {"reduction_fen": 20000, "text": "同意减价200元"}))
    after = trade.ok(quality(trade, BORROWER, booking, "agree"))

    assert after["state"] == "conceded"
    assert [each["state"] for each in after["concessions"]] == ["declined", "agreed"]
    assert back(trade, booking) == [("concession", -20000)]
    assert trade.booking(booking)["balance_fen"] == HOURS_PAID - 20000


def test_a_proposal_is_declined_or_taken_back(trade: Trade) -> None:
    booking = used(trade)
    recorded(trade, booking)
    proposal = {"reduction_fen": 1000, "text": "毛刺"}
    trade.ok(quality(trade, BORROWER, booking, "propose", proposal))
    assert trade.ok(quality(trade, LENDER, booking, "decline", {"reason": "不认可"}))["state"] == "recorded"
    trade.ok(quality(trade, BORROWER, booking, "propose", proposal))
    ended = trade.ok(quality(trade, BORROWER, booking, "decline"))["concessions"]

    assert [each["state"] for each in ended] == ["declined", "withdrawn"]
    assert back(trade, booking) == []


def test_who_says_nothing_in_time_has_accepted(trade: Trade) -> None:
    booking = used(trade, 0)
    recorded(trade, booking)
    trade.go_to(days(1))
    trade.ok(quality(trade, BORROWER, booking, "propose", {"reduction_fen": 1000, "text": "毛刺"}))
    trade.go_to(days(8))
    trade.assembly.system.settle()
    lapsed = trade.ok(trade.get(BORROWER, f"/machine-bookings/{booking}/quality"))
    assert (lapsed["state"], lapsed["concessions"][0]["state"]) == ("recorded", "lapsed")

    trade.go_to(days(15))
    trade.assembly.system.settle()

    assert trade.ok(trade.get(BORROWER, f"/machine-bookings/{booking}/quality"))["state"] == "accepted"
    assert trade.booking(booking)["history"][-1]["by"] == "system"


def test_what_makes_no_sense_is_refused(trade: Trade) -> None:
    booked = trade.booked(trade.machine(), 48, 50)
    assert slug(quality(trade, LENDER, booked, body={"accepted_pieces": 1})) == "wrong-state"
    booking = used(trade)
    assert codes(quality(trade, LENDER, booking, body={})) == {("/accepted_pieces", "required")}
    assert quality(trade, LENDER, booking, body={"accepted_pieces": -1}).status_code == 422
    assert quality(trade, BORROWER, booking, body={"accepted_pieces": 1}).status_code == 403
    assert quality(trade, OTHER, booking, body={"accepted_pieces": 1}).status_code == 404
    recorded(trade, booking)
    more = {"reduction_fen": HOURS_PAID + 1, "text": "全部报废"}
    assert codes(quality(trade, BORROWER, booking, "propose", more)) == {("/reduction_fen", "more_than_paid")}
    giant = {"reduction_fen": 10**15, "text": "全部报废"}
    assert quality(trade, BORROWER, booking, "propose", giant).status_code == 422
    stale = {"If-Match": '"0"'}
    path = f"/machine-bookings/{booking}/quality"
    assert trade.ask(LENDER, "PUT", path, json={"accepted_pieces": 1}, headers=stale).status_code == 412
    assert trade.ask(LENDER, "PUT", path, json={"accepted_pieces": 1}).status_code == 428
    assert back(trade, booking) == []


def test_a_report_is_what_its_content_says_and_for_the_two_sides(trade: Trade) -> None:
    booking = used(trade)
    recorded(trade, booking)

    assert report(trade, booking, b"<html>report</html>").status_code == 415
    assert report(trade, booking, b"").status_code == 422
    assert trade.ok(report(trade, booking, pdf()))["report"]["media_type"] == "application/pdf"

    path = f"/machine-bookings/{booking}/quality/report"
    assert trade.get(BORROWER, path).data == pdf()
    assert trade.get(OTHER, path).status_code == 404
    assert trade.get(member(roles=("manager",)), path).status_code == 403
    trade.ok(report(trade, booking, pdf(2)))
    assert trade.get(BORROWER, path).data == pdf(2)


def test_while_a_dispute_is_open_nothing_is_conceded_beside_it(trade: Trade) -> None:
    booking = used(trade, 0)
    recorded(trade, booking)
    trade.ok(quality(trade, LENDER, booking, "propose", {"reduction_fen": 1000, "text": "毛刺"}))
    trade.ok(dispute(trade, booking))

    assert slug(quality(trade, BORROWER, booking, "agree")) == "dispute-open"
    trade.go_to(days(8))
    trade.assembly.system.settle()
    after = trade.ok(trade.get(BORROWER, f"/machine-bookings/{booking}/quality"))
    assert after["state"] == "proposed" and "agree" not in after["actions"]


def test_both_sides_hear_of_it(trade: Trade) -> None:
    booking = used(trade)
    trade.assembly.system.settle()
    told = len(trade.inbox(BORROWER)), len(trade.inbox(LENDER))
    recorded(trade, booking)
    trade.ok(quality(trade, BORROWER, booking, "propose", {"reduction_fen": 1000, "text": "毛刺"}))
    trade.assembly.system.settle()

    assert (len(trade.inbox(BORROWER)), len(trade.inbox(LENDER))) == (told[0] + 1, told[1] + 1)

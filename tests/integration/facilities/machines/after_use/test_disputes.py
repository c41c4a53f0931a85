"""Disputes: claimed, argued with evidence, settled, decided by the park, or withdrawn."""

import pytest

from tests.integration.facilities.machines.after_use.acts import (
    HOURS_PAID,
    OPERATOR,
    argue,
    back,
    days,
    dispute,
    evidence,
    quality,
    recorded,
    slug,
    used,
)
from tests.integration.facilities.machines.trade import (
    BORROWER,
    CUSTOMER,
    LENDER,
    OTHER,
    Trade,
    codes,
    member,
)
from tests.unit.material_samples import pdf


def test_a_dispute_is_argued_and_settled(trade: Trade) -> None:
    booking = used(trade)
    opened = trade.ok(dispute(trade, booking))
    assert (opened["state"], opened["claimed_fen"], opened["next_number"]) == ("open", 20000, 1)
    found = opened["id"]

    trade.ok(evidence(trade, BORROWER, found, 1))
    answered = trade.ok(argue(trade, LENDER, found, "statements", {"text": "来料硬度不符"}))
    assert answered["state"] == "answered"
    assert [(each["by"], each["text"]) for each in answered["evidence"]] == [
        ("customer", None),
        ("provider", "来料硬度不符"),
    ]
    trade.ok(argue(trade, LENDER, found, "offers", {"amount_fen": 5000, "text": "各担一半"}))
    assert argue(trade, LENDER, found, "agree").status_code == 403
    trade.ok(argue(trade, BORROWER, found, "offers", {"amount_fen": 8000}))
    settled = trade.ok(argue(trade, LENDER, found, "agree"))

    assert (settled["state"], settled["amount_fen"], settled["actions"]) == ("settled", 8000, [])
    assert back(trade, booking) == [("dispute", -8000)]
    assert slug(argue(trade, BORROWER, found, "statements", {"text": "还有"})) == "wrong-state"
    assert slug(dispute(trade, booking)) == "dispute-open"


def test_the_park_decides_with_a_reason_once_the_other_side_had_its_time(trade: Trade) -> None:
    booking = used(trade, 0)
    found = trade.ok(dispute(trade, booking))["id"]
    decision = {"amount_fen": 12000, "reason": "检测报告显示四件超差"}
    assert slug(argue(trade, OPERATOR, found, "decide", decision)) == "not-answered"
    assert argue(trade, BORROWER, found, "decide", decision).status_code == 403
    partial = member(CUSTOMER, roles=("operator",))
    trade.go_to(days(7))
    assert argue(trade, partial, found, "decide", decision).status_code == 403
    assert trade.ok(trade.get(OPERATOR, f"/machine-disputes/{found}"))["actions"] == ["decide"]

    decided = trade.ok(argue(trade, OPERATOR, found, "decide", decision))

    assert (decided["state"], decided["decision"]) == ("decided", decision["reason"])
    assert back(trade, booking) == [("dispute", -12000)]
    trade.assembly.system.settle()
    assert "decided" in trade.inbox(BORROWER)[0] and "decided" in trade.inbox(LENDER)[0]


def test_an_owner_claims_what_is_to_be_paid_more(trade: Trade) -> None:
    booking = used(trade)
    found = trade.ok(dispute(trade, booking, LENDER, reason="damage", claimed_fen=900000))["id"]
    trade.ok(argue(trade, BORROWER, found, "offers", {"amount_fen": 300000}))
    trade.ok(argue(trade, LENDER, found, "agree"))

    assert back(trade, booking) == [("dispute", 300000)]


def test_what_was_withdrawn_may_be_opened_again(trade: Trade) -> None:
    booking = used(trade)
    found = trade.ok(dispute(trade, booking))["id"]
    assert argue(trade, LENDER, found, "withdraw").status_code == 403
    assert trade.ok(argue(trade, BORROWER, found, "withdraw"))["state"] == "withdrawn"

    again = trade.ok(dispute(trade, booking, LENDER))["id"]

    listed = trade.ok(trade.get(BORROWER, "/machine-disputes"))["items"]
    assert [each["id"] for each in listed] == [again, found]
    assert len(trade.ok(trade.get(OPERATOR, "/machine-disputes", running="true"))["items"]) == 1
    assert back(trade, booking) == []


def test_no_more_comes_back_than_was_paid(trade: Trade) -> None:
    booking = used(trade)
    assert codes(dispute(trade, booking, claimed_fen=HOURS_PAID + 1)) == {("/claimed_fen", "more_than_paid")}
    recorded(trade, booking)
    trade.ok(quality(trade, LENDER, booking, "propose", {"reduction_fen": 50000, "text": "毛刺"}))
    trade.ok(quality(trade, BORROWER, booking, "agree"))
    found = trade.ok(dispute(trade, booking, claimed_fen=HOURS_PAID - 50000))["id"]

    refused = argue(trade, LENDER, found, "offers", {"amount_fen": HOURS_PAID - 49999})
    assert codes(refused) == {("/amount_fen", "more_than_paid")}
    trade.ok(argue(trade, LENDER, found, "offers", {"amount_fen": HOURS_PAID - 50000}))
    trade.ok(argue(trade, BORROWER, found, "agree"))
    assert trade.booking(booking)["balance_fen"] == 0


@pytest.mark.parametrize("claimed", [0, -1, 10**15])
def test_amounts_that_are_none_are_refused(trade: Trade, claimed: int) -> None:
    assert dispute(trade, used(trade), claimed_fen=claimed).status_code == 422


def test_a_dispute_comes_in_time_after_the_end_and_from_one_of_the_sides(trade: Trade) -> None:
    ahead = trade.booked(trade.machine(), 48, 50)
    assert slug(dispute(trade, ahead)) == "wrong-state"
    booking = used(trade)
    assert dispute(trade, booking, OTHER).status_code == 404
    assert dispute(trade, booking, member(roles=("manager",))).status_code == 403
    trade.go_to(days(30))
    assert slug(dispute(trade, booking)) == "too-late"


def test_evidence_is_for_the_two_sides_and_whoever_decides(trade: Trade) -> None:
    found = trade.ok(dispute(trade, used(trade)))["id"]
    assert evidence(trade, BORROWER, found, 1, b"PK\x03\x04 archive").status_code == 415
    assert evidence(trade, BORROWER, found, 1, b"%PDF-1.7 torn").status_code == 422
    assert evidence(trade, OTHER, found, 1).status_code == 404
    assert evidence(trade, OPERATOR, found, 1).status_code == 403
    assert evidence(trade, BORROWER, found, 2).status_code == 412
    trade.ok(evidence(trade, BORROWER, found, 1))
    assert evidence(trade, LENDER, found, 1, pdf(2)).status_code == 412

    path = f"/machine-disputes/{found}/evidence/1"
    assert [trade.get(each, path).status_code for each in (BORROWER, LENDER, OPERATOR)] == [200, 200, 200]
    assert trade.get(OTHER, path).status_code == 404
    assert trade.get(member(roles=("auditor",)), path).status_code == 404
    assert trade.get(LENDER, f"/machine-disputes/{found}/evidence/99999999999").status_code == 404

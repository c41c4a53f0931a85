"""Ratings: once by each side, blind until both have spoken or the limit is over, answered once."""

from tests.integration.facilities.machines.after_use.acts import (
    OPERATOR,
    argue,
    days,
    dispute,
    on_rating,
    slug,
    used,
)
from tests.integration.facilities.machines.trade import BORROWER, CUSTOMER, LENDER, OTHER, OWNER, Trade


def seen(trade: Trade, booking: str, actor: object = BORROWER) -> list[int]:
    answer = trade.get(actor, f"/machine-bookings/{booking}/ratings")  # type: ignore[arg-type]
    return [each["stars"] for each in trade.ok(answer)["items"]]


def owner_rating(trade: Trade) -> tuple[int, float | None]:
    """As the search shows it."""
    (hit,) = trade.ok(trade.get(OTHER, "/machines"))["items"]
    return hit["owner_rating"]["count"], hit["owner_rating"]["average"]


def test_nobody_sees_a_rating_before_both_have_spoken(trade: Trade) -> None:
    booking = used(trade)
    assert owner_rating(trade) == (0, None)
    trade.ok(trade.act(BORROWER, booking, "ratings", {"stars": 4, "text": "精度好"}))

    assert (seen(trade, booking), seen(trade, booking, LENDER)) == ([4], [])
    assert trade.ok(trade.get(OTHER, "/machine-ratings"))["items"] == []
    assert owner_rating(trade) == (0, None)
    trade.ok(trade.act(LENDER, booking, "ratings", {"stars": 5}))

    assert seen(trade, booking, LENDER) == [4, 5]
    listed = trade.ok(trade.get(OTHER, "/machine-ratings", firm=OWNER))["items"]
    assert [(each["stars"], each["text"], each["actions"]) for each in listed] == [(4, "精度好", [])]
    assert owner_rating(trade) == (1, 4.0)
    assert slug(trade.act(BORROWER, booking, "ratings", {"stars": 1})) == "rated-already"


def test_what_one_side_has_said_is_shown_when_the_limit_is_over(trade: Trade) -> None:
    booking = used(trade)
    trade.ok(trade.act(LENDER, booking, "ratings", {"stars": 2, "text": "迟到"}))
    trade.go_to(days(30))
    assert slug(trade.act(BORROWER, booking, "ratings", {"stars": 1})) == "too-late"
    trade.assembly.system.settle()

    assert seen(trade, booking) == [2]
    assert len(trade.ok(trade.get(OTHER, "/machine-ratings", firm=CUSTOMER))["items"]) == 1


def test_a_dispute_comes_before_ratings(trade: Trade) -> None:
    booking = used(trade)
    trade.ok(trade.act(LENDER, booking, "ratings", {"stars": 5}))
    found = trade.ok(dispute(trade, booking))["id"]
    assert slug(trade.act(BORROWER, booking, "ratings", {"stars": 1})) == "dispute-open"
    trade.go_to(days(31))
    trade.assembly.system.settle()
    assert seen(trade, booking) == []

    trade.ok(argue(trade, BORROWER, found, "withdraw"))
    trade.ok(trade.act(BORROWER, booking, "ratings", {"stars": 3}))

    assert seen(trade, booking) == [5, 3]


def test_a_dispute_that_ends_leaves_time_to_rate_and_then_shows_what_was_said(trade: Trade) -> None:
    booking = used(trade)
    trade.ok(trade.act(LENDER, booking, "ratings", {"stars": 5}))
    found = trade.ok(dispute(trade, booking))["id"]
    trade.go_to(days(40))
    trade.assembly.system.settle()
    trade.ok(argue(trade, BORROWER, found, "withdraw"))
    trade.go_to(days(71))
    trade.assembly.system.settle()

    assert seen(trade, booking) == [5]


def test_the_rated_firm_answers_once(trade: Trade) -> None:
    booking = used(trade)
    trade.ok(trade.act(BORROWER, booking, "ratings", {"stars": 2, "text": "等候太久"}))
    trade.ok(trade.act(LENDER, booking, "ratings", {"stars": 5}))
    (found,) = trade.ok(trade.get(LENDER, "/machine-ratings", firm=OWNER))["items"]
    assert found["actions"] == ["answer"]
    assert on_rating(trade, BORROWER, found["id"], "answer", {"text": "不对"}).status_code == 403

    answered = trade.ok(on_rating(trade, LENDER, found["id"], "answer", {"text": "已增派人手"}))

    assert answered["answer"] == "已增派人手" and answered["actions"] == []
    assert slug(on_rating(trade, LENDER, found["id"], "answer", {"text": "再说"})) == "wrong-state"


def test_the_operator_hides_a_text_and_the_stars_stay(trade: Trade) -> None:
    booking = used(trade)
    trade.ok(trade.act(BORROWER, booking, "ratings", {"stars": 1, "text": "含他人电话"}))
    (hidden_from_all,) = trade.ok(trade.get(BORROWER, f"/machine-bookings/{booking}/ratings"))["items"]
    assert on_rating(trade, OPERATOR, hidden_from_all["id"], "hide", {"reason": "x"}).status_code == 404
    trade.ok(trade.act(LENDER, booking, "ratings", {"stars": 5}))
    reason = {"reason": "含有个人信息"}
    assert on_rating(trade, LENDER, hidden_from_all["id"], "hide", reason).status_code == 403
    trade.ok(on_rating(trade, OPERATOR, hidden_from_all["id"], "hide", reason))

    (found,) = trade.ok(trade.get(OTHER, "/machine-ratings", firm=OWNER))["items"]
    assert (found["text"], found["hidden_reason"], found["stars"]) == (None, "含有个人信息", 1)
    assert owner_rating(trade) == (1, 1.0)


def test_only_the_sides_of_a_use_rate_it(trade: Trade) -> None:
    ahead = trade.booked(trade.machine(), 48, 50)
    assert slug(trade.act(BORROWER, ahead, "ratings", {"stars": 5})) == "wrong-state"
    booking = used(trade)
    assert trade.act(OTHER, booking, "ratings", {"stars": 5}).status_code == 404
    for stars in (0, 6, 10**9):
        assert trade.act(BORROWER, booking, "ratings", {"stars": stars}).status_code == 422
    assert trade.act(BORROWER, booking, "ratings", {"stars": 5, "text": "好" * 501}).status_code == 422

"""Rating the other side of a booking once, answering once, and hiding what should not be read."""

from facilities.capacity.lifecycle import STATE_NAMES, Party, State
from facilities.production.machines.after_use.limits import limits
from facilities.production.machines.after_use.opening import firm_of, other, say, side_of
from facilities.production.machines.bookings.commands import Opened
from facilities.production.machines.disputes.queries import require_no_open_dispute
from facilities.production.machines.policy import parties
from facilities.production.machines.ratings.model import Rating
from facilities.production.machines.ratings.policy import require_hides
from facilities.production.machines.ratings.revealing import expect_ratings, limit_of, ratings_of, reveal
from shared.errors import Conflict, Forbidden
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_NOT_DONE = Text("预订当前为“{state}”，使用完毕后才能评价", "The booking is “{state}”; rate after the use")
_LATE = Text("已超过园区规定的{days}天评价期限", "The park's own limit of {days} days for ratings is over")
_TWICE = Text("您的企业已评价过对方", "Your firm has rated the other side already")
_NOT_SHOWN = Text("评价尚未公开", "The rating is not shown yet")
_ANSWERED = Text("已回复过，不能再次回复", "It was answered already; nobody answers twice")
_NOT_RATED = Text("只有被评价的企业可以回复", "Only the firm that was rated may answer")
_HIDDEN = Text("评价文字已被隐藏", "The text is hidden already")


def rate(tx: Transaction, it: Opened, stars: int, text: str) -> None:
    """One side rates the other, once; nobody sees it before the other's, or the end of the limit.

    Raises Forbidden, and Conflict before the use has ended, while a dispute is open, too late, or twice.
    """
    party = side_of(tx.actor, it.kept)
    if it.booking.state is not State.DONE:
        raise Conflict(_NOT_DONE.format(state=STATE_NAMES[it.booking.state]), slug="wrong-state")
    require_no_open_dispute(tx.session, it.booking.id)
    said = {each.party for each in ratings_of(tx.session, it.booking.id)}
    # Who stands on both sides has two ratings to give.
    party = next((each for each in parties(tx.actor, it.kept) if each not in said), party)
    if party in said:
        raise Conflict(_TWICE, slug="rated-already")
    if tx.now >= limit_of(tx.session, it):
        raise Conflict(_LATE.format(days=limits().rating_days), slug="too-late")
    made = Rating(
        id=new_id(),
        booking_id=it.booking.id,
        party=party,
        firm=firm_of(it.kept, party),
        rated=firm_of(it.kept, other(party)),
        stars=stars,
        text=text,
        made_at=tx.now,
        made_by=tx.actor.id,
    )
    tx.session.add(made)
    tx.session.flush()
    say(tx, it, "rated", party, details={"rating": str(made.id)})
    if said:
        reveal(tx, it)
    else:
        expect_ratings(tx, it)


def answer(tx: Transaction, it: Opened, rating: Rating, text: str) -> None:
    """The firm that was rated answers, once."""
    party = other(rating.party)
    if party not in parties(tx.actor, it.kept):
        raise Forbidden(_NOT_RATED)
    if rating.shown_at is None:
        raise Conflict(_NOT_SHOWN, slug="wrong-state")
    if rating.answer is not None:
        raise Conflict(_ANSWERED, slug="wrong-state")
    rating.answer, rating.answered_at = text, tx.now
    say(tx, it, "rating-answered", party, details={"rating": str(rating.id)})


def hide(tx: Transaction, it: Opened, rating: Rating, reason: str) -> None:
    """The park's operator hides the text and says why; the stars stay."""
    require_hides(tx.actor, rating)
    if rating.shown_at is None:
        raise Conflict(_NOT_SHOWN, slug="wrong-state")
    if rating.hidden_at is not None:
        raise Conflict(_HIDDEN, slug="wrong-state")
    rating.hidden_at, rating.hidden_by, rating.hidden_reason = tx.now, tx.actor.id, reason
    details = {"rating": str(rating.id)}
    say(tx, it, "rating-hidden", Party.SYSTEM, reason=reason, details=details)

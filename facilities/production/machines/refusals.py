"""The kinds of refusal that only the trade of machines knows."""

from shared.errors import Conflict
from shared.refusals import refusal

FIRM_NOT_ACTIVE = refusal(
    Conflict, "The firm is not in the register of enterprises, or not active", "firm-not-active"
)
NOT_OFFERED = refusal(Conflict, "The machine is not offered now", "not-offered")
QUALIFICATION_EXPIRED = refusal(
    Conflict, "The document that says the machine is fit for use has expired", "qualification-expired"
)
PRICE_STANDS = refusal(Conflict, "A price begins on that day already", "price-stands")
FEED_STANDS = refusal(Conflict, "There is such a feed already; renew it instead", "feed-stands")
DISPUTE_OPEN = refusal(Conflict, "A dispute about the booking is open", "dispute-open")
TOO_LATE = refusal(Conflict, "The park's own limit for it is over", "too-late")
NOT_ANSWERED = refusal(
    Conflict, "The other side of the dispute has not answered, and has time left for it", "not-answered"
)
RATED_ALREADY = refusal(Conflict, "This side of the booking has rated the other already", "rated-already")

"""The kinds of refusal that only payments know."""

from shared.errors import Conflict
from shared.refusals import refusal

MORE_THAN_OWED = refusal(Conflict, "More would be paid out than the firm is owed", "more-than-owed")
PAYMENT_ENTERED = refusal(
    Conflict, "A payment of the firm has been entered under this reference already", "payment-entered"
)

"""The kinds of refusal that only money for parking knows."""

from shared.errors import Conflict
from shared.refusals import refusal

NOTHING_OWED = refusal(Conflict, "There is nothing to be paid now", "nothing-owed")
NO_PROVIDER = refusal(Conflict, "No payment provider is connected: cash is taken", "no-provider")
RECEIPT_KNOWN = refusal(Conflict, "Money was entered under this receipt already", "receipt-known")
REFUND_NOT_FAILED = refusal(Conflict, "The refund is made or under way", "refund-not-failed")
COUPON_USED = refusal(Conflict, "The coupon was given to a stay already", "coupon-used")
COUPON_EXPIRED = refusal(Conflict, "The coupon is not valid any more", "coupon-expired")
COUPON_ELSEWHERE = refusal(Conflict, "The coupon is for another car park", "coupon-elsewhere")
FIRM_NOT_ACTIVE = refusal(
    Conflict, "The firm is not in the register of enterprises, or not active", "firm-not-active"
)
DIFFERENCE_SETTLED = refusal(Conflict, "The difference is settled already", "difference-settled")

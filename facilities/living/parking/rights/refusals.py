"""The kinds of refusal that only rights to park know."""

from shared.errors import Conflict
from shared.refusals import refusal

LOT_CLOSED = refusal(Conflict, "The car park is closed now", "lot-closed")
CAR_REGISTERED = refusal(Conflict, "You have registered the plate already", "car-registered")
TOO_MANY = refusal(Conflict, "You have as many of these as one may have", "too-many")
RESERVED_ALREADY = refusal(Conflict, "The car has a reservation at that time already", "reserved-already")
NO_PASSES = refusal(Conflict, "No passes are sold here for this class of vehicle", "no-passes")
NOT_RENEWABLE = refusal(
    Conflict, "It is too early or too late to renew the pass, or a renewal waits for payment", "not-renewable"
)
NOTHING_TO_PAY = refusal(Conflict, "No period of the pass waits for payment", "nothing-to-pay")
PASS_OVER = refusal(Conflict, "The pass is over", "pass-over")
RULE_STANDS = refusal(Conflict, "There is a rule for the zone already; change that", "rule-stands")
QUOTA_WITHDRAWN = refusal(Conflict, "The firm's bays were withdrawn", "quota-withdrawn")
MAY_NOT_INVITE = refusal(
    Conflict, "Only members of an active firm or holders of a pass may invite", "may-not-invite"
)
VISIT_OVER = refusal(Conflict, "The invitation was used, was taken back, or is over", "visit-over")

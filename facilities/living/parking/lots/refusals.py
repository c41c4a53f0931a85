"""The kinds of refusal that only the setting up of car parks knows."""

from shared.errors import Conflict
from shared.refusals import refusal

CODE_TAKEN = refusal(Conflict, "Another one has that code", "code-taken")
BAY_STANDS = refusal(Conflict, "One of the bays is there already; `errors` names them", "bay-stands")
BAY_TAKEN = refusal(Conflict, "A charging point stands at the bay already", "bay-taken")
LOT_INCOMPLETE = refusal(
    Conflict,
    "The car park lacks something without which nobody can park there; `errors` names each",
    "lot-incomplete",
)
TARIFF_STANDS = refusal(Conflict, "A tariff begins on that day already", "tariff-stands")
NO_TARIFF = refusal(Conflict, "No tariff of the car park is in force on that day", "no-tariff")
LISTED_ALREADY = refusal(Conflict, "The vehicle is on that list already", "listed-already")

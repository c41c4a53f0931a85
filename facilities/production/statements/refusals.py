"""The kinds of refusal that only the books know."""

from shared.errors import Conflict
from shared.refusals import refusal

POSTING_CORRECTED = refusal(Conflict, "The line has been corrected already", "posting-corrected")
POSTING_CORRECTS = refusal(Conflict, "The line is a correction itself", "posting-corrects")
POSTING_GIVEN_BACK = refusal(
    Conflict, "Without the line more would be given back than was charged", "posting-given-back"
)

"""The kinds of refusal that only the approval engine knows; what every service knows is in `shared`."""

from shared.errors import Conflict, Forbidden, NotFound
from shared.refusals import refusal

GUIDE_ONLY = refusal(Conflict, "The item has a guide but cannot be applied for online yet", "guide-only")
ITEM_VERSION_RETIRED = refusal(
    Conflict, "The draft was begun under a version of the item that is not in force", "item-version-retired"
)
ITEM_VERSION_CURRENT = refusal(
    Conflict, "The draft is under the version in force already", "item-version-current"
)
ITEM_RETIRED = refusal(Conflict, "No version of the item is in force", "item-retired")
WRONG_STATE = refusal(Conflict, "The state of the case does not allow the verb", "wrong-state")
NOT_RETURNED = refusal(Conflict, "The material was not returned for correction", "not-returned")
CLAIM_REQUIRED = refusal(Forbidden, "The task that the verb belongs to is not claimed", "claim-required")
NOT_HELD = refusal(Conflict, "Nobody holds the task, so it cannot be given back", "not-held")
ALREADY_CLAIMED = refusal(Conflict, "Somebody else has claimed the task", "already-claimed")
TASK_ENDED = refusal(Conflict, "The task has been done, or nothing is left to do", "task-ended")
NOTHING_TO_CLAIM = refusal(NotFound, "No open task is left that the caller could claim", "nothing-to-claim")
OWN_APPLICATION = refusal(Forbidden, "Nobody handles an application of their own", "own-application")
FOUR_EYES = refusal(Forbidden, "Whoever reviewed or requested may not decide on it", "four-eyes")
PROCEDURE_RUNNING = refusal(
    Conflict, "A special procedure runs, or one of the same kind does already", "procedure-running"
)
PROCEDURE_NOT_RUNNING = refusal(
    Conflict, "There is no such special procedure, or it has ended", "procedure-not-running"
)
PROCEDURE_NOT_LISTED = refusal(
    Conflict, "The item does not name a special procedure of that kind", "procedure-not-listed"
)
NOT_EXTENDABLE = refusal(Conflict, "The limits of the item cannot be extended", "not-extendable")
ALREADY_EXTENDED = refusal(Conflict, "The limit was extended before, which is done once", "already-extended")
EXTENSION_PENDING = refusal(
    Conflict, "An extension was requested and is not decided yet", "extension-pending"
)
LIMIT_PASSED = refusal(Conflict, "The statutory limit has already passed", "limit-passed")
ORGANISATION_NOT_REGISTERED = refusal(
    Conflict, "The organisation is not in the register, or not active", "organisation-not-registered"
)
NOT_OVERDUE = refusal(Conflict, "No limit of the case has been missed", "not-overdue")
FUNDS_APPLIED_FOR = refusal(
    Conflict, "The enterprise applies for these funds already, for this clause and year", "funds-applied-for"
)
BUDGET_EXHAUSTED = refusal(
    Conflict, "The budget of the clause does not suffice for the amount any more", "budget-exhausted"
)
NOTICE_REQUIRED = refusal(
    Conflict, "The item asks for a public notice first, and there was none", "notice-required"
)
NOTICE_RUNNING = refusal(Conflict, "A public notice runs; what follows it has to wait", "notice-running")
NO_NOTICE = refusal(Conflict, "The item asks for no public notice at this point", "no-notice")
NOTICE_OVER = refusal(Conflict, "The public notice has ended or was stopped", "notice-over")
ALREADY_OBJECTED = refusal(Conflict, "The caller has objected to this notice before", "already-objected")
OBJECTION_OPEN = refusal(
    Conflict, "An objection has to be examined and answered before the decision", "objection-open"
)
OBJECTION_ANSWERED = refusal(Conflict, "The objection has been answered before", "objection-answered")
FILING_CLOSED = refusal(Conflict, "The time to apply after the public notice is over", "filing-window-closed")
CASES_RUNNING = refusal(Conflict, "Other applications of the enterprise are under way", "cases-running")
NAME_TAKEN = refusal(Conflict, "The company name was registered by somebody else meanwhile", "name-taken")
INCOMPLETE_PARTICULARS = refusal(
    Conflict, "The answers do not say all that the register needs", "incomplete-particulars"
)

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
NOTHING_TO_MAKE_UP = refusal(Conflict, "No missing material is to be made up now", "nothing-to-make-up")
MAKE_UP_OVER = refusal(Conflict, "The day by which missing materials were due has passed", "make-up-over")
MAKE_UP_DUE = refusal(Conflict, "Nothing is decided while missing materials are to follow", "make-up-due")
CREDIT_BAN = refusal(
    Conflict, "A credit record of the applicant stands, so nothing may rest on their word", "credit-ban"
)
ALREADY_REPAIRED = refusal(Conflict, "The credit record was repaired before", "already-repaired")
ONE_ROUTE = refusal(Conflict, "The item can be filed in the ordinary way alone", "one-route")
CORRECTION_RUNNING = refusal(
    Conflict, "The time that the holder was given to correct is not over", "correction-running"
)
NO_LICENCE = refusal(Conflict, "The item is no licence, so there is none to revoke", "no-licence")
REVOCATION_PENDING = refusal(Conflict, "A revocation is proposed and not decided yet", "revocation-pending")
REVOCATION_NOT_PENDING = refusal(Conflict, "No revocation is proposed", "revocation-not-pending")
NOT_HEARD = refusal(Conflict, "The holder has not spoken, and still has time to", "not-heard")
STATEMENT_CLOSED = refusal(
    Conflict, "The holder has spoken before, or the time for it is over", "statement-closed"
)
REGISTER_MOVED_ON = refusal(
    Conflict, "The register says something else meanwhile than when the case was made", "register-moved-on"
)
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
NOT_RENEWABLE = refusal(
    Conflict, "The certificate has ended or was renewed before, or the item renews nothing", "not-renewable"
)
RENEWAL_TOO_EARLY = refusal(Conflict, "It is too early to renew the certificate", "renewal-too-early")
RENEWAL_RUNNING = refusal(
    Conflict, "There is an application for the renewal of the certificate already", "renewal-running"
)
NAME_TAKEN = refusal(Conflict, "The company name was registered by somebody else meanwhile", "name-taken")
NOT_CONNECTED = refusal(
    Conflict,
    "The system of the authority that executes the item is not connected",
    "not-connected",
)
WITHDRAWAL_WAITS = refusal(
    Conflict, "A withdrawal was passed on to the authority and is not answered yet", "withdrawal-waits"
)
HANDOVER_NOT_STUCK = refusal(Conflict, "The hand-over is not stuck", "handover-not-stuck")
INCOMPLETE_PARTICULARS = refusal(
    Conflict, "The answers do not say all that the register needs", "incomplete-particulars"
)

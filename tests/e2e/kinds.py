"""The kinds of pages that there are: whose, where, and what is done on each before it is looked at."""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import expect

from tests.e2e.api import ITEM
from tests.e2e.windows import Window


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page: whose, where, with which status, and what is done on it before it is looked at."""

    name: str
    path: str
    who: str | None = None
    status: int = 200
    then: Callable[[Window], None] | None = field(default=None)
    rare: bool = field(default=False)
    """Looked at among the slow tests alone: another kind has the same parts."""

    def __str__(self) -> str:
        return self.name


def press(english: str) -> Callable[[Window], None]:
    """Send a form as it stands; the errors it leads to get the focus."""

    def press(window: Window) -> None:
        window.button(english).click()
        expect(window.page.get_by_role("alert")).to_be_focused()

    return press


def _sign_in_wrongly(window: Window) -> None:
    window.page.get_by_label(window.words("User name"), exact=True).fill("nobody")
    press("Sign in")(window)


def _upload_nothing(window: Window) -> None:
    window.button("Upload", exact=False).first.click()
    expect(window.main.get_by_role("alert").first).to_be_visible()


def _preview(window: Window) -> None:
    point = window.main.get_by_role("checkbox").first
    point.check()
    window.main.get_by_role("textbox").first.fill("章程请全体股东签名。")
    window.button("Preview the notice").click()
    expect(window.heading("Preview of the correction notice")).to_be_visible()


SECTIONS = ("company", "premises", "scope", "shareholders", "people", "contacts", "agent")

PUBLIC = (
    Kind("home", "/"),
    Kind("services", "/items"),
    Kind("services-none-found", "/items?q=zzzz"),
    Kind("guide", f"/items/{ITEM}"),
    Kind("guide-without-online-application", "/items/{guide_only}"),
    Kind("help", "/help"),
    Kind("accessibility-statement", "/accessibility"),
    Kind("privacy", "/privacy"),
    Kind("sign-in", "/sign-in"),
    Kind("sign-in-empty", "/sign-in", then=press("Sign in")),
    Kind("sign-in-refused", "/sign-in", then=_sign_in_wrongly),
    Kind("verify", "/verify"),
    Kind("verify-nothing", "/verify?certificate_id=", status=422),
    Kind("verify-valid", "/verify/{certificate}"),
    Kind("verify-unknown", "/verify/0000-0000", status=404),
    Kind("not-found", "/no-such-page", status=404),
    Kind("overdue-explanations", "/overdue"),
    Kind("notices", "/notices"),
    Kind("notice", "/notices/{notice}"),
    Kind("calendar", "/calendar"),
    Kind("calendar-year", "/calendar/2026"),
)
APPLICANT = (
    Kind("home-of-applicant", "/", "agent"),
    Kind("applications", "/applications", "agent"),
    Kind("applications-none", "/applications?state=reviewing", "agent"),
    Kind("task-list", "/applications/{draft}", "agent"),
    *(Kind(f"section-{key}", f"/applications/{{draft}}/sections/{key}", "agent") for key in SECTIONS),
    *(
        Kind(f"section-{key}-with-errors", f"/applications/{{empty}}/sections/{key}?show=errors", "agent")
        for key in ("company", "shareholders", "people")
    ),
    Kind("materials", "/applications/{draft}/materials", "agent"),
    Kind("materials-with-error", "/applications/{empty}/materials", "agent", then=_upload_nothing),
    Kind("material", "/applications/{draft}/materials/articles", "agent"),
    Kind("check", "/applications/{draft}/check", "agent"),
    Kind("check-incomplete", "/applications/{empty}/check", "agent"),
    Kind(
        "check-without-declaration",
        "/applications/{draft}/check",
        "agent",
        then=press("Submit the application"),
    ),
    Kind("handed-in", "/applications/{correction}/done", "agent"),
    Kind("case-correction", "/applications/{correction}", "agent"),
    Kind("correction", "/applications/{correction}/correction", "agent"),
    Kind("correction-material", "/applications/{correction}/materials", "agent"),
    Kind("case-refused", "/applications/{refused}", "agent"),
    *(
        Kind(f"case-{state}", f"/applications/{{{state}}}", "agent2")
        for state in ("received", "accepted", "reviewing", "deciding", "granted", "withdrawn", "not_accepted")
    ),
    Kind("case-on-notice", "/applications/{on_notice}", "agent2"),
    Kind("objection", "/notices/{notice}/object", "agent"),
    Kind("objection-empty", "/notices/{notice}/object", "agent", then=press("Lodge the objection")),
    Kind("withdraw", "/applications/{received}/withdraw", "agent2"),
    Kind(
        "withdraw-without-reason",
        "/applications/{received}/withdraw",
        "agent2",
        then=press("Withdraw the application"),
    ),
    Kind("discard", "/applications/{draft}/discard", "agent"),
    Kind("discard-handed-in", "/applications/{received}/discard", "agent2"),
    Kind("discarded", "/applications?state=draft&discarded=now", "agent"),
    Kind("messages", "/messages", "agent2"),
    Kind("messages-none", "/messages", "auditor"),
    Kind("messages-of-resident", "/messages", "resident", rare=True),
    Kind("forbidden", "/desk", "agent", status=403),
    Kind("somebody-elses-case", "/applications/{received}", "agent", status=404),
)
DESK = (
    Kind("home-of-official", "/", "window"),
    Kind("queue", "/desk", "window"),
    Kind("queue-filtered", "/desk?q=zzzz&kind=intake&light=red", "window"),
    Kind("queue-mine", "/desk?state=mine", "window"),
    Kind("queue-done", "/desk?state=done", "window"),
    Kind("queue-in-correction", "/desk?state=correction", "window"),
    Kind("queue-of-overseer", "/desk", "manager"),
    Kind("handovers", "/handovers", "manager"),
    Kind("handovers-none", "/handovers?state=stuck", "manager"),
    Kind("desk-case-unclaimed", "/desk/cases/{unclaimed}", "window"),
    Kind("desk-case-of-overseer", "/desk/cases/{unclaimed}", "auditor"),
    Kind("desk-case-audit", "/desk/cases/{unclaimed}?tab=audit", "auditor"),
    Kind("desk-case-claimed", "/desk/cases/{received}", "window"),
    Kind("desk-case-opinions", "/desk/cases/{refused}?tab=opinions", "approver"),
    Kind("desk-case-history", "/desk/cases/{granted}?tab=history", "approver"),
    Kind("desk-case-deadline", "/desk/cases/{deciding}?tab=deadline", "approver"),
    Kind("desk-case-on-notice", "/desk/cases/{on_notice}", "window"),
    Kind("desk-objections", "/desk/cases/{on_notice}/objections", "window"),
    Kind("accept", "/desk/cases/{received}/accept", "window"),
    Kind("decline", "/desk/cases/{received}/decline", "window"),
    Kind("decline-with-errors", "/desk/cases/{received}/decline", "window", then=press("Refuse intake")),
    Kind("request-correction", "/desk/cases/{received}/correction", "window"),
    Kind(
        "request-correction-with-errors",
        "/desk/cases/{received}/correction",
        "window",
        then=press("Preview the notice"),
    ),
    Kind("request-correction-preview", "/desk/cases/{received}/correction", "window", then=_preview),
    Kind("correct-on-the-spot", "/desk/cases/{received}/correct", "window"),
    Kind(
        "correct-on-the-spot-with-errors",
        "/desk/cases/{received}/correct?field=/answers/premises/room",
        "window",
        then=press("Correct and tell the applicant"),
        rare=True,
    ),
    Kind("review", "/desk/cases/{reviewing}/review", "reviewer"),
    Kind(
        "review-with-errors",
        "/desk/cases/{reviewing}/review",
        "reviewer",
        then=press("Give the opinion"),
    ),
    Kind("decide", "/desk/cases/{deciding}/decide", "approver"),
    Kind("decide-with-errors", "/desk/cases/{deciding}/decide", "approver", then=press("Sign the decision")),
)
OPERATORS = (
    Kind("stuck-events", "/stuck-events", "admin"),
    Kind("stuck-events-none", "/stuck-events?service=gateway", "admin"),
    Kind("stuck-events-of-auditor", "/stuck-events", "auditor"),
    Kind("stuck-event", "/stuck-events/notifications/{stuck}", "admin"),
    Kind("stuck-event-of-auditor", "/stuck-events/notifications/{stuck}", "auditor"),
    Kind(
        "discard-without-reason",
        "/stuck-events/notifications/{stuck}/discard",
        "admin",
        then=press("Discard for good"),
    ),
    Kind("calendar-year-of-admin", "/calendar/{next_year}", "admin"),
    Kind(
        "calendar-notice-with-errors",
        "/calendar/{next_year}/notice",
        "admin",
        then=press("Save and see what it changes"),
    ),
)


CREDIT = (
    Kind("credit-records", "/credit", "manager"),
    Kind("credit-record-enter", "/credit/enter", "manager"),
    Kind("credit-record-with-errors", "/credit/enter", "manager", then=press("Enter the record")),
    Kind("own-credit-records", "/credit", "agent"),
)
REGISTER = (
    Kind("register", "/register", "approver"),
    Kind("register-enterprise", "/register/91990101MA0DEM013U", "approver"),
    Kind(
        "register-suspend-with-errors",
        "/register/91990101MA0DEM013U",
        "approver",
        then=press("Enter the suspension"),
        rare=True,
    ),
)
PROMISES = (
    Kind("way-of-applying", "/applications/{fire_draft}/route", "agent2"),
    Kind("check-with-promise", "/applications/{fire_promise}/check", "agent2"),
    Kind("case-promised", "/applications/{fire_granted}", "agent2"),
    Kind("promise-check", "/desk/cases/{fire_granted}/check", "fireinspector"),
    Kind(
        "promise-check-with-errors",
        "/desk/cases/{fire_granted}/check",
        "fireinspector",
        then=press("Record the check"),
        rare=True,
    ),
)
MACHINES = (
    Kind("machines", "/machines", "agent"),
    Kind("machines-at-a-time", "/machines?starts_at={machine_from}&ends_at={machine_until}", "agent"),
    Kind("machines-with-error", "/machines?max_fen=much", "agent", status=422),
    Kind("machine", "/machines/{machine}?days=14", "agent"),
    Kind(
        "machine-with-errors",
        "/machines/{machine}/wish?starts_at=&ends_at={machine_until}",
        "agent",
        status=422,
    ),
    Kind(
        "machine-preview",
        "/machines/{machine}/wish?starts_at={machine_from}&ends_at={machine_until}&with_operator=true",
        "agent",
    ),
    Kind(
        "machine-taken",
        "/machines/{machine}/wish?starts_at={machine_taken_from}&ends_at={machine_taken_until}",
        "agent",
    ),
    Kind("machine-bookings", "/bookings", "agent"),
    Kind("statements", "/statements", "agent"),
    Kind("statement", "/statements/{statement}", "agent"),
    Kind("firm-payments-with-errors", "/firm-payments", "manager", then=press("Enter the payment")),
    Kind(
        "machine-correct-a-line",
        "/bookings/{machine_used}/charges/{machine_charge}/correct",
        "agent2",
        rare=True,
    ),
    Kind("machine-waitlist", "/waitlist", "agent", rare=True),
    Kind("machine-waiting", "/waitlist/{machine_waits}", "agent"),
    Kind(
        "machine-repeat",
        "/machines/{machine}/repeat?starts_at={machine_from}&ends_at={machine_until}",
        "agent",
        rare=True,
    ),
    Kind(
        "machine-repeat-preview",
        "/machines/{machine}/repeat/preview?starts_at={machine_taken_from}&ends_at={machine_taken_until}"
        "&every=DAILY&interval=1&month_by=date&count=4",
        "agent",
    ),
    Kind("machine-all-series", "/bookings/series", "agent", rare=True),
    Kind("machine-series", "/bookings/series/{machine_series}", "agent"),
    Kind("machine-series-change", "/bookings/series/{machine_series}/change", "agent", rare=True),
    Kind("machine-series-cancel", "/bookings/series/{machine_series}/cancel", "agent", rare=True),
    Kind("machine-check-in", "{machine_check_in}", "agent"),
    Kind("machine-check-in-void", "/machines/{machine}/check-in/void", "agent", status=403, rare=True),
    Kind("machine-utilisation", "/my-machines/utilisation", "agent2"),
    Kind("machine-booking-held", "/bookings/{machine_held}", "agent"),
    Kind("machine-booking-to-approve", "/bookings/{machine_pending}", "agent2"),
    Kind("machine-booking-move", "/bookings/{machine_confirmed}/move", "agent"),
    Kind("machine-feeds", "/bookings/feeds", "agent2"),
    Kind("machine-crews", "/my-machines/crews", "agent2"),
    Kind("machine-code", "/my-machines/{machine}/check-in-code", "agent2"),
    Kind("machine-booking-cancel", "/bookings/{machine_confirmed}/cancel", "agent"),
    Kind(
        "machine-booking-reject-with-error",
        "/bookings/{machine_pending}/reject",
        "agent2",
        then=press("Do not approve"),
    ),
    Kind("machine-used", "/bookings/{machine_used}", "agent"),
    Kind("machine-used-by-owner", "/bookings/{machine_used}", "agent2"),
    Kind("machine-quality", "/bookings/{machine_used}/quality", "agent2"),
    Kind(
        "machine-concession-with-errors",
        "/bookings/{machine_used}/propose",
        "agent",
        then=press("Propose"),
        rare=True,
    ),
    Kind("machine-report", "/bookings/{machine_used}/quality/report/upload", "agent2"),
    Kind("machine-rating", "/bookings/{machine_used}/rating", "agent"),
    Kind("machine-disputes", "/disputes", "operator"),
    Kind("machine-dispute", "/disputes/{machine_dispute}", "agent2"),
    Kind(
        "machine-dispute-with-errors", "/disputes/{machine_dispute}", "agent", then=press("Offer"), rare=True
    ),
    Kind("firm-ratings", "/firms/{lender}/ratings", "agent"),
    Kind("machine-rating-answer", "/ratings/{machine_rating}/answer", "agent2", rare=True),
    Kind("own-machines", "/my-machines", "agent2"),
    Kind("own-machine", "/my-machines/{machine}", "agent2"),
    Kind("own-machine-add", "/my-machines/add", "agent2"),
    Kind("own-machine-with-errors", "/my-machines/add", "agent2", then=press("Save as a draft")),
    Kind("own-machine-edit", "/my-machines/{machine}/edit", "agent2"),
    Kind("own-machine-prices", "/my-machines/{machine}/prices", "agent2"),
    Kind(
        "own-machine-closures-with-errors",
        "/my-machines/{machine}/closures",
        "agent2",
        then=press("Close it"),
        rare=True,
    ),
)
TIME = (
    Kind("case-standing-still", "/applications/{stopped}", "agent"),
    Kind("case-extended", "/applications/{extended}", "agent2"),
    Kind("queue-standing-still", "/desk?light=suspended", "reviewer"),
    Kind("supervision", "/supervision", "reviewer"),
    Kind("desk-case-standing-still", "/desk/cases/{stopped}", "reviewer"),
    Kind("desk-case-moves", "/desk/cases/{extended}?tab=deadline", "reviewer"),
    Kind("procedure", "/desk/cases/{stopped}/procedure", "reviewer"),
    Kind(
        "procedure-with-errors",
        "/desk/cases/{stopped}/procedure",
        "reviewer",
        then=press("Start and tell the applicant"),
    ),
    Kind("procedure-end", "/desk/cases/{stopped}/procedure/hearing/end", "reviewer"),
    Kind("extension", "/desk/cases/{extendable}/extension", "reviewer"),
    Kind(
        "extension-with-errors",
        "/desk/cases/{extendable}/extension",
        "reviewer",
        then=press("Ask for the extension"),
    ),
    Kind("extension-decide", "/desk/cases/{asked}/extension/decide", "approver"),
    Kind(
        "extension-decide-with-errors",
        "/desk/cases/{asked}/extension/decide",
        "approver",
        then=press("Decide"),
    ),
    Kind("revocation", "/desk/cases/{granted}/revocation", "reviewer"),
    Kind(
        "revocation-with-errors",
        "/desk/cases/{granted}/revocation",
        "reviewer",
        then=press("Propose and tell the holder"),
    ),
    Kind("revocation-withdraw", "/desk/cases/{proposed}/revocation/withdraw", "reviewer"),
    Kind("objection", "/applications/{proposed}/objection", "agent2"),
    Kind("revocation-decide", "/desk/cases/{heard}/revocation/decide", "approver"),
    Kind("delivery", "/desk/cases/{granted}/delivery", "window"),
    Kind(
        "delivery-with-errors",
        "/desk/cases/{granted}/delivery",
        "window",
        then=press("Record the delivery"),
    ),
)
"""Pages about what moves the dates of a case; looked at among the slow tests."""

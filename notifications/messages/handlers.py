"""What the inbox hears: every step of a case becomes a message to its applicant.

A date that moves also concerns the official who has claimed the case. Of a booking both sides are told.
"""

from collections.abc import Mapping
from uuid import UUID

from notifications.messages.booking_facts import booking_facts, series_facts
from notifications.messages.commands import copy_manager, tell
from notifications.messages.facts import case_facts
from notifications.messages.parking_facts import charge_facts, pass_facts, payment_facts, reservation_facts
from notifications.messages.queries import managers
from notifications.templates.catalogue import Catalogue
from shared.messaging.envelope import Event
from shared.service import EventHandler
from shared.transaction import Transaction

CASE_SERVICES = ("enterprise",)
CASE_STEPS = (
    "submitted",
    "correction-requested",
    "correction-answered",
    "accepted",
    "declined",
    "reviewed",
    "decided",
    "withdrawn",
    "procedure-started",
    "procedure-ended",
    "extended",
    "delivered",
    "paid",
    "overdue-explained",
    "corrected-on-the-spot",
    "promise-checked",
    "correction-ordered",
    "promise-broken",
    "revocation-proposed",
    "revocation-withdrawn",
    "revocation-dropped",
    "revoked",
    "handed-over",
    "withdrawal-refused",
    "notice-published",
    "notice-ended",
    "objection-lodged",
    "filing-lapsed",
    "filed",
    "renewal-due",
    "deemed-renewed",
)
REDATED = "redated"
WARNED = "warned"
ROLES_CHANGED = "yuanban.gateway.account.roles-changed.v1"
GAP_STEPS = ("made-up", "make-up-redated", "terminated")
"""Steps of a case with gaps: the official who examines it is told, too."""
OBJECTION = "objection-stated"
STUCK = "handover-stuck"
MACHINE_STEPS = (
    "requested",
    "confirmed",
    "approved",
    "rejected",
    "moved",
    "cancelled",
    "expired",
    "started",
    "finished",
    "missed",
    "corrected",
)
SERIES_STEPS = (
    "requested",
    "confirmed",
    "approved",
    "rejected",
    "cancelled",
    "changed",
    "extended",
    "expired",
)
AFTER_USE_STEPS = (
    "quality-recorded",
    "quality-accepted",
    "concession-proposed",
    "concession-agreed",
    "concession-ended",
    "dispute-opened",
    "dispute-stated",
    "settlement-proposed",
    "settlement-ended",
    "dispute-settled",
    "dispute-decided",
    "dispute-withdrawn",
    "rated",
    "ratings-shown",
    "rating-answered",
    "rating-hidden",
)
"""Steps of a machine booking of which only the other side is told; both, where neither has taken them."""

PASS_STEPS = ("bought", "renewed", "ending", "expired", "lapsed", "suspended", "resumed")

CHARGE_STEPS = ("ended", "overstaying")

PARKING, CASH = "parking", "cash"


def tell_applicant(tx: Transaction, event: Event) -> None:
    """Word the step and put it into the applicant's inbox, with a link to the case."""
    _, _, aggregate, step, _ = event.type.split(".")
    wording = tx.resource(Catalogue).word(f"{aggregate}.{step}", case_facts(event.data))
    link = f"/applications/{event.data['case_id']}"
    tell(tx, event, event.data["applicant_account_id"], wording, link)


def tell_of_new_date(tx: Transaction, event: Event) -> None:
    """Tell the applicant, and the official who holds the claim where one does.

    The date of a stage alone is the officials' business.
    """
    facts = case_facts(event.data)
    if not facts["answer_stays"] or facts["moved"] is not None:
        tell_applicant(tx, event)
    official = event.data["redating"]["claimed_by"]
    if official is not None:
        wording = tx.resource(Catalogue).word("claimed-case.redated", facts)
        tell(tx, event, official, wording, f"/desk/cases/{event.data['case_id']}")


def tell_of_warning(tx: Transaction, event: Event) -> None:
    """Tell the official who holds the claim; when a limit was missed, those who manage the park too.

    Whoever is both is told once.
    """
    warning = event.data["warning"]
    told = {warning["claimed_by"]} - {None}
    if warning["light"] != "yellow":
        told.update(managers(tx.session))
    wording = tx.resource(Catalogue).word("case.warned", case_facts(event.data))
    for recipient in sorted(told):
        tell(tx, event, recipient, wording, f"/desk/cases/{event.data['case_id']}")


def keep_manager(tx: Transaction, event: Event) -> None:
    """Remember who manages the park."""
    copy_manager(tx, event)


def tell_both(tx: Transaction, event: Event) -> None:
    """Tell the applicant, and the official who examines the case where one does."""
    tell_applicant(tx, event)
    official = event.data["claimed_by"]
    if official is not None:
        step = event.type.split(".")[3]
        wording = tx.resource(Catalogue).word(f"claimed-case.{step}", case_facts(event.data))
        tell(tx, event, official, wording, f"/desk/cases/{event.data['case_id']}")


def tell_of_objection(tx: Transaction, event: Event) -> None:
    """Tell the applicant that it has arrived, and the officials concerned that the holder has spoken."""
    tell_applicant(tx, event)
    wording = tx.resource(Catalogue).word("claimed-case.objection-stated", case_facts(event.data))
    for official in event.data["revocation"]["officials"]:
        tell(tx, event, official, wording, f"/desk/cases/{event.data['case_id']}")


def tell_of_stuck(tx: Transaction, event: Event) -> None:
    """Tell the applicant, and those who manage the park: they are the ones who can let it go on."""
    tell_applicant(tx, event)
    wording = tx.resource(Catalogue).word("managed-case.handover-stuck", case_facts(event.data))
    for manager in sorted(set(managers(tx.session)) - {event.data["applicant_account_id"]}):
        tell(tx, event, manager, wording, "/handovers?state=stuck")


def tell_both_sides(tx: Transaction, event: Event) -> None:
    """Tell whoever has booked a machine, and whoever has listed it; of a series they are told as a whole."""
    if not event.data["in_series"]:
        facts, link = booking_facts(event.data), f"/bookings/{event.data['booking_id']}"
        _tell_sides(tx, event, ("machine-booking", "machine-order"), facts, link)


def tell_of_series(tx: Transaction, event: Event) -> None:
    """The same of a step of a whole series."""
    facts, link = series_facts(event.data), f"/bookings/series/{event.data['series_id']}"
    _tell_sides(tx, event, ("machine-series", "machine-series-order"), facts, link)


def _tell_sides(
    tx: Transaction, event: Event, keys: tuple[str, str], facts: Mapping[str, object], link: str
) -> None:
    step = event.type.split(".")[3]
    words = tx.resource(Catalogue).word
    for key, side in zip(keys, ("customer", "owner"), strict=True):
        recipient = event.data[f"{side}_account_id"]
        if recipient is not None:
            tell(tx, event, recipient, words(f"{key}.{step}", facts), link)


def tell_of_offer(tx: Transaction, event: Event) -> None:
    """Tell whoever has waited for a machine that it is held for them, and until when."""
    if event.data["customer_account_id"] is not None:
        wording = tx.resource(Catalogue).word("machine-booking.offered", booking_facts(event.data))
        link = f"/bookings/{event.data['booking_id']}"
        tell(tx, event, event.data["customer_account_id"], wording, link)


def tell_other_side(tx: Transaction, event: Event) -> None:
    """Tell the side of a machine booking that has not taken the step; both, where neither has."""
    step = event.type.split(".")[3]
    words, link = tx.resource(Catalogue).word, f"/bookings/{event.data['booking_id']}"
    wording = words(f"machine-after-use.{step}", booking_facts(event.data))
    accounts = {"customer": event.data["customer_account_id"], "provider": event.data["owner_account_id"]}
    told = {account for side, account in accounts.items() if side != event.data["by"] and account is not None}
    for account in sorted(told):
        tell(tx, event, account, wording, link)


def tell_holder(tx: Transaction, event: Event) -> None:
    """Tell whoever has bought a pass for parking."""
    _, _, aggregate, step, _ = event.type.split(".")
    wording = tx.resource(Catalogue).word(f"{aggregate}.{step}", pass_facts(event.data))
    tell(tx, event, event.data["holder_id"], wording, f"/parking/passes/{event.data['pass_id']}")


def tell_payer(tx: Transaction, event: Event) -> None:
    """Tell whoever has paid for a stay while they were signed in; of a pass they are told otherwise."""
    if event.data["subject"] == "stay":
        _tell_of_money(tx, event, "parking-payment.received", event.data["payment_id"])


def tell_of_refund(tx: Transaction, event: Event) -> None:
    """Tell whoever has paid that money comes back."""
    _tell_of_money(tx, event, "parking-refund.made", event.data["refunds"])


def _tell_of_money(tx: Transaction, event: Event, key: str, receipt: UUID) -> None:
    """Cash is the cashier's doing: who has handed it over is not known."""
    payer = event.data["account_id"]
    if payer is not None and event.data["provider"] != CASH:
        wording = tx.resource(Catalogue).word(key, payment_facts(event.data))
        tell(tx, event, payer, wording, f"/parking/receipts/{receipt}")


def tell_of_charge(tx: Transaction, event: Event) -> None:
    """Tell everybody who had registered the plate before the car came that it stands on after charging."""
    _, _, aggregate, step, _ = event.type.split(".")
    wording = tx.resource(Catalogue).word(f"{aggregate}.{step}", charge_facts(event.data))
    for account in event.data["accounts"]:
        tell(tx, event, account, wording, f"/parking/stays/{event.data['stay_id']}")


def tell_of_missed_reservation(tx: Transaction, event: Event) -> None:
    """Tell whoever has reserved a bay that it was let go of, since the car has not come."""
    if event.data["trade"] == PARKING and event.data["account_id"] is not None:
        wording = tx.resource(Catalogue).word("parking-reservation.missed", reservation_facts(event.data))
        tell(
            tx, event, event.data["account_id"], wording, f"/parking/reservations/{event.data['booking_id']}"
        )


def handlers() -> Mapping[str, EventHandler]:
    """Event type → function."""
    steps = {
        **dict.fromkeys(CASE_STEPS, tell_applicant),
        **dict.fromkeys(GAP_STEPS, tell_both),
        REDATED: tell_of_new_date,
        WARNED: tell_of_warning,
        OBJECTION: tell_of_objection,
        STUCK: tell_of_stuck,
    }
    of_cases = {
        f"yuanban.{service}.case.{step}.v1": handler
        for service in CASE_SERVICES
        for step, handler in steps.items()
    }
    of_machines = {f"yuanban.production.machine-booking.{step}.v1": tell_both_sides for step in MACHINE_STEPS}
    of_machines["yuanban.production.machine-booking.offered.v1"] = tell_of_offer
    of_machines |= {
        f"yuanban.production.machine-booking.{step}.v1": tell_other_side for step in AFTER_USE_STEPS
    }
    of_series = {f"yuanban.production.machine-series.{step}.v1": tell_of_series for step in SERIES_STEPS}
    of_parking = {
        **{f"yuanban.living.parking-pass.{step}.v1": tell_holder for step in PASS_STEPS},
        **{f"yuanban.living.parking-charge.{step}.v1": tell_of_charge for step in CHARGE_STEPS},
        "yuanban.living.parking-payment.received.v1": tell_payer,
        "yuanban.living.parking-refund.made.v1": tell_of_refund,
        "yuanban.living.booking.missed.v1": tell_of_missed_reservation,
    }
    return {**of_cases, **of_machines, **of_series, **of_parking, ROLES_CHANGED: keep_manager}

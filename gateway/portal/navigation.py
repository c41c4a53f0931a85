"""The main menu and what every template may use."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l

from gateway.portal.access import may_apply
from gateway.portal.context import Json, current_language, current_person, current_settings
from gateway.portal.credit_access import oversees_credit
from gateway.portal.desk_access import office_of, on_the_desk
from gateway.portal.machines.access import acts_for_a_firm, enters_payments, sees_bookings, sees_disputes
from gateway.portal.parking.operating.access import watches_car_parks
from gateway.portal.security import local_path
from gateway.portal.services import gaps
from gateway.portal.stuck_access import sees_stuck_events
from shared.text import LANGUAGES


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the main menu; `shown` decides by the signed-in person (None for a visitor)."""

    endpoint: str
    label: object
    icon: str
    shown: Callable[[Json | None], bool]
    section: str
    """Pages whose path starts with this belong to the entry and mark it as the current one."""

    @property
    def url(self) -> str:
        """Where the entry leads."""
        return url_for(self.endpoint)

    @property
    def current(self) -> bool:
        """Whether the page being shown belongs to this entry."""
        return max((each.section for each in MENU if each.holds_page), key=len, default="") == self.section

    @property
    def holds_page(self) -> bool:
        """Whether the page being shown lies below this entry; the entry nearest to it is the current one."""
        inside = self.section != "/" and request.path.startswith(f"{self.section}/")
        return inside or request.path == self.section


def _everybody(_person: Json | None) -> bool:
    return True


def _signed_in(person: Json | None) -> bool:
    return person is not None


MENU = (
    MenuEntry("portal.public.home", _l("Home"), "home", _everybody, "/"),
    MenuEntry("portal.desk.queue", _l("Work queue"), "inbox", on_the_desk, "/desk"),
    MenuEntry("portal.supervision.index", _l("Supervision"), "eye", on_the_desk, "/supervision"),
    MenuEntry("portal.handovers.index", _l("Hand-overs"), "send", on_the_desk, "/handovers"),
    MenuEntry("portal.stuck.index", _l("Stuck events"), "hand-stop", sees_stuck_events, "/stuck-events"),
    MenuEntry("portal.calendar.index", _l("Working calendar"), "calendar", sees_stuck_events, "/calendar"),
    MenuEntry("portal.credit.index", _l("Credit records"), "scale", oversees_credit, "/credit"),
    MenuEntry("portal.register.index", _l("Register"), "building", on_the_desk, "/register"),
    MenuEntry("portal.public.items", _l("Services"), "clipboard-list", _everybody, "/items"),
    MenuEntry("portal.applications.mine", _l("My applications"), "files", may_apply, "/applications"),
    MenuEntry("portal.machines.index", _l("Shared machines"), "building-factory", _everybody, "/machines"),
    MenuEntry(
        "portal.machine_bookings.index", _l("Machine bookings"), "calendar-event", sees_bookings, "/bookings"
    ),
    MenuEntry("portal.machine_disputes.index", _l("Disputes"), "gavel", sees_disputes, "/disputes"),
    MenuEntry("portal.own_machines.index", _l("Our machines"), "tools", acts_for_a_firm, "/my-machines"),
    MenuEntry("portal.statements.index", _l("Statements"), "receipt", sees_bookings, "/statements"),
    MenuEntry(
        "portal.firm_payments.index", _l("Payments of firms"), "coin", enters_payments, "/firm-payments"
    ),
    MenuEntry("portal.parking.index", _l("Parking"), "car", _everybody, "/parking"),
    MenuEntry(
        "portal.operating.index",
        _l("Run car parks"),
        "adjustments",
        watches_car_parks,
        "/parking/operating",
    ),
    MenuEntry("portal.messages.inbox", _l("Messages"), "bell", _signed_in, "/messages"),
    MenuEntry("portal.notices.index", _l("Public notices"), "flag", _everybody, "/notices"),
    MenuEntry("portal.verify.ask", _l("Verify a certificate"), "shield-check", _everybody, "/verify"),
    MenuEntry("portal.public.help_page", _l("Help"), "help-circle", _everybody, "/help"),
)


def register(app: Flask) -> None:
    """Give every template the menu, the reader, the language and the installation's settings."""
    app.context_processor(_globals)
    app.add_template_filter(local_path, "local_link")


def _globals() -> dict[str, object]:
    person = current_person()
    language = current_language()
    return {
        "menu": [entry for entry in MENU if entry.shown(person)],
        "person": person,
        "may_apply": may_apply(person),
        "office": office_of(person),
        "language": language,
        "html_language": "zh-CN" if language == "zh" else "en",
        "other_language": next(each for each in LANGUAGES if each != language),
        "site": current_settings(),
        "gaps": gaps,
        "here": request.full_path.rstrip("?") if request.method == "GET" else request.path,
    }

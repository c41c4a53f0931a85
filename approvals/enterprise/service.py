"""The service `enterprise`: setting up companies, and the register of enterprises."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from approvals.applications import api as applications
from approvals.applications.answers import Checker
from approvals.applications.commands import INTAKE_TIMER, Filings
from approvals.applications.given import Register
from approvals.calendar import api as calendar
from approvals.calendar.events import calendar_published
from approvals.calendar.in_force import CalendarInForce
from approvals.calendar.queries import tell_all as tell_calendar
from approvals.calendar.redating import REDATE_TIMER, ROUND_TIMER, go_round, redate
from approvals.casefile import api as casefile
from approvals.cases.clock import Thresholds
from approvals.cases.deadline import Deadlines
from approvals.cases.warnings import WARNING_TIMER
from approvals.certificates import api as certificates
from approvals.certificates.ending import revoke_of_case
from approvals.checks import api as checks
from approvals.cli import items as items_commands
from approvals.credit import api as credit
from approvals.decisions import api as decisions
from approvals.decisions.by_law import lapse as lapse_renewal
from approvals.decisions.commands import GrantEffects
from approvals.decisions.filing import file
from approvals.delivery import api as delivery
from approvals.desk import api as desk
from approvals.documents import api as documents
from approvals.documents.unused import UNUSED_TIMER, forget_let_go
from approvals.enterprise import api as register_api
from approvals.enterprise.changing import CHANGE, change_rules, register_change, restore
from approvals.enterprise.demo.seed import seed
from approvals.enterprise.deregistering import DEREGISTRATION, deregister
from approvals.enterprise.events import CONTRACTS, SERVICE
from approvals.enterprise.register import (
    ESTABLISHMENT,
    facts_of,
    has_ended,
    name_rules,
    permit,
    register_company,
    strike_off,
    tell_all,
)
from approvals.enterprise.standing import api as standing
from approvals.extensions import api as extensions
from approvals.funds import api as funds
from approvals.gaps import api as gaps
from approvals.gaps.commands import MAKE_UP_TIMER
from approvals.gaps.commands import wake as wake_gaps
from approvals.handovers.commands import FETCH, POLL, SEND
from approvals.handovers.connecting import connect
from approvals.handovers.port import Connections
from approvals.handovers.sending import SendErrand
from approvals.handovers.simulator.cli import tax_simulator
from approvals.intake import api as intake
from approvals.intake.commands import lapse
from approvals.items import api as items
from approvals.items.catalogue import Catalogue
from approvals.items.loader import load_catalogue
from approvals.items.model import Item
from approvals.notices import api as notices
from approvals.notices.commands import NOTICE_TIMER, wake
from approvals.overdue import api as overdue
from approvals.procedures import api as procedures
from approvals.promises import api as promises
from approvals.renewals.commands import LAPSE_TIMER, REMIND_TIMER, remind
from approvals.revocations import api as revocations
from approvals.revocations.effects import RevokeEffects
from approvals.spot import api as spot
from approvals.supervision import api as supervision
from approvals.supervision.commands import warn
from approvals.tracking import api as tracking
from approvals.tracking.asking import FetchErrand, PollErrand
from shared.calendar import WorkCalendar, load_default_calendar
from shared.config import Settings
from shared.errors import FieldError
from shared.service import Fact, Service
from shared.text import Text


@cache
def _catalogue() -> Catalogue:
    """The shipped items: immutable, and a good while to read."""
    return load_catalogue()


@cache
def _calendar() -> WorkCalendar:
    """The shipped calendar, which never changes."""
    return load_default_calendar()


def _register_rules(session: Session, item: Item, values: Mapping[str, Any]) -> list[FieldError]:
    """What only the register can say about an application, by its item."""
    rules = {ESTABLISHMENT: name_rules, CHANGE: change_rules}.get(item.slug)
    return rules(session, item, values) if rules else []


def _resources(settings: Settings) -> Mapping[type, object]:
    return {
        Catalogue: _catalogue(),
        Deadlines: Deadlines(
            CalendarInForce(_calendar()).of,
            Thresholds(Fraction(settings.yellow_share), settings.yellow_days),
        ),
        Checker: Checker(_register_rules),
        GrantEffects: GrantEffects(
            {ESTABLISHMENT: register_company, CHANGE: register_change, DEREGISTRATION: deregister},
            otherwise=permit,
        ),
        RevokeEffects: RevokeEffects({ESTABLISHMENT: strike_off, CHANGE: restore}, otherwise=revoke_of_case),
        Register: Register(facts_of, has_ended),
        Connections: connect(settings),
        Filings: Filings(file),
    }


def _tell_all(session: Session) -> Iterator[Fact]:
    yield from tell_all(session)
    yield from tell_calendar(session, calendar_published(SERVICE))


service = Service(
    name=SERVICE,
    title=Text("企业设立与经营许可", "Enterprise approvals"),
    migrations=(
        "shared:migrations/versions",
        "approvals:migrations/versions",
        "approvals.enterprise:migrations/versions",
    ),
    blueprints=lambda: (
        items.blueprint,
        applications.blueprint,
        casefile.blueprint,
        documents.blueprint,
        intake.blueprint,
        desk.blueprint,
        procedures.blueprint,
        notices.blueprint,
        extensions.blueprint,
        gaps.blueprint,
        spot.blueprint,
        decisions.blueprint,
        delivery.blueprint,
        funds.blueprint,
        overdue.blueprint,
        supervision.blueprint,
        revocations.blueprint,
        tracking.blueprint,
        certificates.blueprint,
        calendar.blueprint,
        credit.blueprint,
        promises.blueprint,
        checks.blueprint,
        register_api.blueprint,
        standing.blueprint,
    ),
    publishes=CONTRACTS,
    timers={
        INTAKE_TIMER: lapse,
        MAKE_UP_TIMER: wake_gaps,
        UNUSED_TIMER: forget_let_go,
        ROUND_TIMER: go_round,
        REDATE_TIMER: redate,
        WARNING_TIMER: warn,
        NOTICE_TIMER: wake,
        LAPSE_TIMER: lapse_renewal,
        REMIND_TIMER: remind,
    },
    errands={SEND: SendErrand(), POLL: PollErrand(), FETCH: FetchErrand()},
    backfill=_tell_all,
    resources=_resources,
    seed=seed,
    commands=(items_commands, tax_simulator),
)

"""The production service (生产服务): it serves the production of the park's firms."""

from facilities.capacity.auditing.cli import capacity
from facilities.capacity.bookings.ending import miss, wake
from facilities.capacity.bookings.events import booking_contracts
from facilities.capacity.bookings.keeping import EXPIRY_TIMER, NO_SHOW_TIMER
from facilities.capacity.waiting.commands import TIMERS, waitlists
from facilities.enterprises.api import blueprint
from facilities.production.machines import api as machines
from facilities.production.machines.bookings import api as machine_bookings
from facilities.production.machines.checkin import api as check_ins
from facilities.production.machines.demo import DEMO_TIMER, enter_demo
from facilities.production.machines.disputes import api as disputes
from facilities.production.machines.ended_firms import (
    ROUND_TIMER,
    STEP_TIMER,
    WAITING_TIMER,
    cancel_one,
    go_round,
    stop_waiting,
)
from facilities.production.machines.events import CONTRACTS, SERVICE
from facilities.production.machines.feeds import api as feeds
from facilities.production.machines.handlers import handlers
from facilities.production.machines.model import TRADE
from facilities.production.machines.quality import api as quality
from facilities.production.machines.quality.commands import QUALITY_TIMER, nobody_answered
from facilities.production.machines.ratings import api as ratings
from facilities.production.machines.ratings.revealing import RATING_TIMER, limit_is_over
from facilities.production.machines.series import api as machine_series
from facilities.production.machines.series.commands import EXTENSION_TIMER, extend
from facilities.production.machines.series.events import CONTRACTS as SERIES_CONTRACTS
from facilities.production.machines.utilisation import api as utilisation
from facilities.production.machines.waiting import api as machine_waitlist
from facilities.production.machines.waiting.commands import MachineWaitlist
from facilities.production.payments import api as payments
from facilities.production.statements import api as statements
from facilities.production.statements.closing import close_month
from facilities.production.statements.commands import MONTH_TIMER
from shared.service import Service
from shared.text import Text

service = Service(
    name=SERVICE,
    title=Text("生产服务", "Production services"),
    migrations=(
        "shared:migrations/versions",
        "facilities:migrations/versions",
        "facilities.production:migrations/versions",
    ),
    blueprints=lambda: [
        blueprint(),
        machines.blueprint,
        machine_bookings.blueprint,
        machine_series.blueprint,
        machine_waitlist.blueprint,
        check_ins.blueprint,
        feeds.blueprint,
        quality.blueprint,
        disputes.blueprint,
        ratings.blueprint,
        statements.blueprint,
        payments.blueprint,
        utilisation.blueprint,
    ],
    publishes=(*booking_contracts(SERVICE).values(), *CONTRACTS, *SERIES_CONTRACTS.values()),
    handlers=handlers(),
    timers={
        EXPIRY_TIMER: wake,
        NO_SHOW_TIMER: miss,
        ROUND_TIMER: go_round,
        STEP_TIMER: cancel_one,
        WAITING_TIMER: stop_waiting,
        DEMO_TIMER: enter_demo,
        EXTENSION_TIMER: extend,
        MONTH_TIMER: close_month,
        **TIMERS,
        QUALITY_TIMER: nobody_answered,
        RATING_TIMER: limit_is_over,
    },
    resources=lambda _settings: waitlists({TRADE: MachineWaitlist()}),
    commands=(capacity,),
)

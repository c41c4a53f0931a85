"""The production service (生产服务): it serves the production of the park's firms."""

from facilities.capacity.auditing.cli import capacity
from facilities.capacity.bookings.ending import wake
from facilities.capacity.bookings.events import booking_contracts
from facilities.capacity.bookings.keeping import EXPIRY_TIMER
from facilities.enterprises.api import blueprint
from facilities.production.machines import api as machines
from facilities.production.machines.bookings import api as machine_bookings
from facilities.production.machines.demo import DEMO_TIMER, enter_demo
from facilities.production.machines.disputes import api as disputes
from facilities.production.machines.ended_firms import ROUND_TIMER, STEP_TIMER, cancel_one, go_round
from facilities.production.machines.events import CONTRACTS, SERVICE
from facilities.production.machines.handlers import handlers
from facilities.production.machines.quality import api as quality
from facilities.production.machines.quality.commands import QUALITY_TIMER, nobody_answered
from facilities.production.machines.ratings import api as ratings
from facilities.production.machines.ratings.revealing import RATING_TIMER, limit_is_over
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
        quality.blueprint,
        disputes.blueprint,
        ratings.blueprint,
    ],
    publishes=(*booking_contracts(SERVICE).values(), *CONTRACTS),
    handlers=handlers(),
    timers={
        EXPIRY_TIMER: wake,
        ROUND_TIMER: go_round,
        STEP_TIMER: cancel_one,
        DEMO_TIMER: enter_demo,
        QUALITY_TIMER: nobody_answered,
        RATING_TIMER: limit_is_over,
    },
    commands=(capacity,),
)

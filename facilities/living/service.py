"""The living service (生活服务): it serves the people of the park."""

from facilities.capacity.auditing.cli import capacity
from facilities.capacity.bookings.ending import miss, wake
from facilities.capacity.bookings.events import booking_contracts
from facilities.capacity.bookings.keeping import EXPIRY_TIMER, NO_SHOW_TIMER
from facilities.capacity.freeing import WhenFreed
from facilities.enterprises.api import blueprint
from facilities.living.parking.rights.cars import api as cars
from facilities.living.parking.rights.events import CONTRACTS, SERVICE
from facilities.living.parking.rights.handlers import handlers
from facilities.living.parking.rights.passes import api as passes
from facilities.living.parking.rights.passes.reminding import END_TIMER, REMINDER_TIMER, end, remind
from facilities.living.parking.rights.quotas import api as quotas
from facilities.living.parking.rights.quotas.commands import ROUND_TIMER, SETTLE_TIMER, go_round, settle
from facilities.living.parking.rights.reservations import api as reservations
from facilities.living.parking.rights.visitors import api as visitors
from shared.service import Service
from shared.text import Text

service = Service(
    name=SERVICE,
    title=Text("生活服务", "Living services"),
    migrations=(
        "shared:migrations/versions",
        "facilities:migrations/versions",
        "facilities.living:migrations/versions",
    ),
    blueprints=lambda: [
        blueprint(),
        cars.blueprint,
        reservations.blueprint,
        passes.blueprint,
        quotas.blueprint,
        visitors.blueprint,
    ],
    publishes=(*booking_contracts(SERVICE).values(), *CONTRACTS),
    handlers=handlers(),
    timers={
        EXPIRY_TIMER: wake,
        NO_SHOW_TIMER: miss,
        REMINDER_TIMER: remind,
        END_TIMER: end,
        ROUND_TIMER: go_round,
        SETTLE_TIMER: settle,
    },
    resources=lambda _settings: {WhenFreed: WhenFreed()},
    commands=(capacity,),
)

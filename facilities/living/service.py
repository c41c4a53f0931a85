"""The living service (生活服务): it serves the people of the park."""

from facilities.capacity.auditing.cli import capacity
from facilities.capacity.bookings.ending import miss, wake
from facilities.capacity.bookings.events import booking_contracts
from facilities.capacity.bookings.keeping import EXPIRY_TIMER, NO_SHOW_TIMER
from facilities.capacity.freeing import WhenFreed
from facilities.enterprises.api import blueprint
from facilities.enterprises.handlers import handlers
from facilities.living.parking.rights.cars import api as cars
from facilities.living.parking.rights.reservations import api as reservations
from shared.service import Service
from shared.text import Text

service = Service(
    name="living",
    title=Text("生活服务", "Living services"),
    migrations=(
        "shared:migrations/versions",
        "facilities:migrations/versions",
        "facilities.living:migrations/versions",
    ),
    blueprints=lambda: [blueprint(), cars.blueprint, reservations.blueprint],
    publishes=(*booking_contracts("living").values(),),
    handlers=handlers(),
    timers={EXPIRY_TIMER: wake, NO_SHOW_TIMER: miss},
    resources=lambda _settings: {WhenFreed: WhenFreed()},
    commands=(capacity,),
)

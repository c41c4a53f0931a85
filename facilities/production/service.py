"""The production service (生产服务): it serves the production of the park's firms."""

from facilities.capacity.auditing.cli import capacity
from facilities.capacity.bookings.ending import wake
from facilities.capacity.bookings.events import booking_contracts
from facilities.capacity.bookings.keeping import EXPIRY_TIMER
from facilities.enterprises.api import blueprint
from facilities.enterprises.handlers import handlers
from shared.service import Service
from shared.text import Text

SERVICE = "production"

service = Service(
    name=SERVICE,
    title=Text("生产服务", "Production services"),
    migrations=("shared:migrations/versions", "facilities:migrations/versions"),
    blueprints=lambda: [blueprint()],
    publishes=tuple(booking_contracts(SERVICE).values()),
    handlers=handlers(),
    timers={EXPIRY_TIMER: wake},
    commands=(capacity,),
)

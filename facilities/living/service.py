"""The living service (生活服务): it serves the people of the park."""

from facilities.capacity.auditing.cli import capacity
from facilities.capacity.freeing import WhenFreed
from facilities.enterprises.api import blueprint
from facilities.enterprises.handlers import handlers
from facilities.living.parking.gates import api as gates
from facilities.living.parking.gates.alarms import RAISED
from facilities.living.parking.occupancy.rolling import ROLL_TIMER, wake
from facilities.living.parking.stays.events import CONTRACTS as STAY_CONTRACTS
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
    blueprints=lambda: [blueprint(), gates.blueprint],
    publishes=(*STAY_CONTRACTS.values(), RAISED),
    handlers=handlers(),
    timers={ROLL_TIMER: wake},
    resources=lambda _settings: {WhenFreed: WhenFreed()},
    commands=(capacity,),
)

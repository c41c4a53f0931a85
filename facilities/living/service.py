"""The living service (生活服务): it serves the people of the park."""

from facilities.capacity.auditing.cli import capacity
from facilities.capacity.freeing import WhenFreed
from facilities.enterprises.api import blueprint
from facilities.enterprises.handlers import handlers
from facilities.living.parking.gates import api as gates
from facilities.living.parking.gates.alarms import RAISED
from facilities.living.parking.lanes import api as lanes
from facilities.living.parking.occupancy import api as occupancy
from facilities.living.parking.occupancy.rolling import CHECK_TIMER, ROLL_TIMER, wake
from facilities.living.parking.occupancy.stock import check
from facilities.living.parking.stays import api as stays
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
    blueprints=lambda: [
        blueprint(),
        gates.blueprint,
        lanes.blueprint,
        occupancy.blueprint,
        stays.blueprint,
    ],
    publishes=(*STAY_CONTRACTS.values(), RAISED),
    handlers=handlers(),
    timers={ROLL_TIMER: wake, CHECK_TIMER: check},
    resources=lambda _settings: {WhenFreed: WhenFreed()},
    commands=(capacity,),
)

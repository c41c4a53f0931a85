"""The living service (生活服务): it serves the people of the park."""

from facilities.capacity.auditing.cli import capacity
from facilities.capacity.freeing import WhenFreed
from facilities.enterprises.api import blueprint
from facilities.enterprises.handlers import handlers
from facilities.living.parking.lots import api as parking_lots
from facilities.living.parking.lots.demo import seed
from facilities.living.parking.lots.listings import api as parking_listings
from facilities.living.parking.lots.pricing import api as parking_tariffs
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
        parking_lots.blueprint,
        parking_tariffs.blueprint,
        parking_listings.blueprint,
    ],
    handlers=handlers(),
    seed=seed,
    resources=lambda _settings: {WhenFreed: WhenFreed()},
    commands=(capacity,),
)

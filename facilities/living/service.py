"""The living service (生活服务): it serves the people of the park."""

from collections.abc import Mapping

from facilities.capacity.auditing.cli import capacity
from facilities.capacity.freeing import WhenFreed
from facilities.enterprises.api import blueprint
from facilities.enterprises.handlers import handlers
from facilities.living.parking.lots import api as parking_lots
from facilities.living.parking.lots.demo import seed
from facilities.living.parking.lots.listings import api as parking_listings
from facilities.living.parking.lots.pricing import api as parking_tariffs
from facilities.living.parking.payments import api as parking_payments
from facilities.living.parking.payments.commands import ORDER_ERRAND
from facilities.living.parking.payments.coupons import api as parking_coupons
from facilities.living.parking.payments.days import api as parking_days
from facilities.living.parking.payments.days.commands import DayErrand
from facilities.living.parking.payments.entering import DAY_ERRAND
from facilities.living.parking.payments.events import CONTRACTS as PAYMENT_CONTRACTS
from facilities.living.parking.payments.model import PaidFor
from facilities.living.parking.payments.payables import Payables, Stays
from facilities.living.parking.payments.provider import Providers
from facilities.living.parking.payments.refunds import REFUND_ERRAND, RefundErrand
from facilities.living.parking.payments.sandbox import connect
from facilities.living.parking.payments.taking import OrderErrand
from shared.config import Settings
from shared.service import Service
from shared.text import Text


def _resources(settings: Settings) -> Mapping[type, object]:
    return {
        WhenFreed: WhenFreed(),
        Providers: connect(settings),
        Payables: Payables({PaidFor.STAY: Stays()}),
    }


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
        parking_payments.blueprint,
        parking_coupons.blueprint,
        parking_days.blueprint,
    ],
    publishes=tuple(PAYMENT_CONTRACTS.values()),
    handlers=handlers(),
    seed=seed,
    errands={ORDER_ERRAND: OrderErrand(), REFUND_ERRAND: RefundErrand(), DAY_ERRAND: DayErrand()},
    resources=_resources,
    commands=(capacity,),
)

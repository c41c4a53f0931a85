"""The living service (生活服务): it serves the people of the park."""

from collections.abc import Mapping

from facilities.capacity.auditing.cli import capacity
from facilities.capacity.bookings.ending import miss, wake
from facilities.capacity.bookings.events import booking_contracts
from facilities.capacity.bookings.keeping import EXPIRY_TIMER, NO_SHOW_TIMER
from facilities.capacity.freeing import WhenFreed
from facilities.enterprises.api import blueprint
from facilities.living.parking.charging import api as charging
from facilities.living.parking.charging.events import CONTRACTS as CHARGE_CONTRACTS
from facilities.living.parking.charging.following import OVERSTAY_TIMER, overstay
from facilities.living.parking.demo import DEMO_TIMER, enter_demo, seed
from facilities.living.parking.gates import api as gates
from facilities.living.parking.gates.alarms import RAISED
from facilities.living.parking.gates.cli import parking
from facilities.living.parking.lanes import api as lanes
from facilities.living.parking.lots import api as lots
from facilities.living.parking.lots.listings import api as listings
from facilities.living.parking.lots.pricing import api as tariffs
from facilities.living.parking.occupancy import api as occupancy
from facilities.living.parking.occupancy.checking import check
from facilities.living.parking.occupancy.rolling import CHECK_TIMER, ROLL_TIMER, roll_zone
from facilities.living.parking.payments import api as payments
from facilities.living.parking.payments.commands import ORDER_ERRAND
from facilities.living.parking.payments.coupons import api as coupons
from facilities.living.parking.payments.days import api as days
from facilities.living.parking.payments.days.commands import DayErrand
from facilities.living.parking.payments.entering import DAY_ERRAND
from facilities.living.parking.payments.events import CONTRACTS as PAYMENT_CONTRACTS
from facilities.living.parking.payments.model import PaidFor
from facilities.living.parking.payments.passes import PassPeriods
from facilities.living.parking.payments.payables import Payables, Stays
from facilities.living.parking.payments.provider import Providers
from facilities.living.parking.payments.refunds import REFUND_ERRAND, RefundErrand
from facilities.living.parking.payments.sandbox import connect
from facilities.living.parking.payments.taking import OrderErrand
from facilities.living.parking.rights.cars import api as cars
from facilities.living.parking.rights.events import CONTRACTS as RIGHT_CONTRACTS
from facilities.living.parking.rights.events import SERVICE
from facilities.living.parking.rights.handlers import handlers
from facilities.living.parking.rights.passes import api as passes
from facilities.living.parking.rights.passes.reminding import END_TIMER, REMINDER_TIMER, end, remind
from facilities.living.parking.rights.quotas import api as quotas
from facilities.living.parking.rights.quotas.commands import ROUND_TIMER, SETTLE_TIMER, go_round, settle
from facilities.living.parking.rights.reservations import api as reservations
from facilities.living.parking.rights.stays import api as own_stays
from facilities.living.parking.rights.visitors import api as visitors
from facilities.living.parking.stays import api as stays
from facilities.living.parking.stays.events import CONTRACTS as STAY_CONTRACTS
from shared.config import Settings
from shared.service import Service
from shared.text import Text


def _resources(settings: Settings) -> Mapping[type, object]:
    return {
        WhenFreed: WhenFreed(),
        Providers: connect(settings),
        Payables: Payables({PaidFor.STAY: Stays(), PaidFor.PASS: PassPeriods()}),
    }


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
        gates.blueprint,
        lanes.blueprint,
        occupancy.blueprint,
        charging.blueprint,
        stays.blueprint,
        lots.blueprint,
        tariffs.blueprint,
        listings.blueprint,
        payments.blueprint,
        coupons.blueprint,
        days.blueprint,
        cars.blueprint,
        reservations.blueprint,
        passes.blueprint,
        quotas.blueprint,
        visitors.blueprint,
        own_stays.blueprint,
    ],
    publishes=(
        *booking_contracts(SERVICE).values(),
        *STAY_CONTRACTS.values(),
        RAISED,
        *CHARGE_CONTRACTS.values(),
        *PAYMENT_CONTRACTS.values(),
        *RIGHT_CONTRACTS,
    ),
    handlers=handlers(),
    seed=seed,
    timers={
        EXPIRY_TIMER: wake,
        NO_SHOW_TIMER: miss,
        REMINDER_TIMER: remind,
        END_TIMER: end,
        ROUND_TIMER: go_round,
        SETTLE_TIMER: settle,
        ROLL_TIMER: roll_zone,
        CHECK_TIMER: check,
        OVERSTAY_TIMER: overstay,
        DEMO_TIMER: enter_demo,
    },
    errands={ORDER_ERRAND: OrderErrand(), REFUND_ERRAND: RefundErrand(), DAY_ERRAND: DayErrand()},
    resources=_resources,
    commands=(capacity, parking),
)

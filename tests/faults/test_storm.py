"""Everything at once, by chance: in the end all has come to rest and no promise is broken."""

import os
import random
from collections.abc import Callable

import pytest

from shared.testing.rabbitmq_node import RabbitNode
from shared.testing.tcp_proxy import proxied
from tests.faults.installation import Installation
from tests.faults.lines import broker_address, database_address
from tests.faults.storm import KINDS, Storm, plan

SHORT_S = float(os.environ.get("FAULTS_SHORT_STORM_S", "12"))
LONG_S = float(os.environ.get("FAULTS_STORM_S", "600"))
"""The environment may ask for another length, and with FAULTS_SEED for the plan of an earlier storm."""
SETTLE_S = 180.0

pytestmark = [pytest.mark.rabbitmq, pytest.mark.postgres, pytest.mark.timeout(LONG_S + 2 * SETTLE_S)]


def test_the_same_seed_makes_the_same_plan_with_every_kind_in_it() -> None:
    assert plan(7, 60) == plan(7, 60)
    assert plan(7, 60) != plan(8, 60)
    assert {blow.kind for blow in plan(7, 60)} == set(KINDS)


@pytest.mark.slow
@pytest.mark.parametrize(
    "seconds",
    [pytest.param(SHORT_S, id="short"), pytest.param(LONG_S, id="long")],
)
def test_a_storm(
    installation_on_node: Installation,
    node: RabbitNode,
    seconds: float,
    record_property: Callable[[str, object], None],
) -> None:
    seed = int(os.environ.get("FAULTS_SEED") or random.randrange(2**32))
    record_property("storm", f"seed {seed}, {seconds:.0f} s")
    installation = installation_on_node
    with (
        proxied(*broker_address(node.url)) as broker,
        proxied(*database_address(installation.settings.database_url)) as databases,
    ):
        storm = Storm(installation, node, broker, databases)
        installation.say(1)
        installation.wait_for_effects(1)
        storm.rage(plan(seed, seconds), seconds)
        ledger = installation.ledger
        given = f"{len(ledger.attempted)} commands, {len(ledger.unknown)} of unknown outcome"
        blows = ", ".join(f"{count} × {kind}" for kind, count in sorted(storm.done.items()))
        record_property("storm", f"seed {seed}, {seconds:.0f} s: {given}; {blows}")
        installation.settle(SETTLE_S)

        assert installation.findings() == [], f"seed {seed}"
        assert len(ledger.acknowledged) > 10 * seconds / 2
        # A broker that was stopped takes its time to come back: a short storm may hold little else.
        assert storm.done.total() >= max(seconds / 20, 1)

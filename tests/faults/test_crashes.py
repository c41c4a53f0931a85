"""Processes that die at the worst moment, again and again: nothing is lost, nothing is done twice."""

import random
import signal
import subprocess
import time

import pytest

from shared.testing.crash import EXIT_CODE, VARIABLE
from tests.faults.installation import Installation
from tests.faults.process import CHEAT
from tests.faults.services import hearer, speaker

pytestmark = [pytest.mark.rabbitmq, pytest.mark.postgres]

COUNT = 200

slow = pytest.mark.slow
POINTS = [
    ("relay.before_confirm", "consumer.after_commit"),
    ("relay.before_commit", "consumer.before_ack"),
    pytest.param("relay.before_publish", "consumer.before_commit", marks=slow),
    pytest.param("relay.after_publish", "consumer.before_ack:5", marks=slow),
    pytest.param("relay.after_commit", "consumer.after_commit:21", marks=slow),
]


def died(process: "subprocess.Popen[bytes]") -> bool:
    return process.wait(60) == EXIT_CODE


@pytest.mark.parametrize(("relay_point", "consumer_point"), POINTS)
def test_a_relay_and_a_consumer_that_die_at_a_point(
    installation: Installation, relay_point: str, consumer_point: str
) -> None:
    installation.say(COUNT)
    relay = installation.start("speaker", **{VARIABLE: relay_point})
    assert died(relay), installation.logs()
    with installation.working(speaker):
        consumer = installation.start("hearer", **{VARIABLE: consumer_point})
        assert died(consumer), installation.logs()
    with installation.working():
        installation.settle()

    assert installation.findings() == []


def test_workers_killed_at_random_moments(installation: Installation) -> None:
    """`SIGKILL`, while 200 commands are given; the seed is printed when it fails."""
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    workers = {name: installation.start(name) for name in ("speaker", "hearer")}
    for _ in range(4):
        for _ in range(COUNT // 4):
            installation.say(1, "slow")
            time.sleep(chance.uniform(0, 0.02))
        name = chance.choice(["speaker", "hearer"])
        workers[name].send_signal(signal.SIGKILL)
        workers[name].wait(10)
        workers[name] = installation.start(name)
    installation.settle()

    assert installation.findings() == [], f"seed {seed}"


@pytest.mark.slow
def test_a_frozen_relay_is_replaced_and_stands_by_when_it_thaws(installation: Installation) -> None:
    """Nobody ends its connection: the server does, after the holder of the lock has been silent too long."""
    frozen = installation.start("speaker")
    with installation.working(hearer):
        installation.say(20)
        installation.wait_for_effects(20)
        frozen.send_signal(signal.SIGSTOP)
        installation.say(20)
        with installation.working(speaker):
            installation.wait_for_effects(40)
            frozen.send_signal(signal.SIGCONT)
            installation.say(20)
            installation.settle()
        installation.say(20)
        installation.settle()

    assert frozen.poll() is None, installation.logs()
    assert installation.findings() == []


def test_a_worker_told_to_stop_finishes_what_it_holds(installation: Installation) -> None:
    installation.say(2 * COUNT, "slow")
    with installation.working(speaker):
        consumer = installation.start("hearer")
        installation.wait_for_effects(40)
        consumer.send_signal(signal.SIGTERM)
        assert consumer.wait(30) == 0, installation.logs()

    assert installation.effects() >= 40
    with installation.working():
        installation.settle()
    assert installation.findings() == []


def test_without_the_inbox_the_harness_finds_the_double(installation: Installation) -> None:
    """A negative control: the consumer dies before it acknowledges, and its successor forgot everything."""
    installation.say(20)
    with installation.working(speaker):
        forgetful = installation.start("hearer", **{CHEAT: "no-inbox", VARIABLE: "consumer.before_ack"})
        assert died(forgetful), installation.logs()
        installation.start("hearer", **{CHEAT: "no-inbox"})
        installation.wait_for_effects(21)

    assert any(finding.startswith("doubled") for finding in installation.findings())


def test_with_marking_before_the_confirm_the_harness_finds_the_loss(installation: Installation) -> None:
    """A negative control: the relay dies between its promise and its deed."""
    installation.say(20)
    hasty = installation.start("speaker", **{CHEAT: "mark-first", VARIABLE: "cheat.marked"})
    assert died(hasty), installation.logs()
    with installation.working():
        installation.say(1)
        installation.wait_for_effects(1)

    assert any(finding.startswith("lost") for finding in installation.findings())

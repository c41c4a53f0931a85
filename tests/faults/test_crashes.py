"""Processes that die at the worst moment, again and again: nothing is lost, nothing is done twice."""

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from shared.testing.crash import EXIT_CODE, VARIABLE
from tests.faults.installation import Installation
from tests.faults.process import CHEAT
from tests.faults.services import hearer, speaker

pytestmark = [pytest.mark.rabbitmq, pytest.mark.postgres]

COUNT = 200

slow = pytest.mark.slow
FIRST_IN_BULK = 25
"""A consumer takes the first twenty messages one by one; later passes are those of whole batches."""
DEATHS = [
    pytest.param("speaker", "relay.before_publish", (1, 2, 3), marks=slow),
    pytest.param("speaker", "relay.after_publish", (1, 2, 3), marks=slow),
    ("speaker", "relay.before_confirm", (2,)),
    pytest.param("speaker", "relay.before_confirm", (1, 3), marks=slow),
    pytest.param("speaker", "relay.before_commit", (1, 2, 5), marks=slow),
    pytest.param("speaker", "relay.after_commit", (1, 2, 5), marks=slow),
    pytest.param("hearer", "consumer.before_commit", (1, FIRST_IN_BULK, 3), marks=slow),
    pytest.param("hearer", "consumer.after_commit", (1, FIRST_IN_BULK, 3), marks=slow),
    ("hearer", "consumer.before_ack", (FIRST_IN_BULK,)),
    pytest.param("hearer", "consumer.before_ack", (1, 3), marks=slow),
    pytest.param("hearer", "timer.before_commit", (1, 5), marks=slow),
    pytest.param("hearer", "timer.after_commit", (1, 5), marks=slow),
]


def died(process: "subprocess.Popen[bytes]") -> bool:
    return process.wait(60) == EXIT_CODE


@pytest.mark.parametrize(("service", "point", "passes"), DEATHS)
def test_a_worker_that_dies_at_a_point_while_commands_are_given(
    installation: Installation, service: str, point: str, passes: tuple[int, ...]
) -> None:
    """It is started anew after each death, and dies anew: at the first pass, at a later one …"""
    with installation.working(hearer if service == "speaker" else speaker):
        for nth in passes:
            worker = installation.start(service, **{VARIABLE: f"{point}:{nth}"})
            deadline = time.monotonic() + 60
            while worker.poll() is None:
                assert time.monotonic() < deadline, installation.logs()
                installation.say(1)
                if point.startswith("timer"):
                    installation.appoint(1)
                time.sleep(0.01)
            assert worker.returncode == EXIT_CODE, installation.logs()
        installation.say(max(COUNT - len(installation.ledger.attempted), 1))
        installation.start(service)
        installation.settle()

    assert installation.findings() == []
    assert installation.ledger.unknown == set()


@slow
def test_a_relay_and_a_consumer_that_die_together(installation: Installation) -> None:
    installation.say(COUNT)
    for nth in (1, 2, 3):
        relay = installation.start("speaker", **{VARIABLE: f"relay.before_commit:{nth}"})
        consumer = installation.start("hearer", **{VARIABLE: f"consumer.before_ack:{nth}"})
        while relay.poll() is None or consumer.poll() is None:
            installation.say(1)
            time.sleep(0.02)
        assert (relay.returncode, consumer.returncode) == (EXIT_CODE, EXIT_CODE), installation.logs()
    with installation.working():
        installation.settle()

    assert installation.findings() == []


def test_an_appointment_killed_after_its_effect_is_kept_once(installation: Installation) -> None:
    installation.appoint(20)
    worker = installation.start("hearer", **{VARIABLE: "timer.after_commit:3"})
    assert died(worker), installation.logs()
    assert installation.effects() == 3
    with installation.working(hearer):
        installation.settle()

    assert installation.findings() == []
    assert installation.effects() == 20


@slow
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
            for _ in range(20):  # both may believe for a moment that they are the one
                installation.say(5)
                time.sleep(0.05)
            installation.settle()
        installation.say(20)
        installation.settle()

    assert frozen.poll() is None, installation.logs()
    assert installation.findings() == []


@slow
def test_a_consumer_frozen_within_a_transaction_holds_nobody_up_for_long(installation: Installation) -> None:
    """Broker and database both find it silent; its row locks and its messages go to another."""
    installation.say(5, "slow")
    installation.say(1, "freeze")
    installation.say(30, "slow")
    frozen = installation.start("hearer", FAULTS_FREEZES="once")
    with installation.working(speaker):
        installation.wait_for_effects(5)
        installation.wait_until(lambda: _state(frozen) == "T")
        with installation.working(hearer):
            installation.wait_for_effects(36, timeout_s=120)
            installation.settle()
            frozen.send_signal(signal.SIGCONT)
            installation.say(30)
            installation.settle()
        installation.say(30)
        installation.settle()

    assert frozen.poll() is None, installation.logs()
    assert installation.findings() == []


def _state(process: "subprocess.Popen[bytes]") -> str:
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_worker_told_to_stop_finishes_what_it_holds(installation: Installation) -> None:
    installation.say(COUNT, "slow")
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

"""The suite's own roles, as processes: `python -m bench.events.suite worker SERVICE | say PER_COMMAND`."""

import signal
import sys
import threading

from bench.events.services import NOTE, SAID, SERVICES, Subject, speaker
from shared.actor import SYSTEM
from shared.config import Settings
from shared.ids import new_id
from shared.messaging.process import WorkerProcess
from shared.service import Runtime, contracts_of
from shared.telemetry import configure_logging


def worker(name: str) -> None:
    """What `yuanban worker` runs, until SIGTERM."""
    configure_logging("console", "WARNING")
    service = next(service for service in SERVICES if service.name == name)
    process = WorkerProcess(service, SERVICES, Settings.from_env())
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    process.run(stop)


def say(per_command: int) -> None:
    """For every number read, say so many numbers, in commands of `per_command` events each."""
    runtime = Runtime(speaker, Settings.from_env(), contracts_of(SERVICES))
    for line in sys.stdin:
        count = int(line)
        for start in range(0, count, per_command):
            with runtime.transaction(SYSTEM) as tx:
                for number in range(start, min(start + per_command, count)):
                    tx.emit(SAID, Subject(), new_id(), {"number": number, "note": NOTE})
    runtime.close()


if __name__ == "__main__":
    role, argument = sys.argv[1:]
    if role == "worker":
        worker(argument)
    else:
        say(int(argument))

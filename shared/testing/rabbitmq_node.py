"""A RabbitMQ node of the tests' own: one that may be stopped, killed, emptied and driven out of memory."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from amqp.exceptions import AMQPError  # type: ignore[import-untyped] # it has no types

from shared.messaging.brokers.rabbitmq import connected
from shared.testing.ports import free_port

DEBIAN = Path("/usr/lib/rabbitmq/bin")
"""Debian's `/usr/sbin/rabbitmq-server` changes the user and the folder; the real scripts are here."""
START_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 60.0
COMMAND_TIMEOUT_S = 60
TICK_S = 0.1


def node_scripts() -> Path | None:
    """The folder of `rabbitmq-server` and `rabbitmqctl`; None where RabbitMQ is not installed."""
    if (DEBIAN / "rabbitmq-server").exists():
        return DEBIAN
    found = shutil.which("rabbitmq-server")
    return Path(found).parent if found else None


class RabbitNode:
    """One node with its data in `folder`; shares nothing but the port mapper (epmd) with other nodes."""

    def __init__(self, scripts: Path, folder: Path) -> None:
        self._scripts = scripts
        self._data = folder / "data"
        self._log = folder / "node.log"
        self._process: subprocess.Popen[bytes] | None = None
        port = free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{port}/"
        (folder / "plugins").write_text("[].\n")
        (folder / "rabbitmq.conf").write_text("")
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("RABBITMQ_")},
            "HOME": str(folder),  # where Erlang keeps the cookie
            "RABBITMQ_NODENAME": f"yuanban-test-{os.getpid()}-{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(self._data),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        }

    def start(self) -> None:
        """Start it, unless it runs, and wait until it takes connections."""
        if self._process is not None:
            return
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - the script we have just found
                [self._scripts / "rabbitmq-server"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # the script and Erlang are signalled together
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.answers():
            ended = self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise RuntimeError(f"RabbitMQ does not start\n{self._log.read_text()[-3000:]}")
            time.sleep(TICK_S)

    def stop(self) -> None:
        """An orderly end, as at an update of the machine."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """An end without a word, as when the power goes; the disk is left as it is."""
        self._end(signal.SIGKILL)

    def wipe(self) -> None:
        """Take its disk away; only while it does not run."""
        if self._process is not None:
            raise RuntimeError("it still runs")
        shutil.rmtree(self._data)

    def run_out_of_memory(self) -> None:
        """Raise the memory alarm: publishers are blocked."""
        self._control("set_vm_memory_high_watermark", "0.0001")

    def have_memory(self) -> None:
        """Lift the alarm."""
        self._control("set_vm_memory_high_watermark", "0.4")

    def remembers(self, queue: str) -> bool:
        """Whether a quorum queue would outlive a kill.

        Its register is written half a second after the queue was made. A node killed
        before that comes up with a queue that has no leader and never gets one.
        """
        return any(queue.encode() in register.read_bytes() for register in self._data.rglob("names.dets"))

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            with connected(self.url):
                return True
        except (OSError, AMQPError):  # while it boots it takes connections and drops them
            return False

    def _control(self, *arguments: str) -> None:
        command: Sequence[str | Path] = [self._scripts / "rabbitmqctl", *arguments]
        done = subprocess.run(  # noqa: S603 - the script we have just found
            command, env=self._environment, capture_output=True, text=True, timeout=COMMAND_TIMEOUT_S
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, how)
        try:
            self._process.wait(STOP_TIMEOUT_S)
            _wait_for_the_group(self._process.pid)
        except (subprocess.TimeoutExpired, TimeoutError):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None


def _wait_for_the_group(leader: int) -> None:
    """Erlang may outlive the script that started it, and then holds port and disk."""
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return
        time.sleep(TICK_S)
    raise TimeoutError("RabbitMQ does not end")

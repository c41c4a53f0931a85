"""The product as people start it: a process of its own, waited for by its own readiness, ended by SIGTERM."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3

from shared.config import DEMO_PASSWORD
from shared.testing.ports import free_port

START_S = 120  # migrating and seeding five databases, beside whatever else the machine does
STOP_S = 30
LIMITS = ("REQUEST", "WRITE", "UPLOAD", "SIGN_IN")
_POLL_S = 0.05
_LOG_TAIL = 4000
# What a developer's shell may hold must not change what is tested.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Return as soon as the condition holds; fail naming `what` when it does not within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:g} s in vain: {what}")
        time.sleep(_POLL_S)


class Server:
    """`yuanban run` with a data directory of its own; may be started again after it was stopped."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = folder.with_suffix(".log")
        self._environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | {
            "PORT": str(self.port),
            "YUANBAN_DATA_DIR": str(folder),
            **{f"YUANBAN_{kind}_LIMIT": "100000 per minute" for kind in LIMITS},
            "YUANBAN_DEMO_PASSWORD": DEMO_PASSWORD,
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process number of the running server."""
        if self._process is None:
            raise AssertionError("the server does not run")
        return self._process.pid

    def start(self, *, demo: bool = True) -> None:
        """Start, as the demo park or in earnest, and wait until `/readyz` says so."""
        command = Path(sys.executable).with_name("yuanban")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(command), "run"],
                env={**self._environment, "YUANBAN_DEMO": str(int(demo))},
                cwd=self.log.parent,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_until(self._is_ready, f"{self.url}/readyz", START_S)
        except AssertionError as error:
            self._process.kill()
            raise AssertionError(f"{error}\n{self.log_tail()}") from error

    def signal_end(self) -> None:
        """Ask the process to end, without waiting for it."""
        os.kill(self.pid, signal.SIGTERM)

    def wait_for_end(self) -> None:
        """Wait until the process has ended; it must say that all went well."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            code = process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError(f"SIGTERM did not end it within {STOP_S} s\n{self.log_tail()}") from None
        assert code == 0, f"ended with {code}\n{self.log_tail()}"

    def stop(self) -> None:
        """End it as an operator would."""
        if self._process is not None:
            self.signal_end()
            self.wait_for_end()

    def answers(self) -> bool:
        """Whether a new connection is answered soon."""
        return self._says_ok("/healthz", 1)

    def log_tail(self) -> str:
        """The last lines the process wrote."""
        return self.log.read_bytes()[-_LOG_TAIL:].decode("utf-8", "replace")

    def memory(self) -> int:
        """Bytes of memory of the process and everything it started, shared pages counted in part (PSS)."""
        return sum(_pss(pid) for pid in _tree(self.pid))

    def _is_ready(self) -> bool:
        assert self._process is not None and self._process.poll() is None, "the process ended by itself"
        return self._says_ok("/readyz", 5)

    def _says_ok(self, path: str, timeout: float) -> bool:
        try:
            return urllib3.request("GET", self.url + path, retries=False, timeout=timeout).status == 200
        except urllib3.exceptions.HTTPError:
            return False


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server, started; afterwards it must end cleanly."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _tree(root: int) -> list[int]:
    """A process and its descendants."""
    found = [root]
    for pid in found:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):  # it has ended
        return 0
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))

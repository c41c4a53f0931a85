"""The worker dies between the steps of a hand-over, and the line fails: nothing is lost, nothing twice."""

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import sqlalchemy as sa

from approvals.handovers.adapter import HttpSystem
from approvals.handovers.port import Filing, Receipt, Unreachable
from approvals.handovers.simulator.app import Simulator
from approvals.items.model import HANDOVER_SYSTEMS
from shared.clock import ManualClock
from shared.messaging.errands import LEASE_S
from shared.network import HttpUpstream, TimeLimits
from shared.printing.fonts import load_fonts
from shared.testing.crash import EXIT_CODE, VARIABLE
from shared.testing.systems import SystemFactory
from tests.conftest import MONDAY_MORNING
from tests.integration.approvals.tax import SECRET, TaxDesk

POINTS = ("errand.claimed", "errand.acted", "errand.before_commit", "errand.after_commit")
PASSES = (1, 2)
"""Of each point: while the application is sent, and while the system is asked what has happened."""


def die_at(desk: TaxDesk, point: str) -> int:
    """Let the worker run in a process of its own that dies there; returns how it ended."""
    child = os.fork()
    if child == 0:
        try:
            os.environ[VARIABLE] = point
            for runtime in desk.system.runtimes.values():
                runtime.database.engine.dispose(close=False)  # connections belong to the parent
            desk.system.settle()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_worker_that_dies_between_the_steps_loses_nothing_and_does_nothing_twice(
    make_sqlite_system: SystemFactory, clock: ManualClock, tmp_path: Path
) -> None:
    desk = TaxDesk(make_sqlite_system, clock, tmp_path)
    desk.system.settle()
    filed = []
    for point in POINTS:
        for number in PASSES:
            filed.append(desk.filed())
            for runtime in desk.system.runtimes.values():
                runtime.database.close()
            assert die_at(desk, f"{point}:{number}") == EXIT_CODE, point
            desk.wait(timedelta(seconds=LEASE_S + 1))
            case = desk.mine(filed[-1])
            assert (case["state"], case["handover"]["state"]) == ("received", "filed"), point
            assert desk.keys(filed[-1]) == ["handed_in", "received"], point
    assert desk.simulator.store.count() == len(filed)
    # A claim that outlived its time settles nothing: somebody else has.
    with desk.system.runtime("enterprise").read() as session:
        told = "SELECT count(*) FROM handover_message WHERE state = 'taken'"
        assert session.scalar(sa.text(told)) == len(filed)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[tuple[Simulator, HttpSystem]]:
    """The simulator as a server of its own, and the adapter over a real line with short limits."""
    simulator = Simulator(tmp_path / "simulator.sqlite3", SECRET, clock=ManualClock(MONDAY_MORNING))
    simulator.hang_s = 1.2
    load_fonts()  # a good while, the first time
    server = make_server("127.0.0.1", 0, simulator.app, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    upstream = HttpUpstream(f"http://127.0.0.1:{server.server_port}")
    limits = TimeLimits(answer_s=0.8, connect_s=0.8)
    yield simulator, HttpSystem(HANDOVER_SYSTEMS["tax"], upstream, SECRET, limits=limits)
    upstream.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_over_a_real_line_no_answer_is_never_taken_for_one(remote: tuple[Simulator, HttpSystem]) -> None:
    simulator, system = remote
    filing = Filing({"item": {"slug": "new-taxpayer-package"}, "subject_name": "示范", "answers": {}})
    for fault in ("timeout", "lost", "500", "garbage"):
        simulator.fail(fault)
        with pytest.raises(Unreachable):
            system.file("a-reference", filing)
    first = system.file("a-reference", filing)
    assert isinstance(first, Receipt) and system.file("a-reference", filing) == first
    assert simulator.store.count() == 1

    report = system.status("a-reference")
    assert [step.kind.value for step in report.steps] == ["received", "accepted", "granted"]
    [document] = report.steps[-1].documents
    assert system.document("a-reference", document).startswith(b"%PDF-")
    with pytest.raises(Unreachable):
        system.status("unknown")
    stranger = HttpSystem(HANDOVER_SYSTEMS["tax"], system._upstream, "another secret")
    with pytest.raises(Unreachable, match="secret"):
        stranger.file("a-reference", filing)

"""Work in processes of its own: many at once, or one that is killed between two statements."""

import os
import pickle
import signal
import traceback
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from shared.service import Runtime


def at_once(runtime: Runtime, work: Callable[[int], Any], count: int) -> list[Any]:
    """What `work(0)`, `work(1)` … return, each in a process of its own; AssertionError where one raises."""
    runtime.database.close()  # a connection belongs to the process that has opened it
    children = []
    for number in range(count):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _work(runtime, work, number, writing)
        os.close(writing)
        children.append((child, reading))
    answers = []
    for child, reading in children:
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        answers.append(pickle.loads(said) if said else ("failed", "no answer"))  # noqa: S301 - our own child's
    failures = [answer for outcome, answer in answers if outcome == "failed"]
    assert not failures, failures[0]
    return [answer for _outcome, answer in answers]


def _work(runtime: Runtime, work: Callable[[int], Any], number: int, writing: int) -> None:
    try:
        answer = ("done", work(number))
    except BaseException:
        answer = ("failed", traceback.format_exc())
    runtime.database.close()
    with os.fdopen(writing, "wb") as pipe:
        pickle.dump(answer, pipe)
    os._exit(0)


def killed_before(runtime: Runtime, work: Callable[[], Any], statement: int) -> bool:
    """Whether the work was killed with SIGKILL before its n-th statement, the COMMIT being one too."""
    runtime.database.close()
    child = os.fork()
    if child == 0:
        try:
            _die_before(runtime.database.engine, statement)
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL), status
    return status != 0


def _die_before(engine: sa.Engine, statement: int) -> None:
    passed = 0

    def count(*_more: object) -> None:
        nonlocal passed
        passed += 1
        if passed == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(engine, "before_cursor_execute", count)
    sa.event.listen(engine, "commit", count)

"""Beginning anew where another was there first: an event comes twice at once, the last bay is wanted."""

import time
from collections.abc import Callable
from typing import TypeVar

from flask import g
from sqlalchemy.exc import IntegrityError, OperationalError

from facilities.living.parking.occupancy.commands import BeganAnew
from shared.actor import SYSTEM, Actor
from shared.errors import Unavailable
from shared.service import Runtime
from shared.transaction import Transaction

_ATTEMPTS = 8
_AGAIN = {"40001", "40P01"}  # serialization failure, deadlock
Result = TypeVar("Result")


def attempt(runtime: Runtime, work: Callable[[Transaction], Result], actor: Actor = SYSTEM) -> Result:
    """Do `work` in a transaction of its own, again from the beginning where another one was there first.

    Unavailable (503) when that goes on and on.
    """
    for number in range(_ATTEMPTS):
        if number:
            time.sleep(0.005 * number)
        try:
            with runtime.transaction(
                actor, request_id=g.get("request_id"), traceparent=g.get("traceparent")
            ) as tx:
                return work(tx)
        except (BeganAnew, IntegrityError):
            continue
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in _AGAIN:
                raise
    raise Unavailable(retry_after_s=1)

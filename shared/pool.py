"""Connections to PostgreSQL out of the pool: the server is asked whether it is there only where in doubt.

To ask each time costs a round trip a transaction. A server that has ended a connection has said so: there is
something to read where nothing was asked. Where the line itself was cut nobody says anything; so whoever was
quiet for a while is asked, too.
"""

import select
import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import InvalidatePoolError

QUIET_S = 5.0
"""A connection that nobody has used for so long is asked before it is used."""
_BACK = "yuanban_back_at"


def ask_where_in_doubt(engine: Engine) -> None:
    """Have the pool of `engine` begin anew when a connection that is taken from it turns out to be gone."""

    def came_back(_connection: object, record: Any) -> None:
        record.info[_BACK] = time.monotonic()

    def taken(connection: Any, record: Any, _proxy: object) -> None:
        back_at = record.info.get(_BACK)
        if back_at is None:
            return  # it was made just now
        if time.monotonic() - back_at < QUIET_S and not _has_something_to_say(connection):
            return
        try:
            engine.dialect.do_ping(connection)
        except connection.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", came_back)
    event.listen(engine, "checkout", taken)


def _has_something_to_say(connection: Any) -> bool:
    """Whether the server has sent anything, or the connection is known to be closed."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))

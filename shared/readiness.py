"""Whether a process can do its work now: what it needs answers, and the schema is not behind its code."""

import structlog
from kombu.exceptions import KombuError
from sqlalchemy.exc import SQLAlchemyError

from shared.messaging.brokers.rabbitmq import connected
from shared.migrate import is_behind
from shared.service import Runtime

log = structlog.get_logger(__name__)

OK = "ok"


class Readiness:
    """Asked again and again by whoever routes requests or rolls out a version; safe from any thread."""

    def __init__(self, runtime: Runtime, broker_url: str | None = None) -> None:
        """With `broker_url` the broker must have been reached once since the start, too."""
        self._runtime = runtime
        self._broker_url = broker_url
        # What held once is not looked at again: a schema never goes back, and a broker that is away later
        # makes events wait, which another process would not change.
        self._has_schema = False
        self._has_met_broker = False

    def findings(self) -> dict[str, str]:
        """Each thing needed and how it is: `ok`, `unreachable`, or `behind` (waits for `yuanban migrate`)."""
        found = {"database": self._database()}
        if self._broker_url is not None:
            found["broker"] = self._broker(self._broker_url)
        if not is_ready(found):
            log.warning("not ready", service=self._runtime.service.name, **found)
        return found

    def _database(self) -> str:
        try:
            if self._has_schema:
                self._runtime.database.ping()
            elif is_behind(self._runtime.database, self._runtime.service.migrations):
                return "behind"
        except SQLAlchemyError as error:
            log.warning("database does not answer", error=str(error))
            return "unreachable"
        self._has_schema = True
        return OK

    def _broker(self, url: str) -> str:
        if not self._has_met_broker:
            try:
                with connected(url):
                    self._has_met_broker = True
            except (OSError, KombuError) as error:
                log.warning("broker does not answer", error=repr(error)[:300])
                return "unreachable"
        return OK


def is_ready(findings: dict[str, str]) -> bool:
    """Whether nothing is missing."""
    return all(state == OK for state in findings.values())

"""Opening a case: to read it, or for a verb, locked, as seen, and with what time has decided applied."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from approvals.casefile.view import Reader, case_view
from approvals.cases import policy
from approvals.cases.model import Case
from approvals.decisions.by_law import settle
from approvals.items.catalogue import Catalogue
from approvals.items.model import Item
from shared.clock import local_date
from shared.http.command import Reply
from shared.http.etag import require_version
from shared.http.state import current_actor, current_runtime
from shared.transaction import Transaction


@contextmanager
def reading() -> Iterator[Reader]:
    """A reader for the person who asks."""
    runtime = current_runtime()
    with runtime.read() as session:
        now = runtime.clock.now()
        yield Reader(session, runtime.context, current_actor(), local_date(now), now)


def reader_of(tx: Transaction) -> Reader:
    """The actor of a command as a reader of what it has changed."""
    return Reader(tx.session, tx.context, tx.actor, tx.today, tx.now)


def opened(tx: Transaction, case_id: UUID) -> tuple[Case, Item]:
    """The case and its item; 404 when it may not be seen, 428/412 by `If-Match`."""
    case = policy.find_whole(tx.session, tx.actor, case_id)
    require_version(case.version)
    item = tx.resource(Catalogue).of(case)
    settle(tx, case, item)
    return case, item


def reply_with_case(
    tx: Transaction, case: Case, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Reply:
    """The case as it stands after the verb, with its new version."""
    tx.session.flush()
    return Reply(case_view(reader_of(tx), case), status=status, version=case.version, headers=headers or {})

"""Rows inserted by the hundred are kept as they were given, or refused."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DataError

from shared.database import Database, insert_all_absent
from shared.ids import new_id
from shared.messaging.inbox import InboxMessage
from shared.testing.databases import Databases
from tests.integration.opened import opened


@pytest.fixture
def database(postgres_databases: Databases) -> Iterator[Database]:
    yield from opened(postgres_databases)


@pytest.mark.postgres
def test_a_text_too_long_for_its_column_is_refused_and_not_cut_off(database: Database) -> None:
    row = {"event_id": new_id(), "type": "t" * 121, "state": "done", "attempts": 1}
    row["received_at"] = datetime(2026, 11, 23, tzinfo=UTC)

    with pytest.raises(DataError, match="too long"), database.write() as session:
        insert_all_absent(session, InboxMessage, [row], InboxMessage.event_id)

    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(InboxMessage)) == 0

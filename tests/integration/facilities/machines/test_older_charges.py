"""What was charged before there were books is in them afterwards, as if it had been posted."""

import importlib

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from facilities.production.statements.model import PostingLine
from shared.actor import SYSTEM
from tests.integration.facilities.machines.trade import BORROWER, Trade


def test_older_charges_are_entered(trade: Trade) -> None:
    booking = trade.booked(trade.machine(), 8, 10)
    trade.ok(trade.act(BORROWER, booking, "cancel"))
    runtime = trade.assembly.system.runtime("production")
    query = sa.select(PostingLine.sequence, PostingLine.side, PostingLine.reason, PostingLine.amount_fen)
    query = query.add_columns(PostingLine.firm, PostingLine.other, PostingLine.line_id, PostingLine.posted_at)
    query = query.order_by(PostingLine.about, PostingLine.sequence, PostingLine.side)
    with runtime.transaction(SYSTEM) as tx:
        posted = tx.session.execute(query).all()
        tx.session.expunge_all()
        revision = importlib.import_module("facilities.production.migrations.versions.0004_statements")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(revision, "op", Operations(MigrationContext.configure(tx.session.connection())))
            revision.downgrade()
            revision.upgrade()
        assert tx.session.execute(query).all() == posted

"""Running numbers: each series counts on in the transaction that uses it; none is given twice."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.cases.model import NumberSeries
from shared.database import insert_if_absent


def next_number(session: Session, series: str) -> int:
    """1, 2, 3 … in `series`. The row stays locked until the transaction ends; a rollback gives it back."""
    insert_if_absent(session, NumberSeries, {"name": series, "last": 0})
    statement = (
        sa.update(NumberSeries)
        .where(NumberSeries.name == series)
        .values(last=NumberSeries.last + 1)
        .returning(NumberSeries.last)
    )
    return int(session.execute(statement).scalar_one())

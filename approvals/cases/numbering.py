"""Running numbers: each series counts on in the transaction that uses it; none is given twice."""

import functools

from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from approvals.cases.model import NumberSeries
from shared.database import dialect_of, insert, table_of


def next_number(session: Session, series: str) -> int:
    """1, 2, 3 … in `series`. The row stays locked until the transaction ends; a rollback gives it back."""
    # Past the session, which would first write out all that is pending.
    counted = session.connection().execute(_count_on(dialect_of(session)), {"name": series, "last": 1})
    return int(counted.scalar_one())


@functools.cache
def _count_on(dialect: str) -> ReturningInsert[int]:
    """Built once: putting it together would cost as much as carrying it out."""
    last = table_of(NumberSeries).c.last
    first = insert(dialect, NumberSeries)
    return first.on_conflict_do_update(index_elements=["name"], set_={"last": last + 1}).returning(last)

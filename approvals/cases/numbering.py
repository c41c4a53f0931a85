"""Running numbers: each series counts on in the transaction that uses it; none is given twice."""

from sqlalchemy.orm import Session

from approvals.cases.model import NumberSeries
from shared.database import insert


def next_number(session: Session, series: str) -> int:
    """1, 2, 3 … in `series`. The row stays locked until the transaction ends; a rollback gives it back."""
    first = insert(session, NumberSeries).values(name=series, last=1)
    counted_on = first.on_conflict_do_update(
        index_elements=["name"], set_={"last": NumberSeries.last + 1}
    ).returning(NumberSeries.last)
    # Past the session, which would first write out all that is pending.
    return int(session.connection().execute(counted_on).scalar_one())

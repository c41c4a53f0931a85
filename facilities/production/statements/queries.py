"""Reading lines and statements. Whose come along as credit codes; None: everybody's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.posting import Reason, Side
from facilities.capacity.statements import Month
from facilities.production.statements.model import Books, MonthlyStatement, PostingLine
from shared.errors import BadRequest
from shared.http.paging import Cursor
from shared.text import Text

_CURSOR = Text("翻页标记无效", "The cursor is not valid")
_ORDER = (PostingLine.posted_at, PostingLine.about, PostingLine.sequence, PostingLine.side)


@dataclass(frozen=True, slots=True)
class Moved:
    """What the lines of some time come to, and how many there are."""

    amount_fen: int
    lines: int


@dataclass(frozen=True, slots=True)
class Balance:
    """What a firm owes (positive) or is owed before and after a month, in fen."""

    firm: str
    month: Month
    opening_fen: int
    closing_fen: int
    lines: int
    closed_at: datetime | None
    """When its balances were written down; None where no line was in it, or while it is open."""
    closed: bool = False
    """Whether nothing changes in it any more."""


def lines_about(session: Session, about: UUID) -> Sequence[PostingLine]:
    """All lines of a booking or a payment, in the order in which they were posted."""
    query = sa.select(PostingLine).where(PostingLine.about == about)
    return session.scalars(query.order_by(PostingLine.sequence, PostingLine.side)).all()


def payments_among(session: Session, lines: Sequence[PostingLine]) -> set[UUID]:
    """What of that which these lines are about is a payment."""
    abouts = {each.about for each in lines}
    query = sa.select(PostingLine.about)
    return set(
        session.scalars(query.where(PostingLine.about.in_(abouts), PostingLine.reason == Reason.PAYMENT))
    )


def open_month(session: Session) -> Month | None:
    """The first month that is not closed; None before the first line."""
    since = session.scalar(sa.select(Books.open_since))
    return Month.of(since) if since is not None else None


def balances(
    session: Session, since: datetime, until: datetime, firms: Sequence[str] | None = None
) -> Mapping[str, Moved]:
    """What was posted on each firm's account in some time; firms without a line are not among them."""
    query = (
        sa.select(PostingLine.firm, sa.func.sum(PostingLine.amount_fen), sa.func.count())
        .where(PostingLine.posted_at >= since, PostingLine.posted_at < until)
        .group_by(PostingLine.firm)
    )
    if firms is not None:
        query = query.where(PostingLine.firm.in_(firms))
    return {firm: Moved(int(amount), int(count)) for firm, amount, count in session.execute(query)}


def closed_before(session: Session, month: Month, firms: Sequence[str] | None = None) -> Mapping[str, int]:
    """With what balance each firm's last statement before a month has closed."""
    last = (
        sa.select(MonthlyStatement.firm, sa.func.max(MonthlyStatement.month).label("month"))
        .where(MonthlyStatement.month < str(month))
        .group_by(MonthlyStatement.firm)
    )
    if firms is not None:
        last = last.where(MonthlyStatement.firm.in_(firms))
    latest = last.subquery()
    query = sa.select(MonthlyStatement.firm, MonthlyStatement.closing_fen).join(
        latest,
        sa.and_(MonthlyStatement.firm == latest.c.firm, MonthlyStatement.month == latest.c.month),
    )
    return dict(session.execute(query).all())


def balance_of(session: Session, firm: str, month: Month) -> Balance:
    """The balances of one firm in any month; of an open one as they stand."""
    fixed = session.get(MonthlyStatement, (firm, str(month)))
    if fixed is not None:
        return _fixed(fixed)
    opening = closed_before(session, month, [firm]).get(firm, 0)
    open_ = open_month(session)
    if open_ is None or month < open_:
        return Balance(firm, month, opening, opening, 0, None, closed=open_ is not None)
    since, until = open_.begins(), month.begins()
    if open_ < month:
        opening += balances(session, since, until, [firm]).get(firm, _NOTHING).amount_fen
    moved = balances(session, until, month.next.begins(), [firm]).get(firm, _NOTHING)
    return Balance(firm, month, opening, opening + moved.amount_fen, moved.lines, None)


def open_balances(session: Session, firms: Sequence[str], now: datetime) -> list[Balance]:
    """How these firms stand since the last closing, as if all of it were of the present month."""
    month = Month.of(now)
    before = closed_before(session, month, firms)
    open_ = open_month(session)
    since = (open_ or month).begins()
    moved = balances(session, since, month.next.begins(), firms)
    return [
        Balance(
            firm,
            month,
            before.get(firm, 0),
            before.get(firm, 0) + moved.get(firm, _NOTHING).amount_fen,
            moved.get(firm, _NOTHING).lines,
            None,
        )
        for firm in sorted({*before, *moved})
    ]


def list_statements(
    session: Session, firms: Sequence[str] | None, cursor: str | None, limit: int
) -> tuple[list[Balance], str | None]:
    """A page of the statements of closed months, the latest first, and the cursor of the next page."""
    query = sa.select(MonthlyStatement).order_by(MonthlyStatement.month.desc(), MonthlyStatement.firm.desc())
    if firms is not None:
        query = query.where(MonthlyStatement.firm.in_(firms))
    if cursor is not None:
        at = Cursor.decode(cursor)
        place = sa.tuple_(sa.literal(at.order), sa.literal(at.id))
        query = query.where(sa.tuple_(MonthlyStatement.month, MonthlyStatement.firm) < place)
    found = session.scalars(query.limit(limit + 1)).all()
    page = [_fixed(each) for each in found[:limit]]
    return page, None if len(found) <= limit else Cursor(str(page[-1].month), page[-1].firm).encode()


def totals_of(session: Session, firm: str, month: Month) -> Mapping[Reason, int]:
    """What the lines of a month come to, by what they are for."""
    query = (
        sa.select(PostingLine.reason, sa.func.sum(PostingLine.amount_fen))
        .where(*_of(firm, month))
        .group_by(PostingLine.reason)
        .order_by(PostingLine.reason)
    )
    return {reason: int(amount) for reason, amount in session.execute(query)}


def lines_of(session: Session, firm: str, month: Month) -> Sequence[PostingLine]:
    """Every line of a firm's month, in the order in which they were posted."""
    return session.scalars(sa.select(PostingLine).where(*_of(firm, month)).order_by(*_ORDER)).all()


def page_of(
    session: Session, firm: str, month: Month, cursor: str | None, limit: int
) -> tuple[Sequence[PostingLine], str | None]:
    """A page of them, and the cursor of the next page."""
    query = sa.select(PostingLine).where(*_of(firm, month)).order_by(*_ORDER).limit(limit + 1)
    if cursor is not None:
        query = query.where(sa.tuple_(*_ORDER) > _place(cursor))
    found = session.scalars(query).all()
    page = found[:limit]
    if len(found) <= limit:
        return page, None
    last = page[-1]
    place = f"{last.about}/{last.sequence}/{last.side.value}"
    return page, Cursor(last.posted_at.isoformat(), place).encode()


_NOTHING = Moved(0, 0)


def _of(firm: str, month: Month) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        PostingLine.firm == firm,
        PostingLine.posted_at >= month.begins(),
        PostingLine.posted_at < month.next.begins(),
    )


def _place(cursor: str) -> sa.Tuple:
    read = Cursor.decode(cursor)
    try:
        about, sequence, side = read.id.split("/")
        values = (datetime.fromisoformat(read.order), UUID(about), int(sequence), Side(side))
        if values[0].tzinfo is None or not 0 < values[2] < 2**31:
            raise ValueError
    except ValueError as error:
        raise BadRequest(_CURSOR) from error
    return sa.tuple_(*(sa.literal(value, column.type) for value, column in zip(values, _ORDER, strict=True)))


def _fixed(row: MonthlyStatement) -> Balance:
    month = Month.read(row.month)
    return Balance(row.firm, month, row.opening_fen, row.closing_fen, row.lines, row.closed_at, closed=True)

"""Statements as their readers get them: as documents, as a table for spreadsheets."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from facilities.capacity.posting import REASON_NAMES, Reason
from facilities.capacity.statements import Month, Statement, continued
from facilities.enterprises.queries import firm_names
from facilities.production.statements.model import PostingLine
from facilities.production.statements.queries import Balance, lines_of, payments_among

Json = dict[str, Any]


def balances_out(session: Session, found: Sequence[Balance]) -> list[Json]:
    """Balances with the names of their firms; one query for all."""
    names = firm_names(session, [each.firm for each in found])
    return [balance_out(each, names) for each in found]


def balance_out(each: Balance, names: Mapping[str, str]) -> Json:
    """The balances of a month."""
    return {
        "firm": each.firm,
        "firm_name": names[each.firm],
        "month": str(each.month),
        "opening_fen": each.opening_fen,
        "closing_fen": each.closing_fen,
        "lines": each.lines,
        "closed": each.closed,
        "closed_at": each.closed_at.isoformat() if each.closed_at else None,
    }


def totals_out(totals: Mapping[Reason, int]) -> list[Json]:
    """The sums of a statement, in the order of the kinds."""
    return [
        {
            "reason": reason.value,
            "reason_name": REASON_NAMES[reason].to_dict(),
            "amount_fen": totals[reason],
        }
        for reason in Reason
        if reason in totals
    ]


def lines_out(session: Session, lines: Sequence[PostingLine]) -> list[Json]:
    """Lines with the names of the other side, and whether they are about payments; one query each for all."""
    names = firm_names(session, [each.other for each in lines])
    payments = payments_among(session, lines)
    return [
        {
            "about": str(each.about),
            "of_payment": each.about in payments,
            "number": each.sequence,
            "reason": each.reason.value,
            "reason_name": REASON_NAMES[each.reason].to_dict(),
            "what": each.what,
            "other": each.other,
            "other_name": names[each.other],
            "amount_fen": each.amount_fen,
            "posted_at": each.posted_at.isoformat(),
            "corrects": each.corrects,
        }
        for each in lines
    ]


def whole(session: Session, balance: Balance) -> tuple[Statement, dict[str, str]]:
    """A statement with every line, continued from its opening balance, and the names of the firms in it."""
    lines = [each.posting for each in lines_of(session, balance.firm, balance.month)]
    names = firm_names(session, [balance.firm, *(each.other for each in lines)])
    return continued(balance.firm, balance.month, balance.opening_fen, lines), names


def file_name(firm: str, month: Month, ending: str) -> str:
    """What a copy of the statement is called."""
    return f"{firm}-{month}.{ending}"

"""The calendar as its readers see it."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from approvals.calendar import queries
from approvals.calendar.model import CalendarNotice
from approvals.calendar.moving import Move
from approvals.calendar.policy import keeps, reads
from approvals.calendar.schemas import DraftOut, MoveOut, YearOut, YearSummary
from approvals.cases.deadline import Reckoning
from approvals.cases.lifecycle import RUNNING_STATES
from shared.actor import Actor
from shared.calendar import Notice, WorkCalendar

_MONTHS = 12


def year_list(session: Session, reader: Actor, calendar: WorkCalendar, today: date) -> list[dict[str, Any]]:
    """Every year from the first with a table to the next one."""
    drafts = queries.years_with_drafts(session) if reads(reader) else None
    years = range(min(calendar.years, default=today.year), max(*calendar.years, today.year + 1) + 1)
    return [YearSummary().dump(_summary(calendar, year, drafts)) for year in years]


def year_view(
    session: Session, reader: Actor, calendar: WorkCalendar, year: int, version: int
) -> dict[str, Any]:
    """A year day by day, and for administrators and auditors how it became so."""
    drafts = queries.years_with_drafts(session) if reads(reader) else None
    history = queries.history_of(session, year) if reads(reader) else None
    by_month = _working_days_by_month(calendar, year)
    document = {
        **_summary(calendar, year, drafts),
        "version": version,
        "working_days_by_month": by_month,
        "days": _days(calendar, year),
        "history": None if history is None else [_past(notice) for notice in history],
        "actions": _actions(reader, drafts is not None and year in drafts),
    }
    dumped: dict[str, Any] = YearOut().dump(document)
    return dumped


def draft_view(reader: Actor, calendar: WorkCalendar, draft: CalendarNotice, version: int) -> dict[str, Any]:
    """A notice that is being prepared, with what the year would be by it."""
    by_it = calendar.with_year(draft.year, "official", draft.entries)
    document = {
        "year": draft.year,
        "version": version,
        "source": draft.source,
        "working_days": sum(_working_days_by_month(by_it, draft.year)),
        "days": _days(by_it, draft.year),
        "entered_by": draft.entered_name,
        "entered_at": draft.entered_at,
        "actions": _actions(reader, has_draft=True),
    }
    dumped: dict[str, Any] = DraftOut().dump(document)
    return dumped


def moves_view(moves: Iterable[Move]) -> list[dict[str, Any]]:
    """The cases that move, with their dates before and after."""
    return [
        MoveOut().dump(
            {
                "case": {
                    "id": move.case.id,
                    "number": move.case.number,
                    "item_name": move.item.name,
                    "subject_name": move.case.subject_name,
                },
                "before": _dates(move, move.before),
                "after": _dates(move, move.after),
                "others": [
                    {
                        "name": each.name,
                        "before": each.before.on,
                        "after": each.after.on,
                        "provisional": each.after.provisional,
                    }
                    for each in move.others
                ],
            }
        )
        for move in moves
        if move.is_told
    ]


def _summary(calendar: WorkCalendar, year: int, drafts: set[int] | None) -> dict[str, Any]:
    sources: dict[Notice, None] = dict.fromkeys(entry.notice for entry in calendar.entries_of(year))
    return {
        "year": year,
        "standing": calendar.status(year),
        "sources": list(sources),
        "working_days": sum(_working_days_by_month(calendar, year)),
        "has_draft": None if drafts is None else year in drafts,
    }


def _actions(reader: Actor, has_draft: bool) -> list[str]:
    if not keeps(reader):
        return []
    return ["prepare", "publish"] if has_draft else ["prepare"]


def _days(calendar: WorkCalendar, year: int) -> list[dict[str, Any]]:
    return [
        {"date": entry.day, "kind": entry.kind, "name": entry.name} for entry in calendar.entries_of(year)
    ]


def _past(notice: CalendarNotice) -> dict[str, Any]:
    return {
        "source": notice.source,
        "in_force_at": notice.in_force_at,
        "confirmed_by": notice.confirmed_name,
        "reason": notice.reason,
    }


def _dates(move: Move, reckoning: Reckoning) -> dict[str, Any]:
    on = reckoning.due_on if move.case.state in RUNNING_STATES else None
    return {"on": on, "kind": reckoning.due_kind, "provisional": bool(on and reckoning.provisional)}


def _working_days_by_month(calendar: WorkCalendar, year: int) -> list[int]:
    firsts = [date(year, month, 1) for month in range(1, _MONTHS + 1)] + [date(year + 1, 1, 1)]
    eves = [first - timedelta(days=1) for first in firsts]
    return [calendar.working_days_between(eves[n], eves[n + 1]) for n in range(_MONTHS)]

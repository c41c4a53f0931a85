"""`…/machine-utilisation`: how the time of a firm's machines was spent."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from flask import Response

from facilities.capacity.amounts import number_text
from facilities.capacity.sheets import csv_text
from facilities.production.machines.utilisation.figures import By, Figures
from facilities.production.machines.utilisation.queries import Utilisation, utilisation
from facilities.production.machines.utilisation.schemas import (
    UtilisationArgs,
    UtilisationCsvArgs,
    UtilisationOut,
)
from facilities.production.statements.policy import readable
from shared.errors import FieldError, InvalidInput, NotFound
from shared.http.command import Reply, json_response
from shared.http.description import CONTENT, FILE, Blueprint
from shared.http.files import file_response
from shared.http.state import current_actor, current_runtime
from shared.text import Language, Text

blueprint = Blueprint(
    "machine_utilisation",
    __name__,
    description="Utilisation of a firm's machines (设备利用率)",
    path_parameters={"firm": ("Unified social credit code of the firm", "91990101MA0DEM013U")},
)

_USUAL = timedelta(days=27)
_MOST = timedelta(days=366)
_EARLIEST, _LATEST = date(2020, 1, 1), date(2099, 12, 31)
_NONE = Text(
    "没有这家企业或这台设备，或您无权查看", "There is no such firm or machine, or you may not see it"
)
_BACKWARDS = Text("结束日期不能早于开始日期", "The last day is earlier than the first")
_LONG = Text("一次最多查询一年", "At most a year can be asked for")
_AWAY = Text("日期应在2020年至2099年之间", "It has to be a day of 2020 to 2099")
_HEAD = (
    Text("开始日期", "First day"),
    Text("结束日期", "Last day"),
    Text("开放（机时）", "Open (machine hours)"),
    Text("未开放（机时）", "Closed (machine hours)"),
    Text("已预订（机时）", "Booked (machine hours)"),
    Text("实际运行（机时）", "Run (machine hours)"),
    Text("超时运行（机时）", "Overtime (machine hours)"),
    Text("空闲（机时）", "Idle (machine hours)"),
)


@blueprint.get("/machine-utilisation/<firm>")
@blueprint.arguments(UtilisationArgs, location="query")
@blueprint.response(200, UtilisationOut)
def get_machine_utilisation(args: dict[str, Any], firm: str) -> Response:
    """Open, closed, booked, run, overtime and idle time of a firm's machines, by day, week or month.

    For members of the firm, and for those who watch the park. Opening hours and closures are those of now,
    for days that are past too; at most a hundred machines together.
    """
    since, until, by, found = _found(firm, args)
    body = {
        "firm": firm,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "by": by.value,
        "machines": [
            {"machine_id": str(each.id), "name": each.name, "units": each.units, **asdict(sum_)}
            for each, sum_ in found.machines
        ],
        "periods": [
            {"first": each.first.isoformat(), "last": each.last.isoformat(), **asdict(sum_)}
            for each, sum_ in found.periods
        ],
        "total": asdict(found.total),
    }
    return json_response(Reply(body))


@blueprint.get("/machine-utilisation/<firm>/csv")
@blueprint.arguments(UtilisationCsvArgs, location="query")
@blueprint.response(200, content_type="text/csv", schema=CONTENT, headers=FILE)
def get_machine_utilisation_csv(args: dict[str, Any], firm: str) -> Response:
    """The periods for spreadsheet programs (UTF-8 with a byte order mark), in hours.

    For members of the firm, and for those who watch the park.
    """
    since, until, _by, found = _found(firm, args)
    data = csv_text(_rows(found, args["language"])).encode()
    return file_response(data, "text/csv", f"{firm}-{since}-{until}.csv", attachment=True)


def _found(firm: str, args: dict[str, Any]) -> tuple[date, date, By, Utilisation]:
    """NotFound where the reader may not know of it; InvalidInput for days that are none of ours."""
    allowed, runtime = readable(current_actor()), current_runtime()
    if (allowed is not None and firm not in allowed) or not (firm.isascii() and firm.isalnum()):
        raise NotFound(_NONE)
    until: date = args["until"] or runtime.clock.today()
    since: date = args["since"] or until - _USUAL
    wrong = [
        FieldError(f"/{name}", "away", _AWAY)
        for name, day in (("since", since), ("until", until))
        if not _EARLIEST <= day <= _LATEST
    ]
    if since > until:
        wrong.append(FieldError("/until", "backwards", _BACKWARDS))
    elif until - since >= _MOST:
        wrong.append(FieldError("/until", "too_long", _LONG))
    if wrong:
        raise InvalidInput(errors=wrong)
    with runtime.read() as session:
        found = utilisation(session, firm, args["machine_id"], since, until, args["by"])
    if args["machine_id"] is not None and not found.machines:
        raise NotFound(_NONE)
    return since, until, args["by"], found


def _rows(found: Utilisation, language: Language) -> Iterator[Sequence[str]]:
    yield [each.in_(language) for each in _HEAD]
    for period, each in found.periods:
        yield [period.first.isoformat(), period.last.isoformat(), *_hours(each)]


def _hours(each: Figures) -> list[str]:
    return [number_text(Fraction(minutes, 60)) for minutes in asdict(each).values()]

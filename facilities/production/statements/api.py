"""`…/statements`: what firms owe one another, month by month, for reading and for keeping."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from facilities.capacity.sheets import csv_text
from facilities.capacity.statements import Month, statement_rows
from facilities.enterprises.queries import firm_names, is_code
from facilities.production.statements import queries
from facilities.production.statements.paper import statement_pdf
from facilities.production.statements.policy import own_firms, readable
from facilities.production.statements.queries import Balance
from facilities.production.statements.schemas import (
    CsvArgs,
    StatementLinePage,
    StatementOut,
    StatementPage,
)
from facilities.production.statements.view import (
    balance_out,
    balances_out,
    file_name,
    lines_out,
    totals_out,
    whole,
)
from shared.errors import NotFound
from shared.http.command import Reply, json_response
from shared.http.description import CONTENT, FILE, Blueprint
from shared.http.files import file_response
from shared.http.paging import PageArgs, link_next
from shared.http.state import current_actor, current_runtime
from shared.text import Text

blueprint = Blueprint(
    "statements",
    __name__,
    description="Monthly statements of firms (月结单)",
    path_parameters={
        "firm": ("Unified social credit code of the firm", "91990101MA0DEM048E"),
        "month": ("A month of the park's time", "2026-11"),
    },
)

_NONE = Text("没有这份月结单，或您无权查看", "There is no such statement, or you may not see it")


@blueprint.get("/statements")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, StatementPage)
def list_statements(args: dict[str, Any]) -> Response:
    """The statements of closed months, the latest first, and how your own firms stand now.

    Of your firms; of all for those who watch the park. Firms without a line in a month have none of it.
    """
    reader, runtime = current_actor(), current_runtime()
    firms, own = readable(reader), own_firms(reader)
    with runtime.read() as session:
        found, following = queries.list_statements(session, firms, args["cursor"], args["limit"])
        now = queries.open_balances(session, own, runtime.clock.now())
        out = balances_out(session, [*found, *now])
    body = {"items": out[: len(found)], "next": following, "open": out[len(found) :]}
    response = json_response(Reply(body))
    link_next(response, following)
    return response


@blueprint.get("/statements/<firm>/<month>")
@blueprint.response(200, StatementOut)
def get_statement(firm: str, month: str) -> Response:
    """One statement: balances, and what its lines come to. An open month is as it stands.

    For members of the firm, and for those who watch the park.
    """
    with current_runtime().read() as session:
        found = _found(session, firm, month)
        totals = queries.totals_of(session, firm, found.month)
        names = firm_names(session, [firm])
    return json_response(Reply({**balance_out(found, names), "totals": totals_out(totals)}))


@blueprint.get("/statements/<firm>/<month>/lines")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, StatementLinePage)
def list_statement_lines(args: dict[str, Any], firm: str, month: str) -> Response:
    """The lines of a statement, in the order in which they were posted.

    For members of the firm, and for those who watch the park. Nothing is ever edited: what undoes a line
    stands beside it, or in a later month.
    """
    with current_runtime().read() as session:
        found = _found(session, firm, month)
        lines, following = queries.page_of(session, firm, found.month, args["cursor"], args["limit"])
        response = json_response(Reply({"items": lines_out(session, lines), "next": following}))
    link_next(response, following)
    return response


@blueprint.get("/statements/<firm>/<month>/csv")
@blueprint.arguments(CsvArgs, location="query")
@blueprint.response(200, content_type="text/csv", schema=CONTENT, headers=FILE)
def get_statement_csv(args: dict[str, Any], firm: str, month: str) -> Response:
    """The whole statement for spreadsheet programs (UTF-8 with a byte order mark).

    For members of the firm, and for those who watch the park. No cell is ever computed.
    """
    with current_runtime().read() as session:
        found = _found(session, firm, month)
        statement, names = whole(session, found)
    data = csv_text(statement_rows(statement, args["language"], names)).encode()
    return file_response(data, "text/csv", file_name(firm, found.month, "csv"), attachment=True)


@blueprint.get("/statements/<firm>/<month>/pdf")
@blueprint.response(200, content_type="application/pdf", schema=CONTENT, headers=FILE)
def get_statement_pdf(firm: str, month: str) -> Response:
    """The whole statement as PDF, in Chinese and English.

    For members of the firm, and for those who watch the park. A closed month always gives the same bytes;
    of an open one the paper says that it is not closed.
    """
    runtime = current_runtime()
    with runtime.read() as session:
        found = _found(session, firm, month)
        statement, names = whole(session, found)
    pdf = statement_pdf(statement, names, closed=found.closed, demo=runtime.settings.demo)
    return file_response(pdf, "application/pdf", file_name(firm, found.month, "pdf"))


def _found(session: Session, firm: str, written: str) -> Balance:
    """NotFound where the reader may not know of it, and for months that have not begun."""
    allowed = readable(current_actor())
    try:
        month = Month.read(written)
    except ValueError as error:
        raise NotFound(_NONE) from error
    if month > Month.of(current_runtime().clock.now()) or (allowed is not None and firm not in allowed):
        raise NotFound(_NONE)
    if allowed is None and not (is_code(firm) and firm_names(session, [firm])[firm] != firm):
        raise NotFound(_NONE)  # those who watch the park know every firm; this is none
    return queries.balance_of(session, firm, month)

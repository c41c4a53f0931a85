"""The working calendar over HTTP: public to read, kept by administrators."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from approvals.calendar import commands, queries
from approvals.calendar.notice import Entered, Line
from approvals.calendar.policy import require_keeper, require_reader
from approvals.calendar.redating import moves
from approvals.calendar.schemas import DraftOut, MovePage, MovesArgs, NoticeIn, Publish, YearList, YearOut
from approvals.calendar.view import draft_view, moves_view, year_list, year_view
from approvals.cases.deadline import Deadlines
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, public, refuses
from shared.http.description import ETAG, Blueprint
from shared.http.etag import expected_version
from shared.http.paging import Cursor, link_next
from shared.http.state import actor_or_anonymous, current_actor, current_runtime
from shared.refusals import FORBIDDEN
from shared.text import Text
from shared.transaction import Transaction

blueprint = Blueprint(
    "calendar",
    __name__,
    description="Working calendar (工作日历)",
    path_parameters={"year": ("The year", 2027)},
)


@blueprint.get("/calendar")
@blueprint.response(200, YearList)
@public
def get_calendar() -> Response:
    """The years with their standing and their sources; public.

    From the first year with a table to the next one. Administrators and auditors see which have a draft.
    """
    runtime = current_runtime()
    with runtime.read() as session:
        calendar = runtime.context.resources.get(Deadlines).calendar_of(session)
        return jsonify(items=year_list(session, actor_or_anonymous(), calendar, runtime.clock.today()))


@blueprint.get("/calendar/<int:year>")
@blueprint.response(200, YearOut, headers=ETAG)
@public
def get_year(year: int) -> Response:
    """A year: which days are off, which are made up for, and which notice says so; public.

    Administrators and auditors see the notices that came into force, too.
    """
    queries.require_year(year)
    runtime = current_runtime()
    with runtime.read() as session:
        calendar = runtime.context.resources.get(Deadlines).calendar_of(session)
        version = queries.version_of(session, year)
        body = year_view(session, actor_or_anonymous(), calendar, year, version)
    return json_response(Reply(body, version=version))


@blueprint.get("/calendar/<int:year>/draft")
@blueprint.response(200, DraftOut, headers=ETAG)
@refuses(FORBIDDEN)
def get_draft(year: int) -> Response:
    """The notice that is being prepared for a year.

    For administrators and auditors. Its `ETag` is the year's.
    """
    reader = current_actor()
    require_reader(reader)
    runtime = current_runtime()
    with runtime.read() as session:
        draft = queries.require_draft(session, year)
        calendar = runtime.context.resources.get(Deadlines).calendar_of(session)
        version = queries.version_of(session, year)
        return json_response(Reply(draft_view(reader, calendar, draft, version), version=version))


@blueprint.put("/calendar/<int:year>/draft")
@blueprint.arguments(NoticeIn)
@blueprint.response(200, DraftOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN)
@command
def put_draft(tx: Transaction, data: dict[str, Any], year: int) -> Reply:
    """Enter a notice as the year's draft, in place of an earlier one; nothing is counted by it yet.

    `If-Match` is the version of the year, `"0"` as long as nothing was entered about it. 422 names every
    line that contradicts another, the week or the statutory holidays. For administrators.
    """
    require_keeper(tx.actor)
    queries.require_year(year)
    row = commands.prepare(tx, year, _entered(data), seen=expected_version())
    tx.session.flush()
    calendar = tx.resource(Deadlines).calendar_of(tx.session)
    body = draft_view(tx.actor, calendar, queries.require_draft(tx.session, year), row.version)
    return Reply(body, version=row.version)


@blueprint.delete("/calendar/<int:year>/draft")
@blueprint.response(204)
@guarded
@refuses(FORBIDDEN)
@command
def delete_draft(tx: Transaction, year: int) -> Reply:
    """Throw the draft away.

    For administrators.
    """
    require_keeper(tx.actor)
    queries.require_year(year)
    commands.give_up(tx, year, seen=expected_version())
    return Reply(None, status=204)


@blueprint.get("/calendar/<int:year>/draft/moves")
@blueprint.arguments(MovesArgs, location="query")
@blueprint.response(200, MovePage)
@refuses(FORBIDDEN)
def get_moves(args: dict[str, Any], year: int) -> Response:
    """The cases whose dates the draft would change, and to what; nothing is changed.

    Open ones, and granted ones with something left to be delivered, paid or checked.

    For administrators and auditors. A page may be short, or empty, and yet have a next one.
    """
    require_reader(current_actor())
    runtime = current_runtime()
    with runtime.read() as session:
        draft = queries.require_draft(session, year)
        in_force = runtime.context.resources.get(Deadlines).calendar_of(session)
        calendar = in_force.with_year(year, "official", draft.entries)
        found, following = moves(
            session, runtime.context, year, calendar, runtime.clock.today(), after=_after(args["cursor"])
        )
        cursor = Cursor("", str(following)).encode() if following else None
        response = jsonify(items=moves_view(found), next=cursor)
    link_next(response, cursor)
    return response


@blueprint.post("/calendar/<int:year>/publish")
@blueprint.arguments(Publish)
@blueprint.response(200, YearOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN)
@command
def publish_draft(tx: Transaction, data: dict[str, Any], year: int) -> Reply:
    """Bring the draft into force.

    Every date is counted by it from now on, and open cases are re-dated. For administrators.
    """
    require_keeper(tx.actor)
    queries.require_year(year)
    row = commands.publish(tx, year, data["reason"], seen=expected_version())
    tx.session.flush()
    in_force = queries.history_of(tx.session, year)[0]
    calendar = tx.resource(Deadlines).calendar_of(tx.session).with_year(year, "official", in_force.entries)
    return Reply(year_view(tx.session, tx.actor, calendar, year, row.version), version=row.version)


def _entered(data: dict[str, Any]) -> Entered:
    days = data["days"]
    lines = None if days is None else [_line(number, day) for number, day in enumerate(days)]
    return Entered(
        title=Text.of(data["title"]),
        document=data["document"],
        published_on=data["published_on"],
        url=data["url"],
        lines=lines,
        csv=data["csv"],
    )


def _line(number: int, day: dict[str, Any]) -> Line:
    name = day["name"]
    return Line(f"/days/{number}", None, day["date"], day["kind"], name["zh"], name["en"])


def _after(cursor: str | None) -> UUID | None:
    return None if cursor is None else Cursor.decode(cursor).row

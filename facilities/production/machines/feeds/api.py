"""`…/machine-feeds`: calendar feeds of bookings, with addresses that need no sign-in."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from facilities.enterprises.queries import firm_names
from facilities.production.machines.api import EXAMPLE_ID
from facilities.production.machines.feeds import commands, queries
from facilities.production.machines.feeds.model import MachineFeed
from facilities.production.machines.feeds.schemas import FeedArgs, FeedList, FeedOut, NewFeed
from facilities.production.machines.refusals import FEED_STANDS
from facilities.signing import signed
from shared.config import Settings
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, public, refuses
from shared.http.description import CONTENT, ETAG, Blueprint
from shared.http.etag import expected_version
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

Json = dict[str, Any]
_CALENDAR = "text/calendar"
_KEPT_S = 900
"""So long a program may show what it has read."""

blueprint = Blueprint(
    "machine_feeds",
    __name__,
    description="Calendar feeds of machine bookings (日历订阅)",
    path_parameters={
        "feed_id": ("The id of the feed", EXAMPLE_ID),
        "token": ("The end of its present address", "YW4gYWRkcmVzcyB0aGF0IG5vYm9keSBndWVzc2Vz"),
    },
)


@blueprint.get("/machine-feeds")
@blueprint.response(200, FeedList)
def list_machine_feeds() -> Response:
    """The calendar feeds of your firms.

    With their present addresses, which whoever has them can read.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        found = queries.feeds_of(session, reader)
        return json_response(Reply({"items": _shown(session, runtime.context.settings, found)}))


@blueprint.post("/machine-feeds")
@blueprint.arguments(NewFeed)
@blueprint.response(201, FeedOut, headers=ETAG)
@refuses(FORBIDDEN, FEED_STANDS)
@command
def create_machine_feed(tx: Transaction, data: Json) -> Reply:
    """Make a feed of what a firm has booked, or of what is booked of one of its machines.

    For members of the firm. It reaches from a month back to a year ahead.
    """
    return _reply(tx, commands.create(tx, **data), status=201)


@blueprint.post("/machine-feeds/<uuid:feed_id>/renew")
@blueprint.response(200, FeedOut, headers=ETAG)
@guarded
@command
def renew_machine_feed(tx: Transaction, feed_id: UUID) -> Reply:
    """Give a feed another address; the one before is void.

    For members of the firm whose feed it is.
    """
    return _reply(tx, commands.renew(tx, _opened(tx, feed_id)))


@blueprint.post("/machine-feeds/<uuid:feed_id>/revoke")
@blueprint.response(200, FeedOut, headers=ETAG)
@guarded
@command
def revoke_machine_feed(tx: Transaction, feed_id: UUID) -> Reply:
    """Make the address of a feed void.

    For members of the firm whose feed it is.
    """
    return _reply(tx, commands.revoke(tx, _opened(tx, feed_id)))


@blueprint.get("/machine-feeds/<uuid:feed_id>/calendar/<string:token>")
@public
@blueprint.arguments(FeedArgs, location="query")
@blueprint.response(200, content_type=_CALENDAR, schema=CONTENT)
def read_machine_feed(args: Json, feed_id: UUID, token: str) -> Response:
    """The feed (RFC 5545), for calendar programs: whoever has its address may read it; no sign-in.

    404 for every address that is not signed, not the present one, or revoked.
    """
    runtime = current_runtime()
    with runtime.read() as session:
        feed = queries.signed_feed(session, runtime.context.settings, feed_id, token)
        text, changed_at = queries.told(
            session, runtime.context.settings, feed, args["language"], runtime.clock.now()
        )
    response = Response(text, content_type=f"{_CALENDAR}; charset=utf-8")
    response.headers["Cache-Control"] = f"private, max-age={_KEPT_S}"
    response.headers["Content-Language"] = args["language"]
    response.last_modified = changed_at
    response.add_etag()
    response.make_conditional(request)  # the same object: 304 where nothing has changed
    return response


def _opened(tx: Transaction, feed_id: UUID) -> MachineFeed:
    return queries.find_feed(tx.session, feed_id, tx.actor, expected_version())


def _reply(tx: Transaction, feed: MachineFeed, status: int = 200) -> Reply:
    tx.session.flush()
    (shown,) = _shown(tx.session, tx.context.settings, [feed])
    return Reply(shown, status=status, version=feed.version)


def _shown(session: Session, settings: Settings, feeds: Sequence[MachineFeed]) -> list[Json]:
    firms = firm_names(session, sorted({each.owner for each in feeds}))
    machines = queries.machine_names(session, feeds)
    return [
        {
            "id": str(each.id),
            "version": each.version,
            "owner": each.owner,
            "owner_name": firms[each.owner],
            "machine_id": str(each.machine_id) if each.machine_id else None,
            "machine_name": machines[each.machine_id].to_dict() if each.machine_id else None,
            "url": _url(settings, each) if each.works else None,
            "changed_at": each.changed_at.isoformat(),
        }
        for each in feeds
    ]


def _url(settings: Settings, feed: MachineFeed) -> str:
    token = signed(settings, feed.address)
    return f"{settings.public_url}/api/v1/production/machine-feeds/{feed.id}/calendar/{token}"

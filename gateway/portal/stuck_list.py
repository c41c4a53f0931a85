"""What is stuck in all services, in one list; a service that does not answer is named and left out."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for

from gateway.portal.context import Json, current_client, current_person
from gateway.portal.services import answer_of, title_of
from gateway.portal.stuck_access import may_act, operators_only
from shared.messaging.stuck import STATES, cursor_at

pages = Blueprint("stuck", __name__)

PAGE = 20
TIMEOUT_S = 2.0
"""For each service: the page is wanted most when one of them does not answer."""
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Found:
    """What one service says is stuck in it; without `counts` it did not answer."""

    service: str
    items: tuple[Json, ...] = ()
    counts: Json | None = None
    more: bool = False

    @property
    def title(self) -> object:
        """Its name for readers."""
        return title_of(self.service)


@pages.get("/stuck-events")
@operators_only
def index() -> str:
    """Everything that is stuck, parked before waiting, the oldest first; filters are in the address."""
    client = current_client()
    state, service = request.args.get("state", ""), request.args.get("service", "")
    filters = {
        "state": state if state in STATES else "",
        "service": service if service in client.services else "",
    }
    cursor = request.args.get("cursor")
    found = ask_all(client.services, filters["state"], cursor, filters["service"])
    items, following = merged(found)
    return render_template(
        "portal/stuck/index.html",
        found=found,
        silent=[each for each in found if each.counts is None],
        items=items,
        next=following,
        first_page=not cursor,
        filters=filters,
        acting=may_act(current_person()),
        link=lambda **changes: _link({**filters, **changes}),
        title_of=title_of,
        done=request.args.get("done", ""),
    )


def ask_all(services: list[str], state: str, cursor: str | None, only: str) -> list[Found]:
    """Ask all of them at the same time: the page then takes as long as the slowest, not as all together.

    Each thread works in a copy of this request's context.
    """
    with ThreadPoolExecutor(len(services)) as pool:
        asked = [
            pool.submit(copy_context().run, _ask, each, state, cursor, counts_only=only not in ("", each))
            for each in services
        ]
        return [each.result() for each in asked]


def _ask(service: str, state: str, cursor: str | None, *, counts_only: bool) -> Found:
    params = {"limit": 1} if counts_only else {"limit": PAGE, "cursor": cursor, "state": state or None}
    response = current_client().get(service, "/stuck-events", params=params, timeout_s=TIMEOUT_S)
    if response.status >= _SERVER_ERROR:
        return Found(service)
    page = answer_of(response)
    if counts_only:
        return Found(service, counts=page["counts"])
    items = tuple({**item, "service": service} for item in page["items"])
    return Found(service, items, page["counts"], more=page["next"] is not None)


def merged(found: list[Found]) -> tuple[list[Json], str | None]:
    """One page of the lists of all services, and the cursor that leads every one of them on from there.

    One event may be stuck in several services since the same instant. All of them stand on the same page,
    for the cursor could not tell them apart.
    """
    items = sorted((item for each in found for item in each.items), key=_place)
    page = items[:PAGE]
    page += [item for item in items[PAGE:] if _place(item) == _place(page[-1])]
    if len(items) == len(page) and not any(each.more for each in found):
        return page, None
    state, since, stuck_id = _place(page[-1])
    return page, cursor_at(state, since, stuck_id)


def _place(item: Json) -> tuple[str, datetime, UUID]:
    return item["state"], datetime.fromisoformat(item["since"]), UUID(item["id"])


def _link(filters: Mapping[str, Any]) -> str:
    values: dict[str, Any] = {name: value for name, value in filters.items() if value}
    return url_for("portal.stuck.index", **values)

"""Supervision (电子监察): the warnings about limits, and the missed limits that nobody has explained."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for

from gateway.portal.desk_access import desk_only
from gateway.portal.services import ENTERPRISE, load

pages = Blueprint("supervision", __name__)

FILTERS = ("light", "item", "department", "explanation")


@pages.get("/supervision")
@desk_only
def index() -> str:
    """The records, the newest first; everything asked for is in the address."""
    given = {name: request.args.get(name, "").strip() for name in FILTERS}
    filters = {name: value for name, value in given.items() if value}
    cursor = request.args.get("cursor")
    items = load(ENTERPRISE, "/items")["items"]
    return render_template(
        "portal/desk/supervision.html",
        found=load(ENTERPRISE, "/supervision-records", **filters, cursor=cursor),
        filters=filters,
        items=items,
        departments=_departments(items),
        first_page=not cursor,
        link=lambda **changes: _url({**filters, **changes}),
    )


def _departments(items: list[dict[str, Any]]) -> dict[str, Any]:
    """The departments of the items, by their code."""
    return {item["department"]["code"]: item["department"]["name"] for item in items}


def _url(values: Mapping[str, Any]) -> str:
    wanted: dict[str, Any] = {name: value for name, value in values.items() if value}
    return url_for("portal.supervision.index", **wanted)

"""The public catalogue: items and their guides."""

from datetime import date
from typing import Any

from flask import Response, jsonify

from approvals.items.catalogue import Catalogue
from approvals.items.guide import guide, summary
from approvals.items.schemas import ItemArgs, ItemOut, ItemPage, VersionArgs
from shared.http.contract import public
from shared.http.description import Blueprint
from shared.http.state import current_runtime

blueprint = Blueprint(
    "items",
    __name__,
    description="Service items (事项) and their guides (办事指南)",
    path_parameters={"code": ("The code or the slug of the item", "company-establishment")},
)


@blueprint.get("/items")
@blueprint.arguments(ItemArgs, location="query")
@blueprint.response(200, ItemPage)
@public
def get_items(args: dict[str, Any]) -> Response:
    """Find items by words and category; public.

    There are few, so they come in one page.
    """
    catalogue, today = _catalogue_today()
    found = [summary(item) for item in catalogue.items(today, args["q"], args["category"])]
    categories = [{"code": c.code, "name": c.name.to_dict()} for c in catalogue.categories]
    return jsonify(items=found, categories=categories, next=None)


@blueprint.get("/items/<code>")
@blueprint.arguments(VersionArgs, location="query")
@blueprint.response(200, ItemOut)
@public
def get_item(args: dict[str, Any], code: str) -> Response:
    """The guide of one item, with its form; public.

    `form.sections` holds a JSON Schema for each section: what `answers` of an application may be.
    `versions` names all that were published; each can be read by `version`, for a case keeps its own.
    """
    catalogue, today = _catalogue_today()
    version = args["version"]
    item = catalogue.item(code, today) if version is None else catalogue.version(code, version)
    return jsonify(guide(item, catalogue, today))


def _catalogue_today() -> tuple[Catalogue, date]:
    runtime = current_runtime()
    return runtime.context.resources.get(Catalogue), runtime.clock.today()

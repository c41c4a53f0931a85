"""The catalogue over HTTP; public."""

from datetime import date
from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from approvals.items.catalogue import Catalogue
from approvals.items.guide import guide, summary
from shared.http.paging import PageArgs
from shared.http.state import current_runtime

blueprint = Blueprint("items", __name__, description="Service items (事项) and their guides (办事指南)")


class ItemArgs(PageArgs):
    """Search words and category."""

    q = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=100))
    category = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))


class VersionArgs(Schema):
    """Which version of an item."""

    version = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=40),
        metadata={"description": "a published version, by its name; the one in force today without it"},
    )


class ItemPage(Schema):
    """The items found."""

    items = fields.List(fields.Dict())
    categories = fields.List(fields.Dict())
    next = fields.String(allow_none=True)


@blueprint.get("/items")
@blueprint.arguments(ItemArgs, location="query")
@blueprint.response(200, ItemPage)
def get_items(args: dict[str, Any]) -> Response:
    """Find items by words and category; public."""
    catalogue, today = _catalogue_today()
    found = [summary(item) for item in catalogue.items(today, args["q"], args["category"])]
    categories = [{"code": c.code, "name": c.name.to_dict()} for c in catalogue.categories]
    return jsonify(items=found, categories=categories, next=None)


@blueprint.get("/items/<code>")
@blueprint.arguments(VersionArgs, location="query")
@blueprint.response(200)
def get_item(args: dict[str, Any], code: str) -> Response:
    """The guide of one item, with its form; public.

    `versions` names all that were published; each can be read by `version`, for a case keeps its own.
    """
    catalogue, today = _catalogue_today()
    version = args["version"]
    item = catalogue.item(code, today) if version is None else catalogue.version(code, version)
    return jsonify(guide(item, catalogue, today))


def _catalogue_today() -> tuple[Catalogue, date]:
    runtime = current_runtime()
    return runtime.context.resources.get(Catalogue), runtime.clock.today()

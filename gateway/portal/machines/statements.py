"""Monthly statements (月结单): the list, one month with its lines, and copies to keep."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.context import current_language
from gateway.portal.downloads import passed_on
from gateway.portal.machines.asking import PRODUCTION
from gateway.portal.services import load, path_of

pages = Blueprint("statements", __name__)

_LINES = "50"


@pages.get("/statements")
@signed_in_only
def index() -> str:
    """How the reader's firms stand, and their statements of the months that are over."""
    cursor = request.args.get("cursor")
    return render_template(
        "portal/machines/statements.html",
        page=load(PRODUCTION, "/statements", cursor=cursor),
        first_page=not cursor,
    )


@pages.get("/statements/<firm>/<month>")
@signed_in_only
def show(firm: str, month: str) -> str:
    """One month, its lines a page at a time."""
    cursor = request.args.get("cursor")
    return render_template(
        "portal/machines/statement.html",
        statement=load(PRODUCTION, _path(firm, month)),
        page=load(PRODUCTION, _path(firm, month, "lines"), cursor=cursor, limit=_LINES),
        first_page=not cursor,
    )


@pages.get("/statements/<firm>/<month>/<any(csv, pdf):form>")
@signed_in_only
def copy(firm: str, month: str, form: str) -> Response:
    """The whole statement as a file."""
    params = {"language": current_language()} if form == "csv" else None
    return passed_on(PRODUCTION, _path(firm, month, form), inline=form == "pdf", params=params)


def _path(firm: str, month: str, *rest: str) -> str:
    return path_of("statements", firm, month, *rest)

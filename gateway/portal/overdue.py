"""Why answers are late: the public page of explanations (公开说明)."""

from flask import Blueprint, render_template, request

from gateway.portal.services import ENTERPRISE, load

pages = Blueprint("overdue", __name__)


@pages.get("/overdue")
def index() -> str:
    """The explanations of missed limits, the newest first; for everybody."""
    cursor = request.args.get("cursor")
    found = load(ENTERPRISE, "/overdue-explanations", cursor=cursor)
    return render_template("portal/overdue.html", found=found, first_page=not cursor)

"""The working calendar for everybody: which days count, and which notice says so."""

from flask import Blueprint, render_template, request

from gateway.portal.calendar_months import months_of, periods_of, weekdays
from gateway.portal.services import ENTERPRISE, load, path_of

pages = Blueprint("calendar", __name__)


@pages.get("/calendar")
def index() -> str:
    """The years with their standing and sources."""
    return render_template("portal/calendar/index.html", years=load(ENTERPRISE, "/calendar")["items"])


@pages.get("/calendar/<int:year>")
def show(year: int) -> str:
    """One year: its months, its holidays, its sources; administrators go on from here."""
    found = load(ENTERPRISE, path_of("calendar", str(year)))
    return render_template(
        "portal/calendar/year.html",
        year=found,
        months=months_of(year, found["days"]),
        periods=periods_of(found["days"]),
        weekdays=weekdays(),
        done=request.args.get("done", ""),
    )

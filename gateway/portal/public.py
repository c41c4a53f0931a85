"""Pages for everybody: home, the catalogue of items, the guide of an item, help, and the language switch."""

from datetime import timedelta
from uuid import uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.portal.access import may_apply
from gateway.portal.context import LANGUAGE_COOKIE, Json, current_person, current_settings
from gateway.portal.machines.access import sees_bookings
from gateway.portal.security import local_path
from gateway.portal.services import ENTERPRISE, NOTIFICATIONS, load, load_if_up, load_item
from shared.text import LANGUAGES

pages = Blueprint("public", __name__)

_LANGUAGE_KEPT = timedelta(days=365)
# States in which the applicant is the one who must act.
_WAITING_FOR_APPLICANT = ("draft", "correction", "notice_over")
_FINISHED = (
    *("granted", "filed", "refused", "not_required", "not_accepted", "withdrawn"),
    *("terminated", "revoked", "objected", "lapsed"),
)


@pages.get("/")
def home() -> str:
    """The front page; a signed-in applicant first sees what waits for them."""
    catalogue = load_if_up(ENTERPRISE, "/items")
    person = current_person()
    cases = load_if_up(ENTERPRISE, "/cases") if may_apply(person) and catalogue else None
    listed = cases["items"] if cases else []
    return render_template(
        "portal/home.html",
        items=catalogue["items"] if catalogue else None,
        categories=categories_of(catalogue["items"]) if catalogue else [],
        waiting=[case for case in listed if case["state"] in _WAITING_FOR_APPLICANT],
        running=[case for case in listed if case["state"] not in _WAITING_FOR_APPLICANT + _FINISHED],
        counted=cases is not None,
        inbox=load_if_up(NOTIFICATIONS, "/messages") if person else None,
        books_machines=sees_bookings(person),
    )


def categories_of(items: list[Json]) -> list[Json]:
    """The categories of the listed items with their number of items, in the order of the list."""
    found: dict[str, Json] = {}
    for item in items:
        category = item["category"]
        entry = found.setdefault(category["code"], {**category, "count": 0})
        entry["count"] += 1
    return list(found.values())


@pages.get("/items")
def items() -> str:
    """The catalogue, searched by word and narrowed by category."""
    query, category = request.args.get("q", "").strip(), request.args.get("category", "")
    everything = load(ENTERPRISE, "/items")["items"]
    found = (
        load(ENTERPRISE, "/items", q=query, category=category)["items"] if query or category else everything
    )
    return render_template(
        "portal/items.html", items=found, categories=categories_of(everything), query=query, category=category
    )


@pages.get("/items/<code>")
def guide(code: str) -> str:
    """The guide (办事指南) of an item in the fourteen official chapters, of any version by its name."""
    item = load_item(code, request.args.get("version"))
    return render_template("portal/guide.html", item=item, idempotency_key=str(uuid4()))


@pages.get("/help")
def help_page() -> str:
    """How to find an item, apply, follow a case and verify a certificate."""
    return render_template("portal/help.html")


@pages.get("/accessibility")
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("portal/accessibility.html")


@pages.get("/privacy")
def privacy() -> str:
    """What is stored about whom, why, and for how long."""
    return render_template("portal/privacy.html")


@pages.get("/lang/<code>")
def language(code: str) -> Response:
    """Remember the reader's language and go back to where they were."""
    if code not in LANGUAGES:
        abort(404)
    answer = redirect(local_path(request.args.get("next"), url_for("portal.public.home")), code=303)
    answer.set_cookie(
        LANGUAGE_COOKIE,
        code,
        max_age=_LANGUAGE_KEPT,
        secure=current_settings().public_url.startswith("https:"),
        httponly=True,
        samesite="Lax",
    )
    return answer

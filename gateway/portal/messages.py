"""The in-app inbox."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.context import current_client, current_person
from gateway.portal.services import NOTIFICATIONS, answer_of, load, load_if_up, own_key, path_of

pages = Blueprint("messages", __name__)

_BADGE_LIMIT = 99


@pages.get("/messages")
@signed_in_only
def inbox() -> str:
    """Messages, newest first, a page at a time."""
    found = load(NOTIFICATIONS, "/messages", cursor=request.args.get("cursor"))
    return render_template("portal/messages.html", inbox=found, first_page="cursor" not in request.args)


@pages.get("/messages/unread")
def unread() -> tuple[str, int]:
    """The number on the bell, asked for by the page after it has loaded; nothing for a visitor."""
    if not current_person():
        return "", 200
    found = load_if_up(NOTIFICATIONS, "/messages")
    count = int(found["unread"]) if found else None
    if count == 0:
        return "", 200
    return render_template("portal/_unread.html", count=count, limit=_BADGE_LIMIT), 200


@pages.post("/messages/<message_id>/read")
@signed_in_only
def read(message_id: str) -> Response:
    """Mark one message as read."""
    answer_of(
        current_client().post(
            NOTIFICATIONS, path_of("messages", message_id, "read"), json={}, headers=own_key()
        )
    )
    return redirect(url_for("portal.messages.inbox", _anchor=f"m-{message_id}"), code=303)

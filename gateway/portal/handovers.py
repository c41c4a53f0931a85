"""Hand-overs (转办): cases that other authorities' systems execute, followed by officials."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for

from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import Answer, moved_on
from gateway.portal.services import ENTERPRISE, RefusedError, act, load

pages = Blueprint("handovers", __name__)

STATES = ("pending", "filed", "stuck", "ended")


@pages.get("/handovers")
@desk_only
def index() -> str:
    """Those the reader may see, the newest first, narrowed by state."""
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    cursor = request.args.get("cursor")
    found = load(ENTERPRISE, "/handovers", state=state, cursor=cursor)
    return render_template(
        "portal/desk/handovers.html",
        found=found,
        state=state,
        first_page=not cursor,
        new_key=lambda: str(uuid4()),
        link=lambda **values: url_for("portal.handovers.index", **{k: v for k, v in values.items() if v}),
    )


@pages.post("/desk/cases/<uuid:case_id>/retry-handover")
@desk_only
def retry(case_id: UUID) -> Answer:
    """Let a stuck hand-over go on, then show its case."""
    try:
        act(str(case_id), "retry-handover", {})
    except RefusedError as refusal:
        return moved_on(refusal, str(case_id))
    return redirect(url_for("portal.desk_case.show", case_id=case_id, done="retried"), code=303)

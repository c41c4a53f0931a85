"""The portal as one blueprint of the gateway's app."""

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect

from gateway.portal import (
    apidocs,
    applications,
    assets,
    calendar_notice,
    calendar_years,
    check,
    correction,
    credit,
    deferring,
    desk_actions,
    desk_case,
    desk_check,
    desk_correction,
    desk_decision,
    desk_delivery,
    desk_extension,
    desk_intake,
    desk_notice,
    desk_overdue,
    desk_payment,
    desk_procedures,
    desk_queue,
    desk_review,
    desk_revocation,
    desk_spot,
    discarding,
    enterprises,
    errors,
    files,
    handovers,
    i18n,
    materials,
    messages,
    navigation,
    notices,
    objection,
    overdue,
    public,
    renewal,
    route,
    sections,
    session,
    stuck_event,
    stuck_list,
    supervision,
    verify,
)
from gateway.portal.context import Portal, PortalHost, PortalSettings, install
from gateway.portal.machines import areas as machines
from gateway.portal.parking import areas as parking
from gateway.portal.security import secure

PAGES = (
    public.pages,
    session.pages,
    applications.pages,
    discarding.pages,
    renewal.pages,
    route.pages,
    sections.pages,
    materials.pages,
    check.pages,
    correction.pages,
    deferring.pages,
    objection.pages,
    files.pages,
    messages.pages,
    verify.pages,
    notices.pages,
    desk_queue.pages,
    desk_case.pages,
    desk_actions.pages,
    desk_intake.pages,
    desk_correction.pages,
    desk_spot.pages,
    desk_review.pages,
    desk_decision.pages,
    desk_procedures.pages,
    desk_extension.pages,
    desk_delivery.pages,
    desk_overdue.pages,
    supervision.pages,
    overdue.pages,
    desk_check.pages,
    handovers.pages,
    desk_revocation.pages,
    desk_payment.pages,
    desk_notice.pages,
    stuck_list.pages,
    stuck_event.pages,
    calendar_years.pages,
    calendar_notice.pages,
    credit.pages,
    enterprises.pages,
    *machines.PAGES,
    *parking.PAGES,
    apidocs.pages,
)


def register(app: Flask, host: PortalHost, settings: PortalSettings) -> None:
    """Add the portal to the gateway's app.

    Call it after the app's own error handlers are set, and call `assets.wrap_static(app)` last. The app needs
    `SECRET_KEY`; forms are protected against forged requests on portal pages only, the API has its tokens.
    """
    install(app.extensions, Portal(host, settings))
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # as long as the session lives
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    i18n.register(app)
    assets.register(app)
    navigation.register(app)
    csrf = CSRFProtect(app)
    portal = Blueprint("portal", __name__, template_folder="templates")
    portal.before_request(csrf.protect)
    portal.after_request(secure)
    errors.register(app, portal)
    for pages in PAGES:
        portal.register_blueprint(pages)
    app.register_blueprint(portal)

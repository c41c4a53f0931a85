"""After the use of a machine: its quality, a dispute, and what the two sides say of each other."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, INVALID, STALE, Seen, Wrong, errors_of, version_shown, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Option, Typed, read, typed_in
from gateway.portal.downloads import passed_on
from gateway.portal.machines.asking import PRODUCTION, booking_path, load_seen, send
from gateway.portal.machines.handing_in import ABOUT_THE_FILE, about_file, refused, sentence_of, upload
from gateway.portal.services import answer_of, load

pages = Blueprint("machine_after_use", __name__)

Answer = str | Response | tuple[str, int]

_FORBIDDEN = 403
_ENDED = ("done", "no_show", "cancelled")
_NOTHING_CAME = ("rejected", "expired")
"""Of these something may have been kept of a time from which the booking was moved."""
_STARS = tuple(
    Option(str(number), label)
    for number, label in (
        (5, _l("5: very good")),
        (4, _l("4: good")),
        (3, _l("3: fair")),
        (2, _l("2: poor")),
        (1, _l("1: very poor")),
    )
)
_REASONS = (
    Option("quality", _l("Quality")),
    Option("delay", _l("Delay")),
    Option("damage", _l("Damage")),
    Option("billing", _l("Billing")),
    Option("other", _l("Other")),
)
_YUAN = _l("yuan")
_MAY_SAY = Control("reason", _l("Reason (optional)"), "area", most=400)

FORMS: Mapping[str, tuple[Control, ...]] = {
    "quality": (
        Control("accepted_pieces", _l("Pieces found good"), "whole", width="short"),
        Control("rejected_pieces", _l("Pieces found bad"), "whole", width="short"),
        Control("measured", _l("Measured values"), "area", most=2000),
        Control(
            "note",
            _l("Note"),
            "area",
            hint=_l("Where pieces are not what was made, measured values or a note are enough."),
            most=2000,
        ),
    ),
    "propose": (
        Control("text", _l("What deviates"), "area", most=400),
        Control(
            "reduction_fen",
            _l("Price reduction"),
            "yuan",
            hint=_l("What the customer gets back; no more than was paid."),
            suffix=_YUAN,
            width="short",
        ),
    ),
    "decline": (_MAY_SAY,),
    "dispute": (
        Control("reason", _l("What it is about"), "choice", options=_REASONS, blank=_l("Choose")),
        Control("text", _l("What has happened"), "area", most=2000),
        Control(
            "claimed_fen",
            _l("What you claim"),
            "yuan",
            hint=_l("As the customer: what is to be given back. As the owner: what is to be paid more."),
            suffix=_YUAN,
            width="short",
        ),
    ),
    "rating": (
        Control("stars", _l("Stars"), "choice", options=_STARS, number=True, blank=_l("Choose")),
        Control(
            "text",
            _l("What others should know (optional)"),
            "area",
            hint=_l("Name no persons and no secrets. It is shown under your firm's name."),
            most=500,
        ),
    ),
}
"""The forms about a booking, by the last part of their addresses."""


def after_use(booking: Json) -> Json | None:
    """What the page of a booking shows of its quality, disputes and ratings; None before its end."""
    if booking["state"] not in _ENDED and not (booking["state"] in _NOTHING_CAME and booking["charges"]):
        return None
    own = bool(booking["sides"])
    done = booking["state"] == "done"
    seen = load_seen(booking_path(booking["id"], "quality")) if done else None
    return {
        "quality": seen.document if seen else None,
        "quality_version": seen.version if seen else "",
        "disputes": load(PRODUCTION, booking_path(booking["id"], "disputes"))["items"] if own else None,
        "ratings": load(PRODUCTION, booking_path(booking["id"], "ratings")) if own and done else None,
    }


@pages.get("/bookings/<uuid:booking_id>/<any(quality, propose, decline, dispute, rating):form>")
@signed_in_only
def ask(booking_id: UUID, form: str) -> Answer:
    """One of the forms about a booking."""
    typed: Typed = {each.name: "" for each in FORMS[form]}
    if form == "quality":
        found = load_seen(booking_path(booking_id, "quality")).document
        typed = {each.name: _text(found[each.name]) for each in FORMS[form]}
    return _form_page(booking_id, form, typed, Wrong())


@pages.post("/bookings/<uuid:booking_id>/<any(quality, propose, decline, dispute, rating):form>")
@signed_in_only
def say(booking_id: UUID, form: str) -> Answer:
    """Send one of the forms about a booking."""
    controls = FORMS[form]
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    method, path = _place(booking_id, form)
    response = send(method, path, body)
    if response.status == INVALID:
        return _form_page(booking_id, form, typed, wrong_of(errors_of(response), controls, own)), INVALID
    if response.status in (CONFLICT, STALE, _FORBIDDEN):
        return _form_page(booking_id, form, typed, refused(response)), response.status
    answered = answer_of(response)
    if form == "dispute":
        return redirect(
            url_for("portal.machine_disputes.show", dispute_id=answered["id"], done="dispute"), code=303
        )
    return _to_booking(booking_id, form)


@pages.post("/bookings/<uuid:booking_id>/quality/<any(accept, agree):verb>")
@signed_in_only
def judge(booking_id: UUID, verb: str) -> Answer:
    """Accept the result, or agree to the concession."""
    response = send("POST", booking_path(booking_id, "quality", verb), {})
    if response.status in (CONFLICT, STALE, _FORBIDDEN, INVALID):
        return _message_page(booking_id, refused(response)), response.status
    answer_of(response)
    return _to_booking(booking_id, verb)


@pages.get("/bookings/<uuid:booking_id>/quality/report")
@signed_in_only
def report(booking_id: UUID) -> Response:
    """The report of the result, as a download."""
    return passed_on(PRODUCTION, booking_path(booking_id, "quality", "report"), inline=False)


@pages.get("/bookings/<uuid:booking_id>/quality/report/upload")
@signed_in_only
def ask_report(booking_id: UUID) -> str:
    """The form for the report."""
    return _report_page(booking_id, "")


@pages.post("/bookings/<uuid:booking_id>/quality/report/upload")
@signed_in_only
def upload_report(booking_id: UUID) -> Answer:
    """Hand the report on to the service, which looks inside it."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _report_page(booking_id, _("Choose a file first")), INVALID
    guard = {"If-Match": f'"{request.form.get("version", "")}"'}
    response = upload(booking_path(booking_id, "quality", "report"), file, guard)
    if response.status in ABOUT_THE_FILE | {STALE, CONFLICT}:
        return _report_page(booking_id, sentence_of(response)), response.status
    answer_of(response)
    return _to_booking(booking_id, "report")


def _place(booking_id: UUID, form: str) -> tuple[str, str]:
    if form == "quality":
        return "PUT", booking_path(booking_id, "quality")
    if form in {"propose", "decline"}:
        return "POST", booking_path(booking_id, "quality", form)
    return "POST", booking_path(booking_id, "disputes" if form == "dispute" else "ratings")


def _guarded(booking_id: UUID, form: str) -> tuple[Json, Seen]:
    """The booking, and what the form changes at its version."""
    booking = load_seen(booking_path(booking_id))
    if form in {"quality", "propose", "decline", "report"}:
        return booking.document, load_seen(booking_path(booking_id, "quality"))
    return booking.document, booking


def _form_page(booking_id: UUID, form: str, typed: Typed, wrong: Wrong) -> str:
    booking, seen = _guarded(booking_id, form)
    return render_template(
        "portal/machines/after_form.html",
        booking=booking,
        form=form,
        controls=FORMS[form],
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        version=version_shown(seen, stale=False),
        idempotency_key=str(uuid4()),
    )


def _report_page(booking_id: UUID, sentence: str) -> str:
    booking, seen = _guarded(booking_id, "report")
    wrong = about_file(sentence) if sentence else Wrong()
    return render_template(
        "portal/machines/report.html",
        booking=booking,
        wrong=wrong.by_id,
        errors=wrong.lines,
        version=seen.version,
    )


def _message_page(booking_id: UUID, wrong: Wrong) -> str:
    return render_template(
        "portal/machines/after_refused.html",
        booking=load(PRODUCTION, booking_path(booking_id)),
        errors=wrong.lines,
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _to_booking(booking_id: UUID, done: str) -> Response:
    return redirect(url_for("portal.machine_bookings.show", booking_id=booking_id, done=done), code=303)

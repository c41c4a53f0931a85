"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.portal.context import current_host, current_person
from gateway.portal.fields import ErrorLine
from gateway.portal.i18n import say
from gateway.portal.security import local_path
from shared.errors import Problem, TooManyRequests, Unauthenticated

pages = Blueprint("session", __name__)

Answer = str | Response | tuple[str, int]


@pages.get("/sign-in")
def sign_in() -> Answer:
    """The sign-in form; whoever is signed in already goes straight on."""
    goal = local_path(request.args.get("next"), url_for("portal.public.home"))
    if current_person():
        return redirect(goal, code=303)
    return render_template("portal/sign_in.html", next=goal, username="", errors=[], wrong={})


@pages.post("/sign-in")
def sign_in_post() -> Answer:
    """Check name and password; every failure looks alike, so that nobody learns which names exist."""
    goal = local_path(request.form.get("next"), url_for("portal.public.home"))
    username, password = request.form.get("username", ""), request.form.get("password", "")
    wrong: dict[str, str] = {}
    if not username.strip():
        wrong["username"] = _("Enter your user name")
    if not password:
        wrong["password"] = _("Enter your password")
    if wrong:
        return _form_again(goal, username, wrong, 422)
    try:
        current_host().sign_in(username.strip(), password)
    except TooManyRequests as problem:
        return _form_again(goal, username, {"username": _said(problem)}, problem.status)
    except Unauthenticated:
        return _form_again(goal, username, {"username": _("The user name or password is not right")}, 422)
    return redirect(_landing(goal), code=303)


def _landing(goal: str) -> str:
    """Officials who asked for nothing in particular come to their queue."""
    person = current_person()
    if goal == url_for("portal.public.home") and person and person["positions"]:
        return url_for("portal.desk.queue")
    return goal


def _said(problem: Problem) -> str:
    return say(problem.detail or problem.title)


def _form_again(goal: str, username: str, wrong: dict[str, str], status: int) -> tuple[str, int]:
    errors = [ErrorLine(sentence, f"#{field}") for field, sentence in wrong.items()]
    page = render_template("portal/sign_in.html", next=goal, username=username, errors=errors, wrong=wrong)
    return page, status


@pages.post("/sign-out")
def sign_out() -> Response:
    """End the session."""
    current_host().sign_out()
    return redirect(url_for("portal.public.home"), code=303)

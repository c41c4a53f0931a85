"""Error pages: what happened, what the reader can do, and the number to tell the help desk."""

from typing import cast

import structlog
from flask import Blueprint, Flask, Response, g, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from gateway.portal.access import to_sign_in
from gateway.portal.context import Json
from gateway.portal.i18n import say
from gateway.portal.security import local_path, secure
from gateway.portal.services import RefusedError, problem_sentence, title_of
from shared.errors import Problem

log = structlog.get_logger(__name__)

# A version that is missing is answered like a stale one: the page was too old or not ours.
_ALIKE = {428: 412, 502: 503, 504: 503}
_SHOWN = {400, 403, 404, 405, 409, 412, 413, 415, 422, 429, 500, 503}
_UNAUTHENTICATED = 401
_SERVER_ERROR = 500
_TOO_LARGE = 413
_UNAVAILABLE = 503
_READ_ON_AT_MOST = 64 * 1024 * 1024  # bytes
_CHUNK = 64 * 1024
_NOT_PAGES = ("/api/", "/healthz", "/readyz", "/metrics", "/.well-known/")


def register(app: Flask, portal: Blueprint) -> None:
    """Show a page for everything that goes wrong on a page; the API keeps its problem documents."""
    portal.register_error_handler(RefusedError, refused)
    portal.register_error_handler(Problem, problem_raised)
    portal.register_error_handler(CSRFError, csrf_failed)
    portal.register_error_handler(HTTPException, http_error)
    portal.register_error_handler(Exception, unexpected)
    # An address that belongs to no route belongs to no blueprint either.
    for_the_api = app.error_handler_spec[None][None].get(HTTPException)

    def no_such_route(error: HTTPException) -> BaseResponse:
        if for_the_api and (request.blueprint or request.path.startswith(_NOT_PAGES)):
            return cast(BaseResponse, for_the_api(error))
        return secure(http_error(error))

    app.register_error_handler(HTTPException, no_such_route)


def error_page(status: int, problem: Json | None = None, service: str = "") -> Response:
    """The page for a status, with the service's own sentence where it gave one; its name when it is down."""
    if status == _TOO_LARGE:
        _read_on()
    shown = _ALIKE.get(status, status)
    if shown not in _SHOWN:
        shown = _SERVER_ERROR if shown >= _SERVER_ERROR else 400
    problem = problem or {}
    page = render_template(
        "portal/error.html",
        status=shown,
        slug=str(problem.get("type", "")).rpartition(":")[2],
        sentence=problem_sentence(problem),
        wrong=problem.get("errors") or [],
        service=title_of(service) if service and shown == _UNAVAILABLE else None,
        request_id=problem.get("request_id") or g.get("request_id"),
        back=_page_before(),
    )
    return make_response(page, shown)


def _read_on() -> None:
    """Read what the browser still sends, within reason: it shows an answer only when it could send all."""
    left = min(request.content_length or 0, _READ_ON_AT_MOST)
    while left > 0:
        chunk = request.environ["wsgi.input"].read(min(left, _CHUNK))
        if not chunk:
            return
        left -= len(chunk)


def _page_before() -> str:
    """Where the reader was, when that was on this site; else the front page."""
    referrer = request.referrer or ""
    if referrer.startswith(request.host_url):
        return local_path("/" + referrer.removeprefix(request.host_url))
    return url_for("portal.public.home")


def refused(refusal: RefusedError) -> BaseResponse:
    """A service refused what a page asked for."""
    if refusal.status == _UNAUTHENTICATED:
        return to_sign_in()
    answer = error_page(refusal.status, refusal.problem, refusal.service)
    if "Retry-After" in refusal.response.headers:
        answer.headers["Retry-After"] = refusal.response.headers["Retry-After"]
    return answer


def problem_raised(problem: Problem) -> BaseResponse:
    """The gateway itself refused."""
    if problem.status == _UNAUTHENTICATED:
        return to_sign_in()
    answer = error_page(problem.status, {"title": say(problem.title), "detail": say(problem.detail)})
    answer.headers.update(problem.headers)
    return answer


def csrf_failed(_error: CSRFError) -> BaseResponse:
    """The form's token is missing or too old."""
    return error_page(400, {"type": "urn:yuanban:problem:form-expired"})


def http_error(error: HTTPException) -> Response:
    """The framework refused (no such page, wrong method, too large …)."""
    answer = error_page(error.code or _SERVER_ERROR)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def unexpected(error: Exception) -> BaseResponse:
    """A fault of ours: recorded, and said so without details."""
    log.exception("unexpected error on a page", path=request.path, exc_info=error)
    return error_page(_SERVER_ERROR)

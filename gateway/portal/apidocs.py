"""Swagger UI for the public API, served from here: no request leaves this server."""

from flask import Blueprint, Response, make_response, render_template

from gateway.portal.security import API_DOCS_CSP

pages = Blueprint("apidocs", __name__)


@pages.get("/api/docs")
def show() -> Response:
    """The interactive description of `/api/v1/openapi.json`."""
    answer = make_response(render_template("portal/api_docs.html"))
    answer.headers["Content-Security-Policy"] = API_DOCS_CSP
    return answer

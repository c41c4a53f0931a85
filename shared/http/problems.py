"""Refusals as RFC 9457 problem documents, in the reader's language."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import structlog
from flask import Flask, Response, g, request
from marshmallow import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from shared.errors import Conflict, FieldError, PreconditionFailed, Problem
from shared.http.readable import pointer_to
from shared.text import Language, Text

log = structlog.get_logger(__name__)

PROBLEM_JSON = "application/problem+json"

_STATUS_TITLES = {
    400: ("bad-request", Text("请求有误", "The request is not valid")),
    403: ("forbidden", Text("没有办理权限", "You are not allowed to do this")),
    404: ("not-found", Text("没有找到", "Not found")),
    405: ("method-not-allowed", Text("不支持这种请求方法", "This method is not allowed here")),
    413: ("too-large", Text("文件或内容过大", "The file or message is too large")),
    415: ("unsupported-media", Text("不支持的内容类型", "This type of content is not accepted")),
    422: ("invalid-input", Text("填写的内容有误", "Some of the information is not valid")),
    429: ("too-many-requests", Text("操作过于频繁，请稍后再试", "Too many requests; please try again later")),
    500: (
        "internal-error",
        Text("系统出现意外错误，已记录", "Something went wrong here; it has been recorded"),
    ),
}

_BETWEEN = re.compile(r"Must be greater than or equal to (\S+) and less than or equal to (\S+?)\.")
_BETWEEN_SAID = Text("应在{least}至{most}之间", "This must lie between {least} and {most}")

# marshmallow's English sentences, by what they mean.
_SCHEMA_MESSAGES: tuple[tuple[str, str, Text], ...] = (
    ("Missing data", "required", Text("必填", "This is required")),
    ("Unknown field", "unknown", Text("不认识的字段", "This field is not known here")),
    ("Field may not be null", "null", Text("不能为空值（null）", "This may not be null")),
    ("Not a valid string", "type", Text("应为文字", "This must be a text")),
    ("Not a valid integer", "type", Text("应为整数", "This must be a whole number")),
    ("Not a valid number", "type", Text("应为数字", "This must be a number")),
    ("Not a valid boolean", "type", Text("应为 true 或 false", "This must be true or false")),
    ("Not a valid mapping", "type", Text("应为对象", "This must be an object")),
    ("Not a valid list", "type", Text("应为列表", "This must be a list")),
    ("Not a valid UUID", "type", Text("应为 UUID", "This must be a UUID")),
    ("Not a valid date", "type", Text("应为日期（YYYY-MM-DD）", "This must be a date (YYYY-MM-DD)")),
    ("Invalid input type", "type", Text("应为 JSON 对象", "This must be a JSON object")),
    ("Must be one of", "choice", Text("不是可选的值", "This is not one of the choices")),
    ("Shorter than", "too_short", Text("内容太短", "This is too short")),
    ("Longer than", "too_long", Text("内容太长", "This is too long")),
    ("Length must be", "length", Text("长度不符合要求", "The length is not allowed")),
    ("Must be greater", "range", Text("数值太小", "The number is too small")),
    ("Must be less", "range", Text("数值太大", "The number is too large")),
)


def reader_language() -> Language:
    """The language of the answer: `Accept-Language`, Chinese unless English is preferred."""
    best = request.accept_languages.best_match(["zh", "zh-CN", "zh-Hans", "en", "en-US", "en-GB"], "zh")
    return "en" if best.startswith("en") else "zh"


def problem_response(
    status: int,
    slug: str,
    title: Text,
    detail: Text | None = None,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
) -> Response:
    """The problem document as a response; `members` are what this kind says beside the usual."""
    language = reader_language()
    document: dict[str, Any] = {
        "type": f"urn:yuanban:problem:{slug}",
        "title": title.in_(language),
        "status": status,
        "instance": request.path,
        "request_id": g.get("request_id"),
    }
    if detail:
        document["detail"] = detail.in_(language)
    if errors:
        document["errors"] = [
            {"pointer": e.pointer, "code": e.code, "message": e.message.in_(language)} for e in errors
        ]
    document.update(members or {})
    response = Response(
        json.dumps(document, ensure_ascii=False), status=status, content_type=PROBLEM_JSON, headers=headers
    )
    response.headers["Content-Language"] = "zh-CN" if language == "zh" else "en"
    response.headers["Cache-Control"] = "no-store"
    response.headers.add("Vary", "Accept-Language")
    return response


def answer_problem(problem: Problem) -> Response:
    """A refusal raised by our own code."""
    return problem_response(
        problem.status,
        problem.code,
        problem.title,
        problem.detail,
        problem.errors,
        problem.headers,
        problem.members,
    )


def _answer_http(error: HTTPException) -> Response:
    """A refusal raised by the framework (no such route, wrong method, schema errors …)."""
    status = error.code or 500
    slug, title = _STATUS_TITLES.get(status, ("http-error", Text.same(error.name)))
    # webargs says first where the values came from (json, query); that is no part of the body.
    placed = getattr(error, "data", {}).get("messages", {}) if hasattr(error, "data") else {}
    errors = tuple(found for messages in placed.values() for found in schema_errors(messages))
    headers = {}
    for key, value in error.get_headers():
        if key in {"Allow", "Retry-After", "WWW-Authenticate"}:
            headers[key] = value
    detail = None
    if status == 400 and not errors:
        detail = Text(
            "请求内容无法读取（例如 JSON 格式错误）", "The body cannot be read (wrong JSON, for example)"
        )
    return problem_response(status, slug, title, detail, errors, headers)


def schema_errors(messages: Any, pointer: str = "") -> Iterator[FieldError]:
    """Flatten marshmallow's nested messages, one entry a wrong field."""
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            # What is said about a whole object stands under a name of marshmallow's own.
            yield from schema_errors(value, pointer if key == "_schema" else pointer_to(pointer, key))
        return
    sentences = messages if isinstance(messages, list) else [messages]
    sentence = str(sentences[0]) if sentences else ""
    if between := _BETWEEN.fullmatch(sentence):
        least, most = between.groups()
        yield FieldError(pointer or "/", "range", _BETWEEN_SAID.format(least=least, most=most))
        return
    for prefix, code, text in _SCHEMA_MESSAGES:
        if sentence.startswith(prefix):
            yield FieldError(pointer or "/", code, text)
            return
    yield FieldError(pointer or "/", "invalid", Text("内容无效", sentence or "This is not valid"))


def _constraint(error: IntegrityError) -> str:
    """The name of the constraint on PostgreSQL, the table and columns on SQLite; neither quotes values."""
    named = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return str(named or error.orig)


def register(app: Flask) -> None:
    """Answer every refusal of this app with a problem document."""

    @app.errorhandler(Problem)
    def _problem(error: Problem) -> Response:
        return answer_problem(error)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        return _answer_http(error)

    @app.errorhandler(ValidationError)
    def _schema(error: ValidationError) -> Response:
        slug, title = _STATUS_TITLES[422]
        return problem_response(422, slug, title, None, tuple(schema_errors(error.messages)))

    @app.errorhandler(StaleDataError)
    def _stale(_error: StaleDataError) -> Response:
        # Two writers read the same version; the conditional update let only the other one through.
        return answer_problem(PreconditionFailed())

    @app.errorhandler(IntegrityError)
    def _integrity(error: IntegrityError) -> Response:
        # The database's own words quote the values, which may be somebody's.
        log.warning("constraint refused a write", constraint=_constraint(error))
        return answer_problem(Conflict())

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        log.exception("unexpected error", exc_info=error)
        slug, title = _STATUS_TITLES[500]
        return problem_response(500, slug, title)

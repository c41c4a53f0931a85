"""The service's OpenAPI description: derived from routes, schemas and marks, written nowhere twice.

Every refusal is a problem document (RFC 9457); each operation says which kinds it may give.
"""

import json
import re
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from importlib import resources
from typing import Any

import flask_smorest
from apispec import APISpec
from flask import Flask, Response, current_app
from flask_smorest import Api
from marshmallow import Schema, fields

from shared import refusals
from shared.http.contract import Marks, marks_of
from shared.http.described import ALWAYS, HEADERS, OF_STATUS, PARAMETERS, UPLOAD
from shared.http.problems import PROBLEM_JSON
from shared.http.schemas import Answer
from shared.refusals import Refusal

Json = dict[str, Any]

ETAG = {"ETag": "ETag"}
"""Headers of an answer that carries a version."""
LOCATION = {"Location": "Location"}
FILE = {"Content-Disposition": "Content-Disposition"}
CONTENT: Json = {}
"""The schema of a file: octets are nothing that JSON Schema could say anything about."""
EXAMPLES = "examples.json"
"""Beside the schemas of a package: an example for each of them, by the name of its class."""

_PLACEHOLDER = re.compile(r"<(?:[^:<>]+:)?(\w+)>")


class FieldProblem(Answer):
    """One wrong field."""

    pointer = fields.String(required=True, metadata={"description": "JSON pointer into the body"})
    code = fields.String(required=True, metadata={"description": "What is wrong, for programs"})
    message = fields.String(required=True, metadata={"description": "in the language of Accept-Language"})


class Problem(Answer):
    """A refusal and its reason, in the language of Accept-Language."""

    type = fields.String(required=True, metadata={"description": "The kind of refusal, for programs"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    instance = fields.String(required=True, metadata={"description": "The path that was asked for"})
    request_id = fields.String(required=True, metadata={"description": "By which the log knows the request"})
    errors = fields.List(fields.Nested(FieldProblem))


class ServiceApi(Api):  # type: ignore[misc]
    """flask-smorest's Api with our headers and our kind of refusal, and no answer left undescribed."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask) -> None:
        self._described = threading.Lock()
        self._undescribed: list[tuple[flask_smorest.Blueprint, str]] = []
        super().__init__(app)

    def register_blueprint(
        self, blp: flask_smorest.Blueprint, *, parameters: Sequence[Json] | None = None, **options: Any
    ) -> None:
        """Serve the blueprint's routes. They are described when somebody first asks for the description:
        that takes longer than all the rest of a start, and most processes are never asked.
        """
        if parameters:
            raise ValueError("a blueprint describes its placeholders itself (path_parameters)")
        name = options.get("name", blp.name)
        self._app.extensions["flask-smorest"]["blp_name_to_api"][name] = self
        self._app.register_blueprint(blp, **options)
        self._undescribed.append((blp, name))

    def description(self) -> Json:
        """The OpenAPI document of all routes."""
        with self._described:
            while self._undescribed:
                blp, name = self._undescribed.pop(0)
                blp.register_views_in_doc(self, self._app, self.spec, name=name, parameters=None)
                self.spec.tag({"name": name, "description": blp.description})
            document: Json = self.spec.to_dict()
            return document

    def _openapi_json(self) -> Response:
        return current_app.response_class(
            json.dumps(self.description(), ensure_ascii=False, indent=2), mimetype="application/json"
        )

    def _register_responses(self) -> None:
        """Refusals are described by what an operation refuses, not one for every HTTP status."""
        self.ma_plugin.converter.add_parameter_attribute_function(_never_null)
        self.spec.components.schema("Problem", schema=Problem)

    def _register_etag_headers(self) -> None:
        for name, parameter in PARAMETERS.items():
            self.spec.components.parameter(name, parameter["in"], parameter, lazy=True)
        for name, header in HEADERS.items():
            self.spec.components.header(name, header, lazy=True)

    def _register_pagination_header(self) -> None:
        """Ours is `Link`."""


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """flask-smorest's Blueprint, which completes what it knows of a route by its marks.

    `path_parameters` says what the placeholders of the routes mean: name → (description, example).
    """

    def __init__(
        self, *args: Any, path_parameters: Mapping[str, tuple[str, Any]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._path_parameters = path_parameters or {}
        self._prepare_doc_cbks.append(self._prepare_contract)

    def arguments(self, schema: Any, *, location: str = "json", **kwargs: Any) -> Any:
        """What a route takes. The schema of a body is made once: it copies all its fields when it is made."""
        once = location == "json" and isinstance(schema, type)
        return super().arguments(schema() if once else schema, location=location, **kwargs)

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        provide_automatic_options: bool | None = None,
        *,
        parameters: Sequence[Json] | None = None,
        tags: Sequence[str] | None = None,
        **options: Any,
    ) -> None:
        """Register the route, its placeholders described."""
        names = _PLACEHOLDER.findall(rule)
        described = [self._path_parameter(name) for name in names]
        super().add_url_rule(
            rule,
            endpoint,
            view_func,
            provide_automatic_options,
            parameters=[*(parameters or ()), *described],
            tags=tags,
            **options,
        )
        known = self._endpoints[-1]
        for method, info in self._docs[known].items():
            if method != "parameters":
                info["route"] = {"operationId": known, "names_something": bool(names)}

    def _path_parameter(self, name: str) -> Json:
        description, example = self._path_parameters[name]
        return {"in": "path", "name": name, "description": description, "example": example}

    @staticmethod
    def _prepare_contract(doc: Json, doc_info: Json, *, spec: APISpec, method: str, **_: Any) -> Json:
        operation = _Operation(method, doc, doc_info)
        doc["operationId"] = doc_info["route"]["operationId"]
        doc["security"] = [] if operation.marks.public else [{"token": []}]
        doc["parameters"] = [*doc.get("parameters", ()), *operation.headers()]
        if operation.marks.upload:
            doc["requestBody"] = UPLOAD
        operation.complete_bodies(spec)
        doc["responses"] = {
            **{status: answer for status, answer in doc["responses"].items() if int(status) < 400},
            **operation.refused(spec),
        }
        doc_info["docstring"]["description"] = operation.description()
        return doc


class _Operation:
    """One operation while it is described."""

    def __init__(self, method: str, doc: Json, info: Json) -> None:
        self.method = method
        self.doc = doc
        self.info = info
        self.marks: Marks = marks_of(info)
        self.query = [each["schema"] for each in doc.get("parameters", ()) if each.get("in") == "query"]
        self.has_body = "requestBody" in doc or method in {"post", "put", "patch"}
        self.keyed = self.marks.command and method == "post"
        self.paged = any("cursor" in schema().fields for schema in self.query)

    def headers(self) -> list[str]:
        """Names of the headers that the request takes."""
        found = ["Accept-Language"]
        if self.marks.guarded:
            found.append("If-Match")
        if self.marks.upload:
            found += ["If-Match-to-replace", "If-None-Match"]
        if self.keyed:
            found.append("Idempotency-Key")
        return found

    def answers(self) -> list[str]:
        """Names of the headers of every answer, whatever the route adds."""
        found = list(ALWAYS)
        if self.paged:
            found.append("Link")
        if self.keyed:
            found.append("Idempotent-Replayed")
        return found

    def description(self) -> str:
        """The route's own words, and what follows from its kind."""
        sentences = [self.info["docstring"].get("description", "")]
        if self.marks.public:
            sentences.append("Public: no token is needed.")
        if self.paged:
            sentences.append(
                "Answers a page; the header `Link` and the member `next` lead to the following one."
            )
        if self.marks.guarded:
            sentences.append("Name the version that you saw (the `ETag` of an answer) in `If-Match`.")
        if self.keyed:
            sentences.append("With an `Idempotency-Key` the request may be repeated without a second effect.")
        return "\n\n".join(sentence for sentence in sentences if sentence)

    def complete_bodies(self, spec: APISpec) -> None:
        """Examples of what is sent and answered, and the headers of every answer."""
        for content in self.doc.get("requestBody", {}).get("content", {}).values():
            _add_example(spec, content)
        for status, answer in self.doc["responses"].items():
            if int(status) >= HTTPStatus.BAD_REQUEST:
                continue
            for content in answer.get("content", {}).values():
                _add_example(spec, content)
            answer["headers"] = {**answer.get("headers", {}), **{name: name for name in self.answers()}}

    def refused(self, spec: APISpec) -> Json:
        """Every refusal by status, as the name of a component."""
        by_status: dict[int, list[Refusal]] = defaultdict(list)
        for each in dict.fromkeys([*self._usual(), *self.marks.refusals]):
            by_status[each.status].append(each)
        return {str(status): _response(spec, by_status[status]) for status in sorted(by_status)}

    def _usual(self) -> list[Refusal]:
        found = [
            refusals.BAD_REQUEST,
            refusals.UNAUTHENTICATED,
            refusals.TOO_MANY_REQUESTS,
            refusals.INVALID_INPUT,  # a query parameter that is not known, at the least
            refusals.INTERNAL_ERROR,
            refusals.UNAVAILABLE,
            refusals.TIMED_OUT,
        ]
        if self.info["route"]["names_something"]:
            found.append(refusals.NOT_FOUND)
        if self.has_body:
            found += [refusals.REQUEST_TIMED_OUT, refusals.TOO_LARGE, refusals.UNSUPPORTED_MEDIA]
        if self.marks.command:
            found.append(refusals.CONFLICT)
        if self.keyed:
            found.append(refusals.KEY_REUSED)
        if self.marks.guarded or self.marks.upload:
            found += [refusals.STALE_VERSION, refusals.VERSION_REQUIRED]
        return found


def _never_null(_converter: Any, field: fields.Field[Any], ret: Json) -> Json:
    """A parameter that is not given is not null: the wire has no null there."""
    schema = ret["schema"]
    if isinstance(schema.get("type"), list):
        schema["type"] = next(each for each in schema["type"] if each != "null")
    if "enum" in schema:
        schema["enum"] = [each for each in schema["enum"] if each is not None]
    if schema.get("default", "") is None:
        del schema["default"]
    return {}


def _add_example(spec: APISpec, content: Json) -> None:
    schema = content.get("schema")
    kind = schema if isinstance(schema, type) else type(schema)
    if not issubclass(kind, Schema):
        return  # a file
    known = _examples_beside(kind.__module__)
    if kind.__name__ not in known:
        return
    if kind.__name__ not in spec.components.examples:
        spec.components.example(kind.__name__, {"value": known[kind.__name__]})
    content["examples"] = {"example": kind.__name__}


def _examples_beside(module: str) -> Json:
    """The examples kept beside the module that declares a schema."""
    file = resources.files(module.rpartition(".")[0]) / EXAMPLES
    found: Json = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return found


def _response(spec: APISpec, kinds: Sequence[Refusal]) -> str:
    """The component that describes one status with these kinds of refusal."""
    status = kinds[0].status
    name = "-".join([str(status), *(each.slug for each in kinds)])
    if name in spec.components.responses:
        return name
    for each in kinds:
        if each.slug not in spec.components.examples:
            spec.components.example(each.slug, {"summary": each.meaning, "value": _example_of(each)})
    more = {name: schema for each in kinds for name, schema in each.members.items()}
    kind = {"properties": {"type": {"enum": [each.urn for each in kinds]}, "status": {"const": status}}}
    problem: Json = {"$ref": "#/components/schemas/Problem"}
    if more:  # a problem of its own: the usual one knows no further members
        usual = spec.components.schemas["Problem"]
        problem = {**usual, "properties": {**usual["properties"], **more}}
    spec.components.response(
        name,
        {
            "description": "\n".join(f"* `{each.urn}`: {each.meaning}" for each in kinds),
            "headers": {**{header: header for header in ALWAYS}, **OF_STATUS.get(status, {})},
            "content": {
                PROBLEM_JSON: {
                    "schema": {"allOf": [problem, kind]},
                    "examples": {each.slug: each.slug for each in kinds},
                }
            },
        },
    )
    return name


def _example_of(kind: Refusal) -> Json:
    document: Json = {
        "type": kind.urn,
        "title": kind.title.en,
        "status": kind.status,
        "instance": "/api/v1/…",
        "request_id": "01939f6e-3a4b-7c21-9d5e-8f0a1b2c3d4e",
    }
    document.update(kind.example)
    if kind == refusals.INVALID_INPUT:
        wrong = {"pointer": "/limit", "code": "range", "message": "The number is too large"}
        document["errors"] = [wrong]
    return document

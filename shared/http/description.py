"""The service's OpenAPI description: every refusal is a problem document (RFC 9457)."""

from flask_smorest import Api
from marshmallow import Schema, fields

from shared.http.problems import PROBLEM_JSON


class FieldProblem(Schema):
    """One wrong field."""

    pointer = fields.String(required=True, metadata={"description": "JSON pointer into the body"})
    code = fields.String(required=True)
    message = fields.String(required=True, metadata={"description": "in the language of Accept-Language"})


class Problem(Schema):
    """A refusal and its reason, in the language of Accept-Language."""

    type = fields.String(required=True, metadata={"example": "urn:yuanban:problem:invalid-input"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    instance = fields.String(required=True)
    request_id = fields.String(required=True, allow_none=True)
    errors = fields.List(fields.Nested(FieldProblem))


class ServiceApi(Api):  # type: ignore[misc]
    """flask-smorest's Api with our kind of refusal."""

    DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"
    ERROR_SCHEMA = Problem()  # one instance: it is described once for every HTTP status

    def _register_responses(self) -> None:
        usual = self.DEFAULT_RESPONSE_CONTENT_TYPE
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM_JSON
        try:
            super()._register_responses()
        finally:
            self.DEFAULT_RESPONSE_CONTENT_TYPE = usual

"""The wire forms of sign-in and of the signed-in person."""

from marshmallow import Schema, fields, validate

from shared.http.schemas import Answer, TextSchema
from shared.text import LANGUAGES


class Credentials(Schema):
    """User name and password."""

    username = fields.String(required=True, validate=validate.Length(min=1, max=200))
    password = fields.String(required=True, validate=validate.Length(min=1, max=200), load_only=True)


class AccessToken(Answer):
    """A bearer token for the public API."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_in = fields.Integer(required=True, metadata={"description": "seconds"})


class DepartmentSchema(Answer):
    """A department."""

    code = fields.String(required=True, metadata={"description": "unified social credit code"})
    name = fields.Nested(TextSchema, required=True)


class PositionSchema(Answer):
    """A position in a department."""

    department = fields.Nested(DepartmentSchema, required=True)
    position = fields.String(required=True, validate=validate.OneOf(["window", "reviewer", "approver"]))


class OrganisationSchema(Answer):
    """An organisation, as its members see it."""

    id = fields.UUID(required=True)
    uscc = fields.String(required=True)
    name = fields.String(required=True)
    closed = fields.Boolean(
        required=True, metadata={"description": "It has ended; nobody can act for it any more"}
    )


class MembershipSchema(Answer):
    """A place in an organisation."""

    organisation = fields.Nested(OrganisationSchema, required=True)
    role = fields.String(required=True, validate=validate.OneOf(["admin", "member"]))


class Profile(Answer):
    """Who is signed in."""

    id = fields.UUID(required=True)
    username = fields.String(required=True)
    name = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    positions = fields.List(fields.Nested(PositionSchema), required=True)
    memberships = fields.List(fields.Nested(MembershipSchema), required=True)
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    mobile = fields.String(required=True, allow_none=True, metadata={"description": "masked"})

"""The bare peer over HTTP: Flask, one table, and PostgreSQL's EXCLUDE constraint to keep bookings apart.

It checks the token as the service does, that its bearer acts for the firm, and the body. No other rule is
looked at; nothing has more than one unit, a price that is worked out, set-up time or opening hours. It writes
the rows that holding a machine writes: the booking with its rules and price, the terms that were agreed, the
first step of the history, and what any command leaves beside its own. Its connections are pooled alike.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import urllib3
from flask import Flask, Response, jsonify, request
from marshmallow import Schema, ValidationError, fields
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint
from sqlalchemy.exc import IntegrityError

from bench.bookings.park import POLICY
from shared.actor import Actor
from shared.audit import AuditEntry
from shared.config import Settings
from shared.database import Database, table_of
from shared.errors import Unauthenticated
from shared.http.tokens import TokenVerifier
from shared.ids import new_id
from shared.messaging.outbox import OutboxMessage
from shared.messaging.timers import Timer

METADATA = sa.MetaData()
BOOKING = sa.Table(
    "bare_booking",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("machine_id", sa.Uuid, nullable=False),
    sa.Column("customer", sa.String(18), nullable=False),
    sa.Column("during", TSTZRANGE, nullable=False),
    sa.Column("state", sa.String(24), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Column("price_fen", sa.BigInteger),
    sa.Column("price_lines", JSONB),
    sa.Column("rules", JSONB, nullable=False),
    ExcludeConstraint(("machine_id", "="), ("during", "&&"), name="no_overlap"),
)
TERMS = sa.Table(
    "bare_terms",
    METADATA,
    sa.Column("id", sa.Uuid, sa.ForeignKey("bare_booking.id"), primary_key=True),
    sa.Column("machine_id", sa.Uuid, nullable=False, index=True),
    sa.Column("customer", sa.String(18), nullable=False, index=True),
    sa.Column("tariff", JSONB, nullable=False),
    sa.Column("cancellation", JSONB, nullable=False),
)
STEP = sa.Table(
    "bare_step",
    METADATA,
    sa.Column("booking_id", sa.Uuid, sa.ForeignKey("bare_booking.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("step", sa.String(24), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)
_DOCUMENT = POLICY.to_json()
_ADD = sa.insert(BOOKING).values(
    during=sa.func.tstzrange(
        sa.bindparam("starts_at", type_=sa.DateTime(timezone=True)),
        sa.bindparam("ends_at", type_=sa.DateTime(timezone=True)),
    )
)


_EVENT = b'{"specversion":"1.0","type":"yuanban.production.booking.held.v1","data":{}}' + b" " * 700


class Hold(Schema):
    """The same body."""

    machine_id = fields.UUID(required=True)
    on_behalf_of = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)


def create_table(engine: sa.Engine) -> None:
    """The table and the extension that its constraint needs."""
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS btree_gist"))
    METADATA.create_all(engine)


def create() -> Flask:
    """The application; gunicorn calls this."""
    app = Flask("bare")
    settings = Settings.from_env()
    engine = Database(settings.database_url_for("production")).engine
    verifier = _verifier(settings.upstreams["gateway"])
    body = Hold()

    @app.get("/ping")
    def ping() -> Response:
        return jsonify(pong=True)

    @app.post("/machine-bookings")
    def hold() -> tuple[Response, int]:
        actor = _bearer(verifier)
        wish = body.load(request.get_json())
        if wish["on_behalf_of"] not in {each.uscc for each in actor.memberships}:
            return jsonify(title="forbidden"), 403
        made = new_id()
        now = datetime.now(UTC)
        row = {
            "id": made,
            "machine_id": wish["machine_id"],
            "customer": wish["on_behalf_of"],
            "starts_at": wish["starts_at"],
            "ends_at": wish["ends_at"],
            "state": "held",
            "expires_at": now,
            "price_fen": 28000,
            "price_lines": [_DOCUMENT],
            "rules": _DOCUMENT,
        }
        terms = {
            "id": made,
            "machine_id": wish["machine_id"],
            "customer": wish["on_behalf_of"],
            "tariff": _DOCUMENT,
            "cancellation": _DOCUMENT,
        }
        try:
            with engine.begin() as connection:
                connection.execute(_ADD, row)
                connection.execute(sa.insert(TERMS), terms)
                step = {"booking_id": made, "number": 1, "step": "held", "at": now}
                connection.execute(sa.insert(STEP), step)
                _write_traces(connection, made, now)
        except IntegrityError:
            return jsonify(title="taken"), 409
        return jsonify(id=str(made), starts_at=wish["starts_at"].isoformat()), 201

    @app.errorhandler(Unauthenticated)
    def unknown(_error: Unauthenticated) -> tuple[Response, int]:
        return jsonify(title="unauthenticated"), 401

    @app.errorhandler(ValidationError)
    def invalid(error: ValidationError) -> tuple[Response, int]:
        return jsonify(title="invalid", errors=error.messages), 422

    return app


def _verifier(edge: str) -> TokenVerifier:
    def keys() -> Any:
        return urllib3.request("GET", f"{edge}/.well-known/jwks.json").json()

    return TokenVerifier("production", keys, lambda: datetime.now(UTC))


def _bearer(verifier: TokenVerifier) -> Actor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated
    return verifier.verify(token.strip())


def _write_traces(connection: sa.Connection, made: UUID, now: datetime) -> None:
    """The rows that any command writes beside its own: what was done, what is told, when to look again."""
    timer = {
        "id": new_id(),
        "name": "scan",
        "key": str(made),
        "due_at": now,
        "payload": {"booking": str(made)},
    }
    connection.execute(sa.insert(table_of(Timer)), timer)
    connection.execute(
        sa.insert(table_of(AuditEntry)),
        {
            "aggregate_type": "booking",
            "aggregate_id": str(made),
            "number": 1,
            "at": now,
            "action": "booking.held",
            "actor_kind": "account",
            "actor_name": "",
            "details": {},
            "previous_hash": "",
            "hash": "0" * 64,
        },
    )
    connection.execute(
        sa.insert(table_of(OutboxMessage)),
        {
            "event_id": new_id(),
            "type": "yuanban.production.booking.held.v1",
            "aggregate_id": str(made),
            "sequence": 1,
            "body": _EVENT,
            "created_at": now,
        },
    )

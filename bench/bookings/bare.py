"""The bare peer over HTTP: Flask, one table, and PostgreSQL's EXCLUDE constraint to keep bookings apart.

Nobody signs in and no rule is looked at; nothing has more than one unit, a price, set-up time or opening
hours. The rows that a command of the suite leaves beside its own are written too.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Flask, Response, jsonify, request
from marshmallow import Schema, fields
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint
from sqlalchemy.exc import IntegrityError

from bench.bookings.scan import write_traces
from shared.config import Settings
from shared.ids import new_id

METADATA = sa.MetaData()
BOOKING = sa.Table(
    "bare_booking",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("machine_id", sa.Uuid, nullable=False),
    sa.Column("customer", sa.String(18), nullable=False),
    sa.Column("during", TSTZRANGE, nullable=False),
    ExcludeConstraint(("machine_id", "="), ("during", "&&"), name="no_overlap"),
)
_ADD = sa.insert(BOOKING).values(
    during=sa.func.tstzrange(
        sa.bindparam("starts_at", type_=sa.DateTime(timezone=True)),
        sa.bindparam("ends_at", type_=sa.DateTime(timezone=True)),
    )
)


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
    engine = sa.create_engine(Settings.from_env().database_url_for("production"), pool_size=10)
    body = Hold()

    @app.get("/ping")
    def ping() -> Response:
        return jsonify(pong=True)

    @app.post("/machine-bookings")
    def hold() -> tuple[Response, int]:
        wish = body.load(request.get_json())
        made = new_id()
        row = {
            "id": made,
            "machine_id": wish["machine_id"],
            "customer": wish["on_behalf_of"],
            "starts_at": wish["starts_at"],
            "ends_at": wish["ends_at"],
        }
        try:
            with engine.begin() as connection:
                connection.execute(_ADD, row)
                write_traces(connection, made, datetime.now(UTC))
        except IntegrityError:
            return jsonify(title="taken"), 409
        return jsonify(id=str(made), starts_at=wish["starts_at"].isoformat()), 201

    return app

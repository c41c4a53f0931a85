"""The floor: a bare Flask and SQLAlchemy application that writes the same rows, and does nothing else.

Nobody signs in, nothing is checked against a form, no date is computed, nothing is encrypted.
"""

import hashlib
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, Response, jsonify, request
from marshmallow import Schema, fields
from sqlalchemy.dialects.postgresql import insert as upsert

from approvals.cases.model import Case, CaseEntry, CaseFact, NumberSeries, Slip
from approvals.tasks.model import Task
from shared.audit import AuditEntry
from shared.config import Settings
from shared.database import table_of
from shared.ids import new_id
from shared.messaging.outbox import OutboxMessage
from shared.messaging.timers import Timer

DUE = date(2027, 1, 8)
EVENT = b'{"specversion":"1.0","type":"yuanban.enterprise.case.submitted.v1","data":{}}' + b" " * 900


class Submit(Schema):
    """The same body."""

    declaration = fields.Boolean(required=True)


def create() -> Flask:
    """The application; gunicorn calls this."""
    app = Flask("floor")
    engine = sa.create_engine(Settings.from_env().database_url_for("enterprise"), pool_size=10)
    body = Submit()

    @app.get("/ping")
    def ping() -> Response:
        return jsonify(pong=True)

    @app.post("/cases/<uuid:case_id>/submit")
    def submit(case_id: UUID) -> Response:
        body.load(request.get_json())
        with engine.begin() as connection:
            number = write(connection, case_id, datetime.now(UTC))
        return jsonify(id=str(case_id), number=number)

    return app


def write(connection: sa.Connection, case_id: UUID, now: datetime) -> str:
    """Every row that handing in writes."""
    case = connection.execute(
        sa.select(table_of(Case)).where(Case.id == case_id, Case.state == "draft").with_for_update()
    ).one()
    number = f"B{next_number(connection, 'floor/case'):012}"
    connection.execute(
        sa.insert(table_of(CaseEntry)),
        {
            "case_id": case_id,
            "number": 1,
            "key": "received",
            "code": "1",
            "at": now,
            "effective_on": now.date(),
            "actor_kind": "applicant",
            "actor_id": case.applicant_id,
            "actor_name": case.applicant_name,
        },
    )
    fact = {
        "case_id": case_id,
        "number": 1,
        "kind": "received",
        "effective_on": now.date(),
        "recorded_at": now,
    }
    connection.execute(sa.insert(table_of(CaseFact)), fact)
    connection.execute(sa.insert(table_of(Task)), _task(case, now))
    timer = {"id": new_id(), "name": "floor", "key": str(case_id), "due_at": now, "payload": {}}
    connection.execute(sa.insert(table_of(Timer)), timer)
    slip = next_number(connection, "floor/slip")
    connection.execute(
        sa.insert(table_of(Slip)),
        {
            "id": new_id(),
            "case_id": case_id,
            "kind": "receipt",
            "number": f"F{slip}",
            "issued_at": now,
            "facts_sealed": b"x" * 900,
        },
    )
    _update(connection, case_id, number, now)
    connection.execute(sa.insert(table_of(AuditEntry)), _audit(case, now))
    connection.execute(
        sa.insert(table_of(OutboxMessage)),
        {
            "event_id": new_id(),
            "type": "yuanban.enterprise.case.submitted.v1",
            "aggregate_id": str(case_id),
            "sequence": 1,
            "body": EVENT,
            "created_at": now,
        },
    )
    return number


def next_number(connection: sa.Connection, series: str) -> int:
    """The next number of a series."""
    statement = upsert(table_of(NumberSeries)).values(name=series, last=1)
    return int(
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["name"], set_={"last": NumberSeries.last + 1}
            ).returning(NumberSeries.last)
        ).scalar_one()
    )


def _update(connection: sa.Connection, case_id: UUID, number: str, now: datetime) -> None:
    connection.execute(
        sa.update(table_of(Case))
        .where(Case.id == case_id)
        .values(
            number=number,
            query_code="123456",
            state="received",
            submitted_at=now,
            updated_at=now,
            due_on=DUE,
            due_kind="intake",
            yellow_on=DUE,
            version=Case.version + 1,
            event_sequence=1,
        )
    )


def _task(case: Any, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "version": 1,
        "case_id": case.id,
        "kind": "intake",
        "department": case.department,
        "state": "open",
        "due_on": DUE,
        "yellow_on": DUE,
        "created_at": now,
    }


def _audit(case: Any, now: datetime) -> dict[str, Any]:
    return {
        "aggregate_type": "case",
        "aggregate_id": str(case.id),
        "number": 3,
        "at": now,
        "action": "case.submitted",
        "actor_kind": "account",
        "actor_id": case.applicant_id,
        "actor_name": case.applicant_name,
        "details": {},
        "previous_hash": "",
        "hash": hashlib.sha256(str(case.id).encode()).hexdigest(),
    }

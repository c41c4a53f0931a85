"""Two small services to be tormented: one says numbers, the other writes down each number it hears.

The effect has no unique key on purpose: if the same event were applied twice, it would be seen.
"""

import os
import signal
import time
from collections.abc import Mapping

import sqlalchemy as sa
from marshmallow import Schema, fields

from shared.database import Database
from shared.ids import new_id
from shared.messaging.contracts import EventContract
from shared.messaging.envelope import Event
from shared.service import Service
from shared.text import Text
from shared.transaction import Transaction

MIGRATIONS = ("shared:migrations/versions",)

effect = sa.Table(
    "effect",
    sa.MetaData(),  # of its own: no migration of the suite knows it
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
)


promise = sa.Table(
    "promise",
    effect.metadata,
    sa.Column("number", sa.Integer, primary_key=True),
)
"""An appointment that was made: the timer itself is gone when it has been kept."""

DOOMED = {"fail", "kill"}
"""Manners that nobody can handle."""


class Number(Schema):
    """A number, and what its hearer shall do with it."""

    number = fields.Integer(required=True)
    manner = fields.String(required=True)


SAID = EventContract("yuanban.speaker.number.said.v1", Number, Text("说出一个数", "A number was said"))


def write_down(tx: Transaction, event: Event) -> None:
    """The effect; then what the number's manner asks for."""
    values = {"event_id": event.id, "number": event.data["number"]}
    tx.session.execute(effect.insert().values(**values))
    behave(event.data["manner"])


def strike(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The same for an appointment."""
    tx.session.execute(effect.insert().values(event_id=new_id(), number=payload["number"]))
    behave(str(payload["manner"]))


def behave(manner: str) -> None:
    """What may happen to a handler, or to the process it runs in."""
    match manner:
        case "fail":
            raise LookupError("this one always fails")
        case "kill":
            os._exit(9)
        case "freeze" if os.environ.pop("FAULTS_FREEZES", None):
            os.kill(os.getpid(), signal.SIGSTOP)
        case "slow":
            time.sleep(0.01)
        case "long":
            time.sleep(35)


speaker = Service("speaker", Text("说者", "Speaker"), MIGRATIONS, publishes=(SAID,))
hearer = Service(
    "hearer",
    Text("听者", "Hearer"),
    MIGRATIONS,
    handlers={SAID.type: write_down},
    timers={"strike": strike},
)
SERVICES = (speaker, hearer)


def make_effects(database: Database) -> None:
    """Create the hearer's tables."""
    effect.metadata.create_all(database.engine)

"""Two small services, and what is common to all contenders: the same tables, the same message."""

from uuid import UUID

import sqlalchemy as sa
from marshmallow import Schema, fields
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.database import Aggregate, Database
from shared.messaging.contracts import EventContract
from shared.messaging.envelope import Event
from shared.service import Service
from shared.text import Text
from shared.transaction import Transaction

MIGRATIONS = ("shared:migrations/versions",)
CELERY = "celery"  # behind the prefix: the only queue and the only exchange that Celery declares here
PER_COMMIT = 100  # events that a producer commits at once: the suite and the limit alike
NOTE = "七号厂房三层的测量室今天下午可以预约" * 4  # with it a message is about as long as a real one


class _Base(DeclarativeBase):
    """Of its own: no migration of the suite knows these tables."""


class Effect(_Base):
    """What hearing a number brings about: one row."""

    __tablename__ = "effect"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(sa.Uuid)
    number: Mapped[int]


class Number(Schema):
    """A number and a few words about it."""

    number = fields.Integer(required=True)
    note = fields.String(required=True)


SAID = EventContract("yuanban.speaker.number.said.v1", Number, Text("说出一个数", "A number was said"))


class Subject(Aggregate):
    """Somebody events can tell of."""

    def __init__(self) -> None:
        self.event_sequence = 0


def write_down(tx: Transaction, event: Event) -> None:
    """The effect of one event, written as any handler writes."""
    tx.session.add(Effect(event_id=event.id, number=event.data["number"]))


speaker = Service("speaker", Text("说者", "Speaker"), MIGRATIONS, publishes=(SAID,))
hearer = Service("hearer", Text("听者", "Hearer"), MIGRATIONS, handlers={SAID.type: write_down})
SERVICES = (speaker, hearer)


def make_effects(database: Database) -> None:
    """Create the hearer's table."""
    _Base.metadata.create_all(database.engine)

"""The one transaction of a command: its session, who acts, when, and what it says to the outside."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from shared import traces
from shared.actor import Actor
from shared.audit import Act
from shared.blobs import Blobs
from shared.cipher import Cipher
from shared.clock import local_date
from shared.config import Settings
from shared.database import Aggregate, Base
from shared.ids import new_id
from shared.inserting import Rows, is_changed, taken_from, unwritten
from shared.messaging import outbox, timers
from shared.messaging.contracts import EventContract
from shared.messaging.envelope import Event

Resource = TypeVar("Resource")


class Resources:
    """What a service keeps ready in memory (its catalogue, its fonts …), found by type."""

    def __init__(self, by_type: Mapping[type, object]) -> None:
        self._by_type = dict(by_type)

    def get(self, kind: type[Resource]) -> Resource:
        """The resource of that type; KeyError when the service does not declare it."""
        found = self._by_type[kind]
        if not isinstance(found, kind):
            raise TypeError(f"{found!r} is not a {kind.__name__}")
        return found

    def but(self, kind: type[Resource], resource: Resource) -> "Resources":
        """The same with another one of that type."""
        return Resources({**self._by_type, kind: resource})


@dataclass(frozen=True, slots=True)
class Context:
    """What commands and queries may use besides the database."""

    service: str
    settings: Settings
    blobs: Blobs
    cipher: Cipher
    resources: Resources


@dataclass(frozen=True, slots=True)
class Transaction:
    """Given to every command. It commits when the caller's block ends; commands never commit themselves."""

    session: Session
    actor: Actor
    now: datetime
    """Aware UTC; one instant for the whole transaction."""
    context: Context
    request_id: str | None = None
    causation_id: str | None = None
    correlation_id: str | None = None
    traceparent: str | None = None
    acts: list[Act] = field(default_factory=list)
    """What was done, for the audit trail."""
    outgoing: list[dict[str, Any]] = field(default_factory=list)
    """Outbox rows of what was emitted."""
    appointments: list[dict[str, Any]] = field(default_factory=list)
    """Timer rows that are written at the end."""
    made: list[tuple[type[Base], Mapping[str, Any]]] = field(default_factory=list)
    """Rows of new entities that are written at the end."""
    made_of: list[Base] = field(default_factory=list)
    """The entities of these rows."""

    @property
    def today(self) -> date:
        """The legal date (Asia/Shanghai) of `now`."""
        return local_date(self.now)

    def caused_by(self, event: Event) -> "Transaction":
        """The same transaction, saying of whatever it emits that `event` brought it about."""
        return replace(
            self,
            causation_id=str(event.id),
            correlation_id=event.correlation_id,
            traceparent=event.traceparent,
        )

    def resource(self, kind: type[Resource]) -> Resource:
        """A resource of the service, by type."""
        return self.context.resources.get(kind)

    def emit(
        self, contract: EventContract, aggregate: Aggregate, subject: UUID | str, data: Mapping[str, Any]
    ) -> None:
        """Say that something happened to `aggregate`: an outbox row with the aggregate's next number."""
        # None until a new aggregate is flushed: column defaults are filled in by the flush.
        aggregate.event_sequence = (aggregate.event_sequence or 0) + 1
        event = Event(
            id=new_id(),
            type=contract.type,
            source=self.context.service,
            subject=str(subject),
            sequence=aggregate.event_sequence,
            time=self.now,
            data=contract.dump(data),
            correlation_id=self.correlation_id or self.request_id,
            causation_id=self.causation_id,
            traceparent=self.traceparent,
        )
        self.outgoing.append(outbox.row(event))

    def audit(
        self,
        action: str,
        aggregate_type: str,
        aggregate_id: UUID | str,
        details: Mapping[str, Any] | None = None,
        on_behalf_of: str | None = None,
        *,
        begins: bool = False,
    ) -> None:
        """Append to the aggregate's audit chain: names of fields and ids, never a person's data.

        `begins` where this transaction has made the aggregate: nothing can be in its chain.
        """
        act = Act(
            aggregate_type=aggregate_type,
            aggregate_id=str(aggregate_id),
            action=action,
            actor=self.actor,
            at=self.now,
            details=details or {},
            on_behalf_of=on_behalf_of,
            request_id=self.request_id,
            begins=begins,
        )
        self.acts.append(act)

    def add_last(self, entities: Iterable[Base], beside: Rows = ()) -> None:
        """Write new entities, and rows beside them, with the end of all: in one round trip with what is said.

        Nobody may ask for them or change them any more: they are not the session's. One that a flush has
        written already is left alone.
        """
        new = unwritten(entities)
        self.made.extend([*taken_from(self.session, new), *beside])
        self.made_of.extend(new)

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part that may fail without the rest: a savepoint, and nothing is said of what is undone."""
        lists: list[list[Any]] = [self.outgoing, self.acts, self.appointments, self.made, self.made_of]
        lengths = [len(each) for each in lists]
        try:
            with self.session.begin_nested():
                yield
        except BaseException:
            for each, length in zip(lists, lengths, strict=True):
                del each[length:]
            raise

    def finish(self) -> None:
        """Write down what was done and said: the last thing before the commit, and only `Runtime` does it.

        RuntimeError where an entity of `add_last` was changed after all: its row would not say so.
        """
        changed = [type(each).__name__ for each in self.made_of if is_changed(each)]
        if changed:
            raise RuntimeError(f"changed after it was to be written last: {', '.join(changed)}")
        traces.write(self.session, self.acts, self.outgoing, self.appointments, self.made)

    def schedule(self, name: str, key: str, due_at: datetime, payload: Mapping[str, Any]) -> None:
        """Wake the service's timer handler `name` at `due_at`; the same key moves the appointment."""
        timers.schedule(self.session, name, key, due_at, payload)

    def schedule_anew(self, name: str, key: str, due_at: datetime, payload: Mapping[str, Any]) -> None:
        """The same for a key that nobody has used or takes back: it is written with the end of all."""
        self.appointments.append(timers.row(name, key, due_at, payload))

    def unschedule(self, name: str, key: str) -> None:
        """Forget an appointment."""
        timers.cancel(self.session, name, key)

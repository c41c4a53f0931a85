"""The wire form of an event: CloudEvents 1.0, structured JSON."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

CONTENT_TYPE = "application/cloudevents+json"
MAX_BYTES = 128 * 1024  # larger things travel as references, not as events

# What is kept in columns must fit them, also when the message is only parked.
_TYPE = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_MAX_TYPE = 120
_MAX_SUBJECT = 64
_MAX_SEQUENCE = 2**31 - 1


class EnvelopeError(ValueError):
    """The bytes are not an event we can read."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to one aggregate of one service."""

    id: UUID
    type: str
    source: str
    """Name of the service that says it."""
    subject: str
    """Id of the aggregate."""
    sequence: int
    """1, 2, 3 … per aggregate; a copy is replaced only by a newer one."""
    time: datetime
    data: Mapping[str, Any]
    correlation_id: str | None = None
    causation_id: str | None = None
    traceparent: str | None = None


def encode(event: Event) -> bytes:
    """Event to bytes; EnvelopeError when it is larger than `MAX_BYTES`."""
    document: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(event.id),
        "type": event.type,
        "source": f"/yuanban/{event.source}",
        "subject": event.subject,
        "sequence": f"{event.sequence:020d}",
        "time": event.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": dict(event.data),
    }
    optional = {
        "correlationid": event.correlation_id,
        "causationid": event.causation_id,
        "traceparent": event.traceparent,
    }
    document.update({key: value for key, value in optional.items() if value})
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) > MAX_BYTES:
        raise EnvelopeError(f"{event.type}: {len(body)} bytes, at most {MAX_BYTES}")
    return body


def decode(body: bytes) -> Event:
    """Bytes to event; EnvelopeError when anything needed is missing or malformed."""
    try:
        document = json.loads(body)
        if document["specversion"] != "1.0":
            raise EnvelopeError(f"specversion {document['specversion']!r}")
        event = Event(
            id=UUID(str(document["id"])),
            type=str(document["type"]),
            source=str(document["source"]).removeprefix("/yuanban/"),
            subject=str(document["subject"]),
            sequence=int(document["sequence"]),
            time=datetime.fromisoformat(document["time"]),
            data=dict(document["data"]),
            correlation_id=document.get("correlationid"),
            causation_id=document.get("causationid"),
            traceparent=document.get("traceparent"),
        )
    except EnvelopeError:
        raise
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise EnvelopeError(f"not a CloudEvent: {error!r}") from error
    _check(event)
    return event


def _check(event: Event) -> None:
    if len(event.type) > _MAX_TYPE or not _TYPE.fullmatch(event.type):
        raise EnvelopeError(f"type {event.type[:_MAX_TYPE]!r}")
    if not 0 < len(event.subject) <= _MAX_SUBJECT:
        raise EnvelopeError("a subject that is empty or too long")
    if not 0 < event.sequence <= _MAX_SEQUENCE:
        raise EnvelopeError("a sequence that is not a positive 32-bit number")
    if event.time.tzinfo is None:
        raise EnvelopeError("a time without a zone")

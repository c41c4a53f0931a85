"""`Idempotency-Key`: the same POST sent twice has one effect and one answer."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import Request, Response
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, JsonDoc, UtcDateTime, insert_if_absent
from shared.errors import BadRequest, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

_KEY = re.compile(r"^[\x21-\x7e]{1,128}$")
_KEPT_HEADERS = ("ETag", "Location", "Content-Type", "Content-Language")


class IdempotencyRecord(Base):
    """The answer to one keyed request, written in the same transaction as its effect."""

    __tablename__ = "idempotency_record"

    actor: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    method: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    path: Mapped[str] = mapped_column(sa.String(300), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(128), primary_key=True)
    request_hash: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int] = mapped_column(default=0)
    headers: Mapped[dict[str, str]] = mapped_column(JsonDoc)
    body: Mapped[bytes] = mapped_column(sa.LargeBinary, default=b"")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that names a key, in the scope of its actor, method and path."""

    actor: str
    method: str
    path: str
    key: str
    request_hash: str

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """The primary key of its record."""
        return (self.actor, self.method, self.path, self.key)


def keyed(request: Request, actor: str) -> KeyedRequest | None:
    """The request's key, or None; 400 when the header is malformed."""
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST":
        return None
    if not _KEY.match(key):
        raise BadRequest(Text("Idempotency-Key 格式有误", "The Idempotency-Key is not valid"))
    material = request.query_string + b"\n" + request.get_data(cache=True)
    return KeyedRequest(actor, request.method, request.path[:300], key, hashlib.sha256(material).hexdigest())


def stored_answer(tx: Transaction, wanted: KeyedRequest) -> Response | None:
    """Enter the key, or give the answer it already has.

    A second request with the same key that comes while the first still runs waits on the insert and
    then finds the first one's answer. Another body under the same key is refused (422).
    """
    values = {
        "actor": wanted.actor,
        "method": wanted.method,
        "path": wanted.path,
        "key": wanted.key,
        "request_hash": wanted.request_hash,
        "status": 0,
        "headers": {},
        "body": b"",
        "created_at": tx.now,
    }
    if insert_if_absent(tx.session, IdempotencyRecord, values):
        return None
    record = tx.session.get_one(IdempotencyRecord, wanted.identity)
    if record.request_hash != wanted.request_hash:
        raise InvalidInput(
            Text("同一 Idempotency-Key 不能用于不同内容", "This Idempotency-Key was used with another body"),
            slug="idempotency-key-reused",
        )
    body = tx.context.cipher.open_bytes(record.body)
    response = Response(body, status=record.status, headers=record.headers)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def store_answer(tx: Transaction, wanted: KeyedRequest, response: Response) -> None:
    """Remember the answer beside the effect."""
    record = tx.session.get_one(IdempotencyRecord, wanted.identity)
    record.status = response.status_code
    record.headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    # Sealed: an answer may hold what its reader, but no reader of the database, may see.
    record.body = tx.context.cipher.seal_bytes(response.get_data())

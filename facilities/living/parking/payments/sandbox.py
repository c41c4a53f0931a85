"""The sandbox (沙箱支付): a provider of our own with books of its own, with which nobody pays any money.

It stands outside: it knows of an order only what its code says, calls back over the same route and signature
as any provider would, and opens its books (`parking_sandbox`) by itself, never in a transaction of ours.
"""

import base64
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.amounts import MOST_FEN
from facilities.living.parking.payments.model import SandboxTransaction
from facilities.living.parking.payments.provider import (
    Asked,
    Declined,
    Entry,
    Forged,
    Given,
    Providers,
    Said,
    Wish,
)
from shared.clock import PARK_TZ
from shared.config import Settings
from shared.database import Database, insert_if_absent, take_turns
from shared.ids import new_id
from shared.text import Text

SANDBOX = "sandbox"
_LONGEST_REFERENCE = 64


class Sandbox:
    """The provider and its books."""

    name = Text("沙箱支付（演示）", "Sandbox (for trying out)")

    def __init__(self, secret_key: str, books_url: str) -> None:
        self._key = hmac.digest(secret_key.encode(), b"parking payment sandbox", sha256)
        self._books_url = books_url

    def begin(self, asked: Asked) -> str:
        """The code of its pay page."""
        body = json.dumps(_written(asdict(asked)), sort_keys=True).encode()
        return f"{base64.urlsafe_b64encode(body).decode().rstrip('=')}.{self.sign(body)}"

    def pay(self, code: str, now: datetime, *, paid: bool, fen: int | None = None) -> Said:
        """Somebody pays with a code, or tries in vain; paid once it stays paid. Forged for a wrong code.

        `fen` is what comes instead of the amount asked for, as with providers that let the payer type it.
        """
        asked = self._asked(code)
        row = {
            "reference": f"SBX{new_id().hex}",
            "shop": str(asked.shop),
            "order_number": str(asked.order),
            "fen": asked.fen if fen is None else fen,
            "paid": paid,
            "at": now,
        }
        with self._books() as books:
            take_turns(books, f"{SANDBOX} {asked.order}")
            before = self._last(books, asked.order)
            if before is not None and before.paid:
                return _said(before)
            insert_if_absent(books, SandboxTransaction, row)
            return _said(books.get_one(SandboxTransaction, row["reference"]))

    def callback(self, said: Said) -> tuple[bytes, str]:
        """What it pushes to us and the signature that goes with it."""
        body = json.dumps(_written(asdict(said)), sort_keys=True).encode()
        return body, self.sign(body)

    def sign(self, body: bytes) -> str:
        """The signature of a message of its own."""
        return hmac.new(self._key, body, sha256).hexdigest()

    def verify(self, body: bytes, signature: str) -> Said:
        """Read what was pushed to us. A message that was recorded may come again: it says the same."""
        if not hmac.compare_digest(self.sign(body).encode(), signature.strip().lower().encode()):
            raise Forged
        try:
            said = _read(json.loads(body))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise Forged from error
        if not (0 < said.fen <= MOST_FEN and 0 < len(said.reference) <= _LONGEST_REFERENCE):
            raise Forged
        return said

    def refund(self, wish: Wish) -> Given | Declined:
        """Give money back, once for each wish and never more than was paid."""
        with self._books() as books:
            paid = books.get(SandboxTransaction, wish.reference)
            if paid is None or not paid.paid or paid.shop != str(wish.shop):
                return Declined("there is no such transaction")
            take_turns(books, f"{SANDBOX} {paid.order}")
            returned = sa.select(sa.func.coalesce(sa.func.sum(-SandboxTransaction.fen), 0)).where(
                SandboxTransaction.order == paid.order,
                SandboxTransaction.fen < 0,
                SandboxTransaction.asked_as != str(wish.refund),
            )
            if books.scalars(returned).one() + wish.fen > paid.fen:
                return Declined("more than was paid")
            row = {
                "reference": f"SBR{wish.refund.hex}",
                "shop": paid.shop,
                "order_number": paid.order,
                "asked_as": str(wish.refund),
                "fen": -wish.fen,
                "paid": True,
                "at": wish.asked_at,
            }
            insert_if_absent(books, SandboxTransaction, row)
            made = books.get_one(SandboxTransaction, row["reference"])
            return Given(made.reference, made.at)

    def ask(self, order: UUID) -> Said | None:
        """What has become of an order."""
        with self._books() as books:
            found = self._last(books, order)
            return None if found is None else _said(found)

    def statement(self, shop: UUID, day: date) -> Sequence[Entry]:
        """Its own account of a day."""
        query = sa.select(SandboxTransaction.reference, SandboxTransaction.fen).where(
            SandboxTransaction.shop == str(shop),
            SandboxTransaction.paid,
            SandboxTransaction.at >= _begins(day),
            SandboxTransaction.at < _begins(day + timedelta(days=1)),
        )
        with self._books() as books:
            return [Entry(*row) for row in books.execute(query.order_by(SandboxTransaction.reference))]

    def _asked(self, code: str) -> Asked:
        body, _, signature = code.rpartition(".")
        try:
            said = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        except ValueError as error:
            raise Forged from error
        if not hmac.compare_digest(self.sign(said).encode(), signature.encode()):
            raise Forged
        read = json.loads(said)
        expires_at = datetime.fromisoformat(read["expires_at"])
        return Asked(UUID(read["order"]), UUID(read["shop"]), read["fen"], expires_at)

    def _last(self, books: Session, order: UUID) -> SandboxTransaction | None:
        """The payment of an order, or else its latest vain try."""
        query = sa.select(SandboxTransaction).where(
            SandboxTransaction.order == str(order), SandboxTransaction.fen > 0
        )
        latest = query.order_by(SandboxTransaction.paid.desc(), SandboxTransaction.at.desc()).limit(1)
        return books.scalar(latest)

    @contextmanager
    def _books(self) -> Iterator[Session]:
        """Opened for one call and closed again: it is no part of the service that happens to house it."""
        with closing(Database(self._books_url)) as database, database.write() as session:
            yield session


def connect(settings: Settings) -> Providers:
    """The providers that the settings name."""
    if settings.parking_provider != SANDBOX:
        return Providers({})
    return Providers({SANDBOX: Sandbox(settings.secret_key, settings.database_url_for("living"))})


def _said(row: SandboxTransaction) -> Said:
    return Said(order=UUID(row.order), reference=row.reference, fen=row.fen, paid=row.paid, at=row.at)


def _read(told: Mapping[str, Any]) -> Said:
    """What was told, if it is in its form: no text for a number, no moment without a zone."""
    if type(told["fen"]) is not int or type(told["paid"]) is not bool or type(told["reference"]) is not str:
        raise TypeError
    at = datetime.fromisoformat(told["at"])
    if at.tzinfo is None:
        raise ValueError
    return Said(UUID(told["order"]), told["reference"], told["fen"], told["paid"], at.astimezone(UTC))


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), PARK_TZ)


def _written(said: dict[str, Any]) -> dict[str, Any]:
    """As JSON takes it."""
    return {name: value if isinstance(value, int) else _text(value) for name, value in said.items()}


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)

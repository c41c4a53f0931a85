"""The keys that sign tokens: made on first use, kept sealed, published as a JWKS."""

import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from joserfc.jwk import OKPKey
from sqlalchemy.orm import Session

from gateway.accounts.model import SigningKey
from shared.actor import SYSTEM
from shared.cipher import Cipher
from shared.http.tokens import ALGORITHM
from shared.service import Runtime
from shared.transaction import Transaction

PUBLISHED_AFTER_RETIREMENT = timedelta(hours=2)  # longer than any token lives
_RELOAD_S = 60  # a process learns of a rotation within this


class KeyRing:
    """The signing keys of an installation as one process sees them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = threading.Lock()
        self._key: OKPKey | None = None
        self._loaded = 0.0

    def signing_key(self) -> OKPKey:
        """The key to sign with; the first call of an installation makes it.

        No transaction of the caller may be open: on SQLite the one writer would wait for itself.
        """
        with self._lock:
            if self._key is None or time.monotonic() - self._loaded > _RELOAD_S:
                self._key = self._load() or self._make()
                self._loaded = time.monotonic()
            return self._key

    def public(self) -> Mapping[str, Any]:
        """The JWKS: every key whose tokens may still be valid."""
        self.signing_key()
        with self._runtime.read() as session:
            return {"keys": published_keys(session, self._runtime.clock.now())}

    def _load(self) -> OKPKey | None:
        with self._runtime.read() as session:
            row = _active(session)
            return _opened(row, self._runtime.context.cipher) if row else None

    def _make(self) -> OKPKey:
        with self._runtime.transaction(SYSTEM) as tx:
            row = _active(tx.session) or add_key(tx)
            return _opened(row, tx.context.cipher)


def add_key(tx: Transaction) -> SigningKey:
    """Make a new key; from its commit on it is the one that signs."""
    key = OKPKey.generate_key("Ed25519", {"alg": ALGORITHM, "use": "sig"}, auto_kid=True)
    row = SigningKey(
        kid=key.kid,
        public_jwk=dict(key.as_dict(private=False)),
        private_sealed=tx.context.cipher.seal(dict(key.as_dict(private=True))),
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("signing-key.made", "signing-key", row.kid)
    return row


def rotate(tx: Transaction) -> SigningKey:
    """Sign with a fresh key from now on; tokens of the earlier ones stay valid until they expire."""
    for row in tx.session.scalars(sa.select(SigningKey).where(SigningKey.retired_at.is_(None))):
        row.retired_at = tx.now
        tx.audit("signing-key.retired", "signing-key", row.kid)
    return add_key(tx)


def published_keys(session: Session, now: datetime) -> list[dict[str, Any]]:
    """Public parts, newest first."""
    query = (
        sa.select(SigningKey.public_jwk)
        .where(
            sa.or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > now - PUBLISHED_AFTER_RETIREMENT)
        )
        .order_by(SigningKey.created_at.desc(), SigningKey.kid)
    )
    return list(session.scalars(query))


def _active(session: Session) -> SigningKey | None:
    query = (
        sa.select(SigningKey)
        .where(SigningKey.retired_at.is_(None))
        .order_by(SigningKey.created_at.desc(), SigningKey.kid)
        .limit(1)
    )
    return session.scalar(query)


def _opened(row: SigningKey, cipher: Cipher) -> OKPKey:
    return OKPKey.import_key(cipher.open(row.private_sealed))

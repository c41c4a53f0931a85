"""Encryption at rest for what must not be readable in a stolen database: ID numbers, phones, typed forms."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Cipher:
    """Authenticated encryption (AES-128-CBC + HMAC) with a key derived from the installation's secret."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        derived = HKDF(
            algorithm=hashes.SHA256(), length=32, salt=None, info=f"yuanban/{purpose}".encode()
        ).derive(secret_key.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def seal_bytes(self, data: bytes) -> bytes:
        """Encrypt bytes as they are."""
        return self._fernet.encrypt(data)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Decrypt what `seal_bytes` made; raises ValueError when it was altered or the key differs."""
        try:
            return self._fernet.decrypt(bytes(sealed))
        except InvalidToken as error:
            raise ValueError("the sealed value cannot be opened with this installation's key") from error

    def seal(self, value: Mapping[str, Any]) -> bytes:
        """Encrypt a JSON object."""
        return self.seal_bytes(json.dumps(value, ensure_ascii=False).encode())

    def open(self, sealed: bytes) -> dict[str, Any]:
        """Decrypt what `seal` made; raises ValueError when it was altered or the key differs."""
        opened: dict[str, Any] = json.loads(self.open_bytes(sealed))
        return opened

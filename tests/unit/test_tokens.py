"""Tokens whose signature was proven before."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from joserfc.jwk import OKPKey

from shared.actor import Actor
from shared.clock import ManualClock
from shared.errors import Unauthenticated
from shared.http import tokens
from shared.http.tokens import LEEWAY_S, TokenVerifier, sign
from tests.conftest import MONDAY_MORNING

SOMEBODY = Actor(kind="account", id=UUID(int=7), name="甲")


class Edge:
    """Keys that may be changed, and how often they were asked for."""

    def __init__(self) -> None:
        self.clock = ManualClock(MONDAY_MORNING)
        self.asked = 0
        self.change_key()

    def change_key(self) -> None:
        self._key = OKPKey.generate_key("Ed25519", {"kid": f"key {self.asked}"}, auto_kid=False)

    def published(self) -> Mapping[str, Any]:
        self.asked += 1
        return {"keys": [self._key.as_dict(private=False)]}

    def token(self) -> str:
        return sign(self._key, SOMEBODY, "enterprise", self.clock.now(), timedelta(minutes=5))

    def verifier(self) -> TokenVerifier:
        return TokenVerifier("enterprise", self.published, self.clock.now)


def test_a_token_that_was_proven_before_still_expires() -> None:
    edge = Edge()
    verifier, token = edge.verifier(), edge.token()
    assert [verifier.verify(token).id for _ in range(2)] == [SOMEBODY.id] * 2
    edge.clock.advance(timedelta(minutes=5, seconds=LEEWAY_S + 1))
    with pytest.raises(Unauthenticated):
        verifier.verify(token)


def test_a_token_that_was_proven_before_does_not_outlive_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    edge = Edge()
    verifier, token = edge.verifier(), edge.token()
    assert verifier.verify(token).id == SOMEBODY.id
    edge.change_key()
    assert verifier.verify(token).id == SOMEBODY.id, "the old keys are still trusted for a while"
    monkeypatch.setattr(tokens, "KEYS_FRESH_S", -1)
    with pytest.raises(Unauthenticated):
        verifier.verify(token)
    assert edge.asked >= 2


def test_another_token_of_the_same_length_is_not_taken_for_one_that_was_proven() -> None:
    edge = Edge()
    verifier, token = edge.verifier(), edge.token()
    assert verifier.verify(token).id == SOMEBODY.id
    forged = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            verifier.verify(forged)


def test_only_so_many_tokens_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "PROVEN_KEPT", 1)
    edge = Edge()
    verifier, first = edge.verifier(), edge.token()
    edge.clock.advance(timedelta(seconds=1))
    second = edge.token()
    assert [verifier.verify(each).id for each in (first, second, second, first)] == [SOMEBODY.id] * 4

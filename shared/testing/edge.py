"""A stand-in for the gateway: signs tokens for whoever a test invents, without accounts."""

from datetime import timedelta

from flask import Flask, Response, jsonify
from joserfc.jwk import OKPKey

from shared.actor import Actor
from shared.clock import Clock
from shared.http.tokens import ALGORITHM, sign
from shared.network import Network
from shared.service import Runtime, Service
from shared.text import Text


class StandInEdge:
    """An edge with a key of its own; `service` takes the gateway's place in a system."""

    def __init__(self) -> None:
        self._key = OKPKey.generate_key("Ed25519", {"alg": ALGORITHM, "use": "sig"}, auto_kid=True)
        self.service = Service(
            name="edge",
            title=Text("测试入口", "Stand-in edge"),
            migrations=("shared:migrations/versions",),
            extend_app=self._extend,
            is_edge=True,
        )

    def token(
        self, actor: Actor, audience: str, clock: Clock, lifetime: timedelta = timedelta(seconds=60)
    ) -> str:
        """A token by which the service `audience` takes its bearer for `actor`."""
        return sign(self._key, actor, audience, clock.now(), lifetime)

    def _extend(self, app: Flask, _runtime: Runtime, _network: Network) -> None:
        @app.get("/.well-known/jwks.json")
        def jwks() -> Response:
            return jsonify({"keys": [dict(self._key.as_dict(private=False))]})

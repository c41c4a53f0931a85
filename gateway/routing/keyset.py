"""The public keys that every service verifies tokens with."""

from flask import Flask, Response, jsonify

from gateway.accounts.keys import KeyRing


def register(app: Flask, keys: KeyRing) -> None:
    """Add `GET /.well-known/jwks.json`."""

    @app.get("/.well-known/jwks.json")
    def jwks() -> Response:
        response = jsonify(keys.public())
        response.headers["Cache-Control"] = "public, max-age=60"
        return response

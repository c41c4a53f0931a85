"""What the gateway's app holds ready, kept with the app: one process may serve several."""

from dataclasses import dataclass

from flask import Flask, current_app, request

from gateway.accounts.keys import KeyRing
from gateway.accounts.passwords import Passwords
from gateway.routing.dispatch import Dispatcher
from gateway.routing.tokens import Tokens
from gateway.routing.upstreams import Upstreams
from shared.http.health import registry_of
from shared.network import Network, WsgiUpstream
from shared.service import Runtime

_EXTENSION = "yuanban-edge"


@dataclass(frozen=True, slots=True)
class Edge:
    """Keys, passwords, tokens and the way to the services."""

    runtime: Runtime
    keys: KeyRing
    passwords: Passwords
    tokens: Tokens
    dispatcher: Dispatcher


def install(app: Flask, runtime: Runtime, network: Network) -> Edge:
    """Make the edge of this app and remember it."""
    keys = KeyRing(runtime)
    tokens = Tokens(runtime, keys)
    itself = WsgiUpstream(lambda: app.wsgi_app, lambda: {"REMOTE_ADDR": request.remote_addr or ""})
    dispatcher = Dispatcher(network, tokens, Upstreams(network, registry_of(app)), itself)
    edge = Edge(runtime, keys, Passwords(runtime.settings), tokens, dispatcher)
    app.extensions[_EXTENSION] = edge
    return edge


def current_edge() -> Edge:
    """The edge of the app that answers this request."""
    edge: Edge = current_app.extensions[_EXTENSION]
    return edge

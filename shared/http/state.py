"""What a view may ask of the request it serves: the runtime and the actor."""

from flask import current_app, g

from shared.actor import ANONYMOUS, Actor
from shared.errors import Unauthenticated
from shared.service import Runtime

EXTENSION = "yuanban"


def current_runtime() -> Runtime:
    """The service that answers this request."""
    runtime: Runtime = current_app.extensions[EXTENSION]
    return runtime


def current_actor() -> Actor:
    """Whoever sent the request; raises Unauthenticated when nobody is signed in."""
    actor: Actor = g.get("actor", ANONYMOUS)
    if actor.kind == "anonymous":
        raise Unauthenticated
    return actor


def actor_or_anonymous() -> Actor:
    """Whoever sent the request, signed in or not."""
    found: Actor = g.get("actor", ANONYMOUS)
    return found

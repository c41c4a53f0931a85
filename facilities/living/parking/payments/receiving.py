"""Receiving what a provider pushes: judged by its signature before anything is looked up."""

from uuid import UUID

import structlog

from facilities.living.parking.payments.provider import Forged, Providers, Unreachable
from facilities.living.parking.payments.taking import take
from shared.actor import SYSTEM
from shared.errors import NotFound, Unauthenticated
from shared.service import Runtime
from shared.text import Text

log = structlog.get_logger(__name__)

_SIGNATURE = Text("签名不正确", "The signature is not right")


def receive(
    runtime: Runtime, provider: str, body: bytes, signature: str, *, request_id: str | None
) -> UUID | None:
    """Take what was pushed; the id of the payment, or None where paying has failed.

    NotFound for a provider or an order that is not known here, Unauthenticated for a wrong signature.
    """
    try:
        said = runtime.context.resources.get(Providers).reach(provider).verify(body, signature)
    except Unreachable as error:
        raise NotFound from error
    except Forged as error:
        log.warning("forged payment callback", provider=provider, request_id=request_id)
        raise Unauthenticated(_SIGNATURE) from error
    with runtime.transaction(SYSTEM, request_id=request_id) as tx:
        payment = take(tx, provider, said)
        return payment.id if payment is not None else None

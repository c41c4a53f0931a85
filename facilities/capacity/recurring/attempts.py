"""A part of a transaction that may be refused without the rest, and why it was."""

from collections.abc import Callable
from typing import TypeVar

from facilities.capacity.refusals import Full
from shared.errors import Conflict, FieldError, InvalidInput
from shared.transaction import Transaction

T = TypeVar("T")


def attempt(tx: Transaction, part: Callable[[], T]) -> T | tuple[FieldError, ...]:
    """What the part gives, or why it was refused; then nothing of it is left, in trail and outbox too.

    Only refusals of what is wished are answered so: a version that has become stale ends the transaction.
    """
    try:
        with tx.part():
            return part()
    except (Conflict, InvalidInput) as refused:
        return reasons_of(refused)


def reasons_of(refused: Conflict | InvalidInput) -> tuple[FieldError, ...]:
    """Why it was refused, place by place."""
    if isinstance(refused, Full) or refused.errors:
        return refused.errors
    return (FieldError("/", refused.code, refused.detail or refused.title),)

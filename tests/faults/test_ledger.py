"""The judge itself: books made by hand, each with one promise broken, and the one in which all are kept."""

from collections import Counter

import pytest

from tests.faults.ledger import Books, Ledger, Parked, findings, pending


def ledger() -> Ledger:
    """Four commands: two acknowledged, one that cannot be handled, one of unknown outcome."""
    return Ledger(attempted={1, 2, 3, 4}, acknowledged={1, 2, 3}, doomed={3})


def books() -> Books:
    """All went well."""
    return Books(committed={1, 2, 3}, applied=Counter([1, 2]), parked=[Parked("three", "handler", 3)])


def test_kept_promises_are_no_finding() -> None:
    assert findings(ledger(), books()) == []


def test_a_command_of_unknown_outcome_may_have_happened() -> None:
    happened = books()
    happened.committed.add(4)
    happened.applied[4] = 1
    assert findings(ledger(), happened) == []


@pytest.mark.parametrize(
    ("found", "change"),
    [
        ("lost: [2]", {"applied": Counter([1])}),
        ("lost: [3]", {"parked": []}),
        ("lost: [4]", {"committed": {1, 2, 3, 4}}),
        ("doubled: [2]", {"applied": Counter([1, 2, 2])}),
        ("unexpected: [4]", {"applied": Counter([1, 2, 4])}),
        ("unattempted: [5]", {"committed": {1, 2, 3, 5}}),
        ("acknowledged, not committed: [2]", {"committed": {1, 3}}),
        (
            "parked though sound: [2]",
            {"parked": [Parked("two", "handler", 2), Parked("three", "handler", 3)]},
        ),
        ("applied though doomed: [3]", {"applied": Counter([1, 2, 3])}),
        ("applied and parked: [3]", {"applied": Counter([1, 2, 3])}),
        ("parked without a reason: three", {"parked": [Parked("three", None, 3)]}),
        ("parked without a reason: three", {"parked": [Parked("three", "", 3)]}),
        ("unpublished: 1", {"unpublished": 1}),
        ("waiting: 1", {"waiting": 1}),
        ("appointments: 1", {"appointments": 1}),
        ("stuck sessions: 1", {"stuck_sessions": 1}),
    ],
)
def test_a_broken_promise_is_found(found: str, change: dict[str, object]) -> None:
    broken = books()
    vars(broken).update(change)
    assert found in findings(ledger(), broken)


def test_what_still_moves_is_told_apart_from_what_is_parked() -> None:
    assert pending(ledger(), books()) == []
    moving = books()
    moving.applied = Counter([1])
    assert pending(ledger(), moving) == ["not arrived: 1"]

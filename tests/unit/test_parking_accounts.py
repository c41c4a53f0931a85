"""Comparing our account of a day with the provider's: all that differs is found, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from facilities.living.parking.payments.days.comparing import differences, sums
from facilities.living.parking.payments.model import DifferenceKind
from facilities.living.parking.payments.provider import Entry

ACCOUNT = st.dictionaries(st.sampled_from("ABCDEF"), st.integers(-3, 3).filter(bool), max_size=6)


def entries(account: dict[str, int]) -> list[Entry]:
    return [Entry(reference, fen) for reference, fen in account.items()]


def net(total: dict[str, int]) -> int:
    return total["received_fen"] - total["refunded_fen"]


@given(ACCOUNT, ACCOUNT)
def test_the_differences_are_all_that_lies_between_the_accounts(
    ours: dict[str, int], theirs: dict[str, int]
) -> None:
    found = differences(entries(ours), entries(theirs))
    corrected = dict(ours)
    for each in found:
        assert each.ours_fen != each.theirs_fen
        if each.theirs_fen is None:
            assert each.kind is DifferenceKind.OURS_ONLY
            del corrected[each.reference]
        else:
            corrected[each.reference] = each.theirs_fen
    assert corrected == theirs
    between = sum((each.ours_fen or 0) - (each.theirs_fen or 0) for each in found)
    assert between == net(sums(entries(ours))) - net(sums(entries(theirs)))


@given(ACCOUNT)
def test_an_account_agrees_with_itself_in_any_order(account: dict[str, int]) -> None:
    assert differences(entries(account), reversed(entries(account))) == []


def test_each_kind_of_difference() -> None:
    found = differences([Entry("A", 5), Entry("B", 5)], [Entry("B", 6), Entry("C", -5)])
    assert [(each.reference, each.kind) for each in found] == [
        ("A", DifferenceKind.OURS_ONLY),
        ("B", DifferenceKind.AMOUNTS_DIFFER),
        ("C", DifferenceKind.THEIRS_ONLY),
    ]
    total = {"received": 2, "received_fen": 10, "refunds": 0, "refunded_fen": 0}
    assert sums([Entry("A", 5), Entry("B", 5)]) == total

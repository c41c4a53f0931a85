"""CAS registry numbers of chemical substances."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identifiers.cas_number import parse_cas_number
from shared.identifiers.errors import CasNumberError


@pytest.mark.parametrize("typed", ["7732-18-5", " 7732 18 5 ", "7732185", "７７３２－１８－５"])
def test_a_number_is_read_as_it_is_typed(typed: str) -> None:
    assert parse_cas_number(typed) == "7732-18-5"


@pytest.mark.parametrize("number", ["64-17-5", "67-64-1", "67-56-1", "1310-73-2", "68334-30-5"])
def test_numbers_of_well_known_substances_are_right(number: str) -> None:
    assert parse_cas_number(number) == number


@pytest.mark.parametrize("typed", ["", "乙醇", "1-17-5", "64-1-5", "12345678-12-3"])
def test_what_has_another_shape_is_refused(typed: str) -> None:
    with pytest.raises(CasNumberError) as error:
        parse_cas_number(typed)
    assert error.value.code == "cas-number-format"


@given(first=st.integers(10, 9_999_999), second=st.integers(0, 99))
def test_of_ten_check_digits_one_is_right(first: int, second: int) -> None:
    digits = f"{first}{second:02d}"
    right = sum(int(digit) * place for place, digit in enumerate(reversed(digits), 1)) % 10
    for check in range(10):
        typed = f"{first}-{second:02d}-{check}"
        if check == right:
            assert parse_cas_number(typed) == typed
        else:
            with pytest.raises(CasNumberError) as error:
                parse_cas_number(typed)
            assert error.value.code == "cas-number-checksum"

"""Whatever arrives, the form answers with errors and never with an exception."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.items.answers import label_of, mask_answers, subject_name, summary_rows
from approvals.items.drafts import check_draft
from approvals.items.forms import validate
from approvals.items.needs import required_materials
from approvals.items.wrongs import order_of
from shared.testing.answers import a1_answers
from tests.unit.item_cases import TODAY, a1

SECTIONS = [section.key for section in a1().form.sections]
NAMES = sorted({field.name for field in a1().form.index.values()})
VALUES = sorted({option.value for field in a1().form.index.values() for option in field.options})

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals().filter(lambda number: not number.is_snan()),  # nothing that can be sent is read as one
    st.text(max_size=30),
    st.sampled_from(VALUES),
    st.sampled_from(["true", "2028-12-31", "2028-02-30", "990101199001010019", "91990101MA0DEM013U", "９９"]),
)
junk = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
rows = st.one_of(
    junk, st.lists(st.one_of(junk, st.dictionaries(st.sampled_from(NAMES), scalars)), max_size=4)
)
sections = st.one_of(
    junk,
    st.builds(
        lambda fields, rows: {**fields, "rows": rows},
        st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=5)), st.one_of(scalars, junk)),
        rows,
    ),
)
applications = st.one_of(
    junk, st.dictionaries(st.one_of(st.sampled_from(SECTIONS), st.text(max_size=5)), sections)
)


@settings(max_examples=150, deadline=None)
@given(applications, st.one_of(st.none(), st.sampled_from(SECTIONS)))
def test_junk_gets_errors_not_exceptions(answers: Any, section: str | None) -> None:
    found = validate(a1(), answers, today=TODAY, section=section, uploaded=set())
    pointers = [error.pointer for error in found.errors]
    assert found.errors or section is not None
    assert len(set(pointers)) == len(pointers), "one error a field"
    ordered = [pointer for pointer in pointers if pointer.startswith("/answers")]
    assert ordered == sorted(ordered, key=lambda pointer: order_of(a1().form, pointer))
    assert all(error.message.zh and error.message.en for error in (*found.errors, *found.warnings))
    assert required_materials(a1(), found.values)


@settings(max_examples=100, deadline=None)
@given(applications)
def test_junk_can_be_refused_shown_and_masked(answers: Any) -> None:
    check_draft(a1(), answers)
    if isinstance(answers, dict):
        summary_rows(a1(), answers)
        mask_answers(a1(), answers)
        subject_name(a1(), answers)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_one_spoilt_field_of_a_good_application_never_raises(data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(list(a1().form.index.values())))
    answers = a1_answers()
    target = answers[field.section]["rows"][0] if field.in_rows else answers[field.section]
    target[field.name] = data.draw(junk)
    found = validate(a1(), answers, today=TODAY)
    for error in found.errors:
        assert error.pointer.startswith("/answers/")


@given(st.text(max_size=40))
def test_any_pointer_is_named_or_not(pointer: str) -> None:
    label_of(a1(), pointer)
    label_of(a1(), f"/answers/{pointer}")


amounts = st.decimals(min_value=Decimal("0.000001"), max_value=Decimal("10000000"), places=6, allow_nan=False)


@settings(max_examples=80, deadline=None)
@given(st.lists(amounts, min_size=2, max_size=8), st.decimals(min_value=0, max_value=1, places=6))
def test_the_sum_rule_is_exact(parts: list[Decimal], off_by: Decimal) -> None:
    answers = a1_answers(company={"company_type": "other_limited"})
    answers["company"]["registered_capital"] = format(sum(parts) + off_by, "f")
    template = answers["shareholders"]["rows"][1]
    answers["shareholders"]["rows"] = [{**template, "contribution": format(part, "f")} for part in parts]
    found = validate(a1(), answers, today=TODAY)
    wrong = "/answers/company/registered_capital" in {error.pointer for error in found.errors}
    assert wrong == (off_by != 0)

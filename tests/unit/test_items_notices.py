"""What a public notice in an item's data may not say: refused with file, line and field."""

from pathlib import Path

import pytest

from approvals.items.loader import load_catalogue
from approvals.items.source import CatalogueError
from tests.unit.item_versions import copy_of_data

FILE = "a9_simple_deregistration.yaml"


STOPS = 'stops_clocks: {verified: true, basis: "licensing-law:45"}'
KIND = "kind: simple-deregistration\n  timing"


@pytest.mark.parametrize(
    ("before", "after", "field", "said"),
    [
        ("timing: before_filing", "timing: before_decision", "timing", "filing stands if and only if"),
        ("investors/rows/name]", "investors/rows/nobody]", "facts[5]", "the form has no field"),
        ("investors/rows/name]", "contact/mobile]", "facts[5]", "personal data"),
        ("  facts: [", f"  {STOPS}\n  facts: [", "stops_clocks", "before the application"),
        ("n: 20\n    unit: natural_day", "n: 20\n    unit: hour", "days.unit", "in working days or in days"),
        ("    ends: true", "    ends: maybe", "objections.ends", "must be of type"),
        (KIND, KIND.replace("\n", "\n  until: later\n"), "until", "is not known here"),
    ],
)
def test_a_notice_that_contradicts_itself_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, field: str, said: str
) -> None:
    folder = copy_of_data(tmp_path)
    text = (folder / FILE).read_text(encoding="utf-8")
    assert before in text
    (folder / FILE).write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    flaws = [str(flaw) for flaw in caught.value.flaws if f"public_notice.{field}" in str(flaw)]
    assert len(flaws) == 1 and said in flaws[0] and flaws[0].startswith(f"{FILE}:"), caught.value.flaws

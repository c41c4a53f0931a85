"""A check on the spot: by so many different people as the item's law demands, in time, with findings."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from approvals.items.model import OnSite
from approvals.reviews.inspection import kept, wrong_with
from shared.text import Text

TODAY = date(2026, 11, 23)
ACCEPTED = TODAY - timedelta(days=5)
TWO = OnSite(2, verified=True, basis=Text("《行政许可法》第三十四条第三款", "Licensing Law, art. 34(3)"))
SOUND: dict[str, Any] = {"on": TODAY, "inspectors": ["检查人员甲", "检查人员乙"], "findings": "符合要求"}


def _wrong(inspection: dict[str, Any] | None, demanded: OnSite | None = TWO) -> dict[str, str]:
    found = wrong_with(inspection, demanded, earliest=ACCEPTED, today=TODAY)
    return {error.pointer: error.code for error in found}


def test_two_different_people_a_day_in_time_and_findings_are_asked_for() -> None:
    """行政许可法 art. 34(3): 应当指派两名以上工作人员进行核查."""
    assert _wrong(SOUND) == {}
    assert _wrong(None) == {"/inspection": "required"}
    assert _wrong(SOUND, None) == {"/inspection": "unwanted"} and _wrong(None, None) == {}
    assert _wrong({**SOUND, "inspectors": ["检查人员甲"]}) == {"/inspection/inspectors": "too-few"}
    assert _wrong({**SOUND, "on": TODAY + timedelta(days=1)}) == {"/inspection/on": "future"}
    assert _wrong({**SOUND, "on": ACCEPTED - timedelta(days=1)}) == {"/inspection/on": "too-early"}
    assert _wrong({**SOUND, "findings": " "}) == {"/inspection/findings": "required"}


@given(st.text(alphabet="ABcd甲乙", min_size=1, max_size=6), st.integers(1, 4))
def test_the_same_name_written_otherwise_is_no_second_person(name: str, times: int) -> None:
    written = [" ".join(name.upper()) if number % 2 else f" {name.lower()} " for number in range(times + 1)]
    assert _wrong({**SOUND, "inspectors": written}) == {"/inspection/inspectors": "too-few"}
    assert len(kept({**SOUND, "inspectors": written})["inspectors"]) == 1

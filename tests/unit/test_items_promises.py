"""The way of filing on a promise in an item's data: what must be said, and what each way asks for."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from approvals.items.loader import load_catalogue
from approvals.items.source import CatalogueError
from tests.unit.item_cases import catalogue
from tests.unit.item_versions import copy_of_data

FILE = "d5_fire_inspection.yaml"


def _with(folder: Path, change: Any) -> str:
    """What is wrong with the item once it was changed."""
    path = folder / FILE
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data["status"] = "draft"
    change(data, data["reforms"][0])
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    return str(caught.value)


def _without(*names: str) -> Any:
    def change(_item: Any, reform: Any) -> None:
        for name in names:
            del reform["promise"][name]

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_without("told", "check"), ("'told' is missing", "'check' is missing")),
        (lambda _item, reform: reform["promise"].update(promised=[]), ("promised",)),
        (lambda _item, reform: reform["promise"]["check"].pop("unit"), ("'unit' is missing",)),
        (
            lambda _item, reform: reform["promise"]["check"].update(n=0, unit="immediate"),
            ("a later check is due within days",),
        ),
        (
            lambda _item, reform: reform.update(verified=False, basis={"zh": "惯例", "en": "Practice"}),
            ("needs an article of law that opens it",),
        ),
        (lambda _item, reform: reform.update(mode="streamlined"), ("the mode 'promise' alone",)),
        (lambda _item, reform: reform.pop("promise"), ("the item has no second route",)),
    ],
)
def test_a_promise_needs_its_words_its_limits_and_a_law_that_opens_it(
    tmp_path: Path, change: Any, said: tuple[str, ...]
) -> None:
    found = _with(copy_of_data(tmp_path), change)
    for words in said:
        assert words in found


def test_each_way_has_its_own_materials_steps_and_limits() -> None:
    item = catalogue().version("fire-safety-inspection", "2026.2")
    ordinary, promise = item.on_route("ordinary"), item.on_route("promise")

    assert {each.code for each in item.materials} - {each.code for each in promise.materials} == {
        "declaration"
    }
    assert ordinary.on_site is not None and ordinary.on_site.least == 2 and promise.on_site is None
    assert [each.key for each in promise.steps] == ["apply", "intake", "decision", "delivery", "check"]
    limits = [(way.limits.statutory, way.limits.promised) for way in (ordinary, promise)]
    assert [(law and law.n, own and own.unit) for law, own in limits] == [
        (10, "working_day"),
        (20, "immediate"),
    ]
    company = catalogue().version("company-establishment", "2026.1")
    assert company.on_route("ordinary") is company and company.routes == ("ordinary",)

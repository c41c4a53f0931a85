"""Versions of an item: which one counts on a day, what is new in it, and that what is published stays."""

from datetime import date
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

from approvals.cli import items
from approvals.items.carrying import carry_over
from approvals.items.changes import changes_between
from approvals.items.guide import guide
from approvals.items.loader import load_catalogue
from approvals.items.model import Route
from approvals.items.publishing import NotPublishable, publish
from approvals.items.source import CatalogueError
from shared.cli import main
from shared.errors import NotFound
from tests.unit.item_cases import TODAY, a1, catalogue
from tests.unit.item_versions import (
    FORM,
    ITEM,
    NEXT_DAY,
    NEXT_FORM,
    NEXT_ITEM,
    copy_of_data,
    two_versions,
    write_next,
)

SLUG = "company-establishment"
FIRST_DAY = date.fromisoformat(NEXT_DAY)
LAST_DAY = date(2026, 11, 30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped data that a test may change."""
    return copy_of_data(tmp_path)


def change(folder: Path, file: str, before: str, after: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")


def flaws(folder: Path) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    return [str(flaw) for flaw in caught.value.flaws]


def test_the_version_in_force_is_that_of_the_legal_date() -> None:
    both = two_versions()
    versions = {day: both.in_force(SLUG, day) for day in (date(2025, 12, 31), LAST_DAY, FIRST_DAY)}
    assert [found and found.version for found in versions.values()] == [None, "2026.1", "2026.2"]
    assert both.in_force("00013112700401", FIRST_DAY) is versions[FIRST_DAY]
    assert both.item(SLUG, date(2025, 12, 31)).version == "2026.1", "the coming one is shown"
    assert len([*both.items(LAST_DAY)]) == len([*both.items(FIRST_DAY)]) == 24


def test_a_case_finds_the_version_it_was_filed_under() -> None:
    class Filed:
        item_code = "00013112700401"
        item_version = "2026.1"
        route: Route = "ordinary"

    assert two_versions().of(Filed()) is two_versions().version(SLUG, "2026.1")
    Filed.item_version = "2031.7"
    with pytest.raises(LookupError, match=r"2031\.7"):
        two_versions().of(Filed())


def test_a_retired_item_is_no_longer_offered_but_can_be_read(folder: Path) -> None:
    change(
        folder, "a2_seal_engraving.yaml", "status: published\n", "status: retired\nretired_on: 2026-11-23\n"
    )
    found = load_catalogue(folder)
    assert found.in_force("seal-engraving", date(2026, 11, 22)) is not None
    assert found.in_force("seal-engraving", TODAY) is None
    assert "seal-engraving" not in [item.slug for item in found.items(TODAY)]
    assert not guide(found.item("seal-engraving", TODAY), found, TODAY)["in_force"]


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ("status: retired\n", "status: retired_on stands if and only if"),
        ("status: published\nretired_on: 2026-11-23\n", "status: retired_on stands if and only if"),
        ("status: retired\nretired_on: 2026-01-01\n", "retired_on: lies after effective_on"),
        ("status: retired\nretired_on: 2026-02-30\n", 'retired_on: "2026-02-30" is not a "date"'),
        ("status: forgotten\n", "status: must be one of draft, published, retired"),
    ],
)
def test_a_standing_that_contradicts_itself_is_refused(folder: Path, after: str, message: str) -> None:
    change(folder, ITEM, "status: published\n", after)
    [flaw] = flaws(folder)
    assert message in flaw


def test_drafts_are_nobodys_business(folder: Path) -> None:
    write_next(folder)
    found = load_catalogue(folder)
    assert len(found.versions) == 25
    assert [item.version for item in found.history(SLUG)] == ["2026.1"]
    assert found.item(SLUG, FIRST_DAY).version == "2026.1"
    with pytest.raises(NotFound):
        found.version(SLUG, "2026.2")


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        (ITEM, "    n: 5\n", "    n: 6\n"),
        (ITEM, "en: Free of charge", "en: Free"),
        (FORM, "maximum: 1000000000", "maximum: 2000000000"),
        ("reference/laws.yaml", 'text_version: "2023-12-29"', 'text_version: "2029-12-29"'),
    ],
)
def test_what_was_published_never_changes(folder: Path, file: str, before: str, after: str) -> None:
    change(folder, file, before, after)
    [flaw] = [flaw for flaw in flaws(folder) if flaw.startswith(ITEM)]  # others may cite the same law
    assert flaw.startswith(f"{ITEM}:5: version: differs from what was published as version 2026.1 of {SLUG}")
    assert "in a copy of the file with a version of its own and publish that" in flaw


def test_comments_and_the_spelling_of_the_yaml_are_no_content(folder: Path) -> None:
    change(folder, ITEM, 'version: "2026.1"', "# a remark\nversion: '2026.1'")
    load_catalogue(folder)


def test_a_published_version_is_neither_lost_nor_taken_back_nor_left_unlisted(folder: Path) -> None:
    (folder / "a2_seal_engraving.yaml").unlink()
    change(folder, "a3_tax_information.yaml", "status: published", "status: draft")
    change(folder, "published.yaml", "food-business-licence", "food-licence")
    found = "\n".join(flaws(folder))
    assert "seal-engraving.2026.1: was published, but no file has it any more" in found
    assert "a3_tax_information.yaml:4: status: this version was published and cannot become a draft" in found
    assert "d1_food_business.yaml:5: status: not in published.yaml: leave it a draft and run" in found


def test_two_versions_have_names_and_first_days_of_their_own(folder: Path) -> None:
    write_next(folder)
    change(folder, NEXT_ITEM, 'version: "2026.2"\nstatus: draft', 'version: "2026.1"\nstatus: draft')
    [flaw] = flaws(folder)
    assert flaw == f"{ITEM}:5: version: {NEXT_ITEM} is version '2026.1' too"
    change(folder, NEXT_ITEM, 'version: "2026.1"\nstatus: draft', 'version: "2026.2"\nstatus: published')
    change(folder, NEXT_ITEM, NEXT_DAY, "2026-01-01")
    assert f"{ITEM}:7: effective_on: {NEXT_ITEM} takes effect on that day too" in flaws(folder)


def test_publishing_says_so_in_the_file_and_keeps_the_digest(folder: Path) -> None:
    write_next(folder)
    publish(folder, NEXT_ITEM, TODAY)
    assert "status: published" in (folder / NEXT_ITEM).read_text(encoding="utf-8")
    assert [item.version for item in load_catalogue(folder).history(SLUG)] == ["2026.2", "2026.1"]
    change(folder, NEXT_FORM, "maxLength: 10\n", "maxLength: 11\n")
    assert len(flaws(folder)) == 1
    with pytest.raises(CatalogueError):
        publish(folder, ITEM, TODAY)


@pytest.mark.parametrize(
    ("change_of", "message"),
    [
        ((NEXT_DAY, "2026-11-22"), "does not count from a day gone by"),
        (("changed:", "#"), "say in `changed` what is new"),
        (("status: draft", "status: retired\nretired_on: 2027-01-01"), "not retired yet"),
    ],
)
def test_what_cannot_be_published(folder: Path, change_of: tuple[str, str], message: str) -> None:
    write_next(folder)
    change(folder, NEXT_ITEM, *change_of)
    before = (folder / "published.yaml").read_text(encoding="utf-8")
    with pytest.raises(NotPublishable, match=message):
        publish(folder, NEXT_ITEM, TODAY)
    assert (folder / "published.yaml").read_text(encoding="utf-8") == before


def test_the_command_publishes_only_what_its_examples_bear_out(folder: Path) -> None:
    write_next(folder)
    examples = (folder / "a1_examples.yaml").read_text(encoding="utf-8")
    (folder / "b_examples.yaml").write_text(examples.replace('"2026.1"', '"2026.2"'), encoding="utf-8")
    refused = CliRunner().invoke(items, ["publish", NEXT_ITEM, "--folder", str(folder)])
    assert refused.exit_code == 1
    assert "its examples fail; nothing was published" in refused.output
    published = yaml.safe_load((folder / "published.yaml").read_text(encoding="utf-8"))
    assert list(published[SLUG]) == ["2026.1"]

    unknown = CliRunner().invoke(items, ["publish", "nothing.yaml", "--folder", str(folder)])
    assert "there is no item file 'nothing.yaml'" in unknown.output


def test_the_guide_says_what_is_new_and_which_versions_there_are() -> None:
    shown = guide(two_versions().item(SLUG, FIRST_DAY), two_versions(), FIRST_DAY)
    assert shown["in_force"] and shown["effective_on"] == NEXT_DAY
    assert shown["replaces"]["version"] == "2026.1"
    assert shown["replaces"]["note"]["zh"] == "住所材料改为承诺。"
    assert [change["en"] for change in shown["replaces"]["changes"]] == [
        "New material: Promise on the premises (Required, may follow later)",
        "No longer asked for: Papers on the premises",
        "New in the form: Registered seat · Storey",
        "No longer in the form: Registered seat · Floor (optional)",
        (
            "Statutory limit: “On the spot, otherwise 2 working days” "
            "instead of “On the spot, otherwise 3 working days”"
        ),
    ]
    assert [(each["version"], each["in_force"]) for each in shown["versions"]] == [
        ("2026.2", True),
        ("2026.1", False),
    ]
    assert guide(a1(), catalogue(), TODAY)["replaces"] is None
    assert changes_between(a1(), a1()) == ()


def test_answers_are_carried_over_as_typed_without_what_has_no_place() -> None:
    form = two_versions().item(SLUG, FIRST_DAY).form
    rows = [{"name": " 甲 ", "shoe_size": "42"}, "junk"]
    kept, dropped = carry_over(
        form,
        {
            "premises": {"floor": "5层", "street": "云澜大道8号", "rows": [{"a": 1}]},
            "people": {"rows": rows},
            "garden": {"trees": "3"},
            "company": "junk",
            "agent": {"has_agent": "false", "nickname": ""},
        },
    )
    assert kept == {
        "premises": {"street": "云澜大道8号"},
        "people": {"rows": [{"name": " 甲 "}, "junk"]},
        "agent": {"has_agent": "false"},
    }
    assert dropped == ("premises/floor", "premises/rows", "people/rows/shoe_size", "garden", "company")


def test_prerequisites_lead_to_items_that_are_there(folder: Path) -> None:
    write_next(folder)
    change(
        folder,
        NEXT_ITEM,
        "online: true\n",
        "requires: [moon, seal-engraving, seal-engraving]\nonline: true\n",
    )
    found = flaws(folder)
    assert any("requires[0]: there is no item 'moon'" in flaw for flaw in found)
    assert any("requires[2]: 'seal-engraving' is given twice" in flaw for flaw in found)


@pytest.mark.parametrize(
    ("requires", "path"),
    [
        (["seal-engraving"], [SLUG, "seal-engraving", SLUG]),
        ([SLUG], [SLUG, SLUG]),
    ],
)
def test_items_that_require_one_another_are_refused_with_the_whole_path(
    folder: Path, requires: list[str], path: list[str]
) -> None:
    write_next(folder)
    change(folder, NEXT_ITEM, "online: true\n", f"requires: [{', '.join(requires)}]\nonline: true\n")
    [flaw] = flaws(folder)
    circle = flaw.partition("the items require one another: ")[2].split(" requires ")
    assert circle[0] == circle[-1] and sorted(set(circle)) == sorted(set(path))


def test_a1_opens_the_way_to_its_followers() -> None:
    shown = guide(a1(), catalogue(), TODAY)
    followers = [other["slug"] for other in shown["leads_to"]]
    assert shown["requires"] == []
    assert "seal-engraving" in followers and "food-business-licence" in followers
    assert "tax-deferral" not in followers
    seal = guide(catalogue().item("seal-engraving", TODAY), catalogue(), TODAY)
    assert [other["slug"] for other in seal["requires"]] == [SLUG]


def test_the_commands_are_there() -> None:
    assert set(items.commands) == {"test", "publish"}
    assert "items" in main.list_commands(click.Context(main))

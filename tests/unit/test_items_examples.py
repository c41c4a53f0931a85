"""`yuanban items test`: the shipped examples hold; one that does not is told in plain words."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from approvals.cli import items
from approvals.items.examples import load_examples
from approvals.items.source import CatalogueError
from tests.unit.item_versions import DATA, ITEM, copy_of_data

EXAMPLES = "a1_examples.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped data that a test may change."""
    return copy_of_data(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(items, ["test", *arguments])


def change(folder: Path, file: str, before: str, after: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")


def test_every_shipped_example_holds_and_every_rule_has_its_good_and_bad_one() -> None:
    found = run()
    assert found.exit_code == 0, found.output
    assert "FAIL" not in found.output
    assert sum(len(file.examples) for file in load_examples(DATA)) >= 50
    assert "Company Law, art. 47, para. 1" in found.output


def test_one_item_is_chosen_by_its_slug_or_code_and_told_in_chinese() -> None:
    by_code = run("00013112700401", "--lang", "zh")
    assert by_code.exit_code == 0
    assert by_code.output == run("company-establishment", "--lang", "zh").output
    assert "  符合    认缴出资额合计比注册资本少十万元（《公司法》第四十七条第一款）" in by_code.output
    assert "labour" not in by_code.output
    none = run("seal-engraving")
    assert none.exit_code == 1 and "there are no examples of 'seal-engraving'" in none.output


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            '/rows/1/contribution: "190"',
            '/rows/1/contribution: "200"',
            "capital_mismatch was expected at “Registered capital /answers/company/registered_capital”, but",
        ),
        (
            "expect: {errors: [{at: /answers/company/trade_name, code: minLength}]}",
            "expect: {}",
            "minLength at “Trade name /answers/company/trade_name”, which is not expected: ",
        ),
        (
            "      subject_name: 示范市示范区云栖湾精密传动有限公司",
            "      subject_name: 云栖湾有限公司",
            "The name is “示范市示范区云栖湾精密传动有限公司”; expected: “云栖湾有限公司”",
        ),
        (
            "articles, appointments, prelicence]",
            "articles, appointments]",
            "Permit required before registration, ",
        ),
        (
            '{due: {promised: "2026-02-28"}}',
            '{due: {promised: "2026-03-02"}}',
            "end of the promised limit: 2026-02-28; expected: 2026-03-02",
        ),
        (
            'extended_on: "2026-10-08"}',
            'extended_on: "2026-09-01"}',
            "extension",
        ),
        (
            "    rule: duplicate_officer\n    given:",
            "    given:",
            "Rule duplicate_officer has no example that breaks it",
        ),
        (
            "    rule: duplicate_officer\n    expect: {}",
            "    rule: duplicate_offices\n    expect: {}",
            "The form has no rule duplicate_offices",
        ),
    ],
)
def test_a_difference_is_told_in_plain_words_and_fails_the_command(
    folder: Path, before: str, after: str, said: str
) -> None:
    change(folder, EXAMPLES, before, after)
    found = run("company-establishment", "--folder", str(folder))
    assert found.exit_code == 1, found.output
    assert said in found.output
    assert "1 failed" in found.output


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('today: "2026-11-23"', 'today: "yesterday"', "today:"),
        ("/answers/company/spare_name_2: 岚桥湾", "/answers/people/rows/9/name: 岚桥湾", "leads nowhere"),
        ('basis: "name-regulations:8"', 'basis: "name-laws:8"', "unknown law 'name-laws'"),
        ("    rule: duplicate_name", "    rules: duplicate_name", "rules: is not known here"),
    ],
)
def test_a_wrong_file_of_examples_is_refused_with_its_line(
    folder: Path, before: str, after: str, message: str
) -> None:
    change(folder, EXAMPLES, before, after)
    with pytest.raises(CatalogueError, match=message):
        load_examples(folder)
    found = run("--folder", str(folder))
    assert found.exit_code == 1 and f"{EXAMPLES}:" in found.output


def test_examples_of_a_version_that_is_not_there_fail(folder: Path) -> None:
    change(folder, EXAMPLES, 'version: "2026.1"', 'version: "2031.1"')
    found = run("--folder", str(folder))
    assert found.exit_code == 1
    assert "There is no version 2031.1 of company-establishment" in found.output


def test_limits_that_an_item_does_not_have_cannot_be_counted(folder: Path) -> None:
    change(folder, "d4_examples.yaml", "road-freight-licence", "seal-engraving")
    found = run("--folder", str(folder))
    assert found.exit_code == 1
    assert "The item has no intake limit, or neither a statutory nor a promised one" in found.output


def test_wrong_items_are_told_without_a_traceback(folder: Path) -> None:
    change(folder, ITEM, "unit: working_day", "unit: fortnight")
    found = run("--folder", str(folder))
    assert found.exit_code == 1
    assert f"{ITEM}:" in found.output and "limits.intake.unit: must be one of" in found.output
    assert "Traceback" not in found.output

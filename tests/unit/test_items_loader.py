"""The catalogue loads; a wrong data file is refused with file, line and field, all flaws at once."""

import shutil
from pathlib import Path

import pytest

import approvals.items
from approvals.items.loader import load_catalogue
from approvals.items.source import CatalogueError, parse
from shared.errors import NotFound
from tests.unit.item_cases import TODAY, a1, catalogue

DATA = Path(approvals.items.__file__).parent / "data"
ITEM = "a1_company_establishment.yaml"
FORM = "a1_form.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped data that a test may spoil."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def spoil(folder: Path, file: str, before: str, after: str) -> int:
    """Replace the first occurrence of `before`; the line on which it stood."""
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    return text[: text.index(before)].count("\n") + 1


def flaws(folder: Path) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    return [str(flaw) for flaw in caught.value.flaws]


def test_the_five_categories_stand_in_order() -> None:
    assert [category.name.zh for category in catalogue().categories] == [
        "企业设立",
        "项目建设",
        "经营许可",
        "安全与环保评估",
        "财务税务",
    ]


def test_an_item_is_found_by_code_and_by_slug() -> None:
    assert catalogue().item("00013112700401", TODAY) is a1()
    assert catalogue().item("company-establishment", TODAY) is a1()
    with pytest.raises(NotFound):
        catalogue().item("nothing", TODAY)


def found(*args: str | None) -> list[str]:
    return [item.slug for item in catalogue().items(TODAY, *args)]


def test_search_takes_every_word_in_either_language_and_codes() -> None:
    assert found("公司 设立登记 营业执照 章程") == ["company-establishment"]
    assert found("BUSINESS licence 股东") == ["company-establishment"]
    assert found("00013112700401") == ["company-establishment"]
    assert found("没有这样的事项") == []
    assert [len(found(None, each.code)) for each in catalogue().categories] == [9, 0, 8, 0, 7]
    assert len(found()) == 24


def test_the_codes_of_a1_are_the_official_ones_with_the_demo_body() -> None:
    codes = a1().codes
    assert codes.code == "00013112700401"
    assert codes.basic == "000131127004"
    assert codes.implementation == "11990101MB0DEM2282" + "4" + "000131127004"
    assert codes.business == "11990101MB0DEM2282" + "4" + "00013112700401"


def test_only_what_was_read_is_verified() -> None:
    item = a1()
    assert item.limits.statutory is not None
    assert item.limits.statutory.verified
    assert item.limits.statutory.basis is not None
    assert item.limits.statutory.basis.zh == "《市场主体登记管理条例》第十九条第一款"
    assert item.limits.promised is not None
    assert not item.limits.promised.verified
    for offline in catalogue().items(TODAY):
        assert offline.online or (offline.missing and not offline.codes.verified)


def test_the_data_refers_to_the_law_in_the_version_that_was_read() -> None:
    basis = next(basis for basis in a1().legal_bases if "第四十七条" in basis.articles.zh)
    assert basis.law.zh == "中华人民共和国公司法"
    assert basis.text_version == "2023-12-29"
    assert "2025-04-19" in basis.source.zh


def test_a_missing_field_is_named_with_file_and_line(folder: Path) -> None:
    line = spoil(folder, ITEM, "    unit: working_day\n    verified: true\n", "    verified: true\n")
    assert f"{ITEM}:{line - 2}: limits.intake: 'unit' is missing" in flaws(folder)


def test_a_limit_needs_a_known_unit(folder: Path) -> None:
    line = spoil(folder, ITEM, "unit: working_day", "unit: fortnight")
    [flaw] = flaws(folder)
    assert flaw.startswith(f"{ITEM}:{line}: limits.intake.unit: must be one of working_day, natural_day")
    assert "'fortnight'" in flaw


def test_an_unknown_field_is_named(folder: Path) -> None:
    spoil(folder, ITEM, 'version: "2026.1"\n', 'version: "2026.1"\ncolour: red\n')
    assert f"{ITEM}:6: colour: is not known here" in flaws(folder)


def test_a_text_needs_both_languages(folder: Path) -> None:
    spoil(
        folder,
        ITEM,
        "name: {zh: 公司设立登记, en: Company establishment registration}",
        "name: {zh: 公司设立登记}",
    )
    assert f"{ITEM}:10: name: 'en' is missing" in flaws(folder)


def test_a_code_that_yaml_takes_for_a_number_is_refused(folder: Path) -> None:
    line = spoil(folder, ITEM, 'code: "00013112700401"', "code: 00013112700401")
    assert any(
        flaw.startswith(f"{ITEM}:{line}: codes.code: must be of type string") for flaw in flaws(folder)
    )


def test_codes_that_contradict_one_another_are_refused(folder: Path) -> None:
    line = spoil(folder, ITEM, "11990101MB0DEM22824000131127004", "11990101MB0DEM22823000131127004")
    [flaw] = flaws(folder)
    assert flaw.startswith(
        f"{ITEM}:{line}: codes.implementation_code: must be department, level and basic_code"
    )


def test_a_make_up_limit_for_nothing_is_refused(folder: Path) -> None:
    spoil(folder, ITEM, "necessity: deferrable\n    condition", "necessity: conditional\n    condition")
    spoil(folder, ITEM, "necessity: deferrable", "necessity: required")
    assert any("reforms[1].mode: no material is deferrable" in flaw for flaw in flaws(folder))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("category: establishment", "category: sport", "category: unknown category 'sport'"),
        (
            "    extension:\n      n: 3\n      unit: working_day\n",
            "    extension:\n      n: 3\n      unit: natural_day\n",
            "limits.statutory.extension.unit: an extension is counted in the unit of its limit",
        ),
        (
            "  promised:\n    n: 1\n    unit: working_day\n    verified: false\n",
            (
                "  promised:\n"
                "    extension: {n: 1, unit: working_day, verified: false, basis: {zh: 园区, en: Park}}\n"
                "    n: 1\n    unit: working_day\n    verified: false\n"
            ),
            "limits.promised.extension: must be the extension of the statutory limit",
        ),
        ('item_type: {code: "01"', 'item_type: {code: "77"', "item_type.code: '77' is not in the code set"),
        ("licensing-law:58.1", "licence-law:58.1", "fee.basis: unknown law 'licence-law'"),
        ("licensing-law:58.1", "article 58", "fee.basis: not a reference to a law"),
        (
            'ref: "company-law:29"',
            'ref: "corporate-law:29"',
            "legal_bases[0].ref: unknown law",
        ),
        ("rule: any_row_equals", "rule: moon_is_full", "condition.rule: unknown condition 'moon_is_full'"),
        (
            "field: scope/rows/kind",
            "field: scope/kind",
            "condition.field: the form has no field",
        ),
        ("    necessity: required\n", "    necessity: conditional\n", "a condition stands if and only if"),
        ("- code: articles", "- code: premises", "materials[3].code: 'premises' is given twice"),
        ("    limit: null\n", "    limit: promised_land\n", "steps[0].limit: must be one of"),
        ("starts: accepted", "starts: dreamt_of", "steps[2].starts: must be one of"),
        ("    starts: accepted\n", "", "steps[2].starts: a stage names what starts and ends it"),
        ("    ends: reviewed\n", "", "steps[2].ends: a stage names what starts and ends it"),
        ("ends: reviewed", "ends: received", "steps[2].ends: received does not come after accepted"),
        ("starts: reviewed", "starts: accepted", "steps[3].starts: the stage before it ends with reviewed"),
        ("ends: accepted", "ends: reviewed", "steps[1].starts: a stage lies within the limits"),
        (
            "    limit: {n: 0, unit: immediate,",
            "    limit: {n: 1, unit: working_day,",
            "steps[3].limit: the stages together take longer than the promised limit",
        ),
        (
            "    limit: {n: 1, unit: working_day, verified: false, basis: {zh: 园区内部",
            "    limit: {n: 6, unit: working_day, verified: false, basis: {zh: 园区内部",
            "steps[1].limit: the stages together take longer than the intake limit",
        ),
        ("    limit: {n: 0, unit: immediate,", "    limit: {n: 0,", "steps[2].limit: 'unit' is missing"),
        ("    procedures: [hearing]\n", "", "special_procedures[1].kind: an item that can be applied for"),
        (
            "procedures: [hearing]",
            "procedures: [coffee]",
            "special_procedures[1].procedures[0]: must be one of",
        ),
        (
            "  - mode: deferred_materials\n",
            "  - mode: bundle\n",
            "reforms[1].mode: make_up stands if and only if",
        ),
        (
            "  - mode: deferred_materials\n",
            "  - mode: streamlined\n",
            "materials[2].necessity: what may follow later needs the reform deferred_materials",
        ),
        (
            "    make_up: {n: 1, unit: working_day}",
            "    make_up: {n: 1}",
            "reforms[1].make_up: 'unit' is missing",
        ),
        (
            "    make_up: {n: 1,",
            "    make_up: {n: 2,",
            "reforms[1].make_up.n: is longer than the promised limit",
        ),
        (
            "    make_up: {n: 1, unit: working_day}",
            "    make_up: {n: 1, unit: natural_day}",
            "reforms[1].make_up.unit: is counted in the unit of the promised limit",
        ),
        ("  - company/trade_name\n", "  - company/nickname\n", "subject_name[1]: the form has no field"),
        ("form: a1_form.yaml", "form: other_form.yaml", "form: there is no form file 'other_form.yaml'"),
        (
            '  verified: true\n  basis: "licensing-law:58.1"',
            "  verified: true\n  basis: null",
            "fee.verified:",
        ),
        (  # 行政许可法 art. 58(1): no fee but by a law or an administrative regulation
            "  charged: false\n  text: {zh: 不收费, en: Free of charge}\n  verified: true",
            "  charged: true\n  text: {zh: 不收费, en: Free of charge}\n  verified: false",
            "fee.charged: a fee needs a law or an administrative regulation that was read",
        ),
        ("  quantity:\n", "  quality:\n", "facts.quality: there is no chapter 'quality'"),
        ("remedies:\n", "unremedied:\n", "unremedied: is not known here"),
    ],
)
def test_what_leads_nowhere_or_contradicts_itself_is_refused(
    folder: Path, before: str, after: str, message: str
) -> None:
    spoil(folder, ITEM, before, after)
    found = flaws(folder)
    assert any(message in flaw for flaw in found), found
    assert all(flaw.startswith((f"{ITEM}:", f"{FORM}:")) for flaw in found)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("widget: text\n", "widget: crystal_ball\n", "widget: must be one of text, textarea"),
        ("format: hanzi", "format: runes", "format: unknown format 'runes'"),
        ("required: [region_name, ", "required: [county, region_name, ", "there is no property 'county'"),
        ("when: {field: business_term,", "when: {field: term,", "there is no property 'term' beside it"),
        ("rule: rows_sum", "rule: rows_product", "rules[3].rule: unknown rule 'rows_product'"),
        (
            "total: company/registered_capital",
            "total: company/money",
            "rules[3].total: the form",
        ),
        (
            "each: shareholders/rows/contribution\n",
            "each: company/registered_capital\n",
            "is not a field in rows",
        ),
        ("    years: 5\n", "    years: five\n", 'rules[5].years: "five" is not of type "integer"'),
        ("    years: 5\n", "", "rules[5]: parameter 'years' is missing"),
        ("    years: 5\n", "    years: 5\n    months: 1\n", "rules[5].months: the rule takes no parameter"),
        ("相差{difference}万元", "相差{gap}万元", "rules[3].message.zh: there is no {gap} to fill in"),
        ("相差{difference}万元", "相差{difference万元", "rules[3].message.zh: not a message"),
        ("          multipleOf: 0.000001\n", "", "a number needs a maximum and the multipleOf"),
        (
            "              format: {zh: 行政区划应当",
            "              shape: {zh: 行政区划应当",
            "no such kind of error",
        ),
        ("  - key: premises\n", "  - key: company\n", "sections[1].key: 'company' is given twice"),
        ("rule: words_refused", "rule:", "rules[1].rule: must be of type string, not None"),
    ],
)
def test_a_wrong_form_is_refused(folder: Path, before: str, after: str, message: str) -> None:
    spoil(folder, FORM, before, after)
    found = flaws(folder)
    assert any(message in flaw for flaw in found), found
    assert all(flaw.startswith(f"{FORM}:") for flaw in found), found


def test_every_flaw_of_every_file_is_reported_at_once(folder: Path) -> None:
    spoil(folder, ITEM, "category: establishment", "category: sport")
    spoil(folder, ITEM, "unit: working_day", "unit: fortnight")
    spoil(folder, FORM, "rule: rows_sum", "rule: rows_product")
    spoil(folder, "a6_bank_account.yaml", "missing:", "absent:")
    files = {flaw.split(":")[0] for flaw in flaws(folder)}
    assert files == {ITEM, FORM, "a6_bank_account.yaml"}


def test_two_items_cannot_share_code_or_slug(folder: Path) -> None:
    a6 = (folder / "a6_bank_account.yaml").read_text(encoding="utf-8")
    (folder / "y_slug.yaml").write_text(a6.replace("99209100100001", "99209100100009"), encoding="utf-8")
    (folder / "z_code.yaml").write_text(
        a6.replace("slug: bank-account-appointment", "slug: other"), encoding="utf-8"
    )
    found = flaws(folder)
    assert "y_slug.yaml:2: slug: 'bank-account-appointment' is used by a6_bank_account.yaml too" in found
    assert any(
        flaw.startswith("z_code.yaml:") and "codes.code: '99209100100001' is used by a6" in flaw
        for flaw in found
    )


def test_an_item_that_cannot_be_applied_for_says_what_is_missing(folder: Path) -> None:
    path = folder / "a6_bank_account.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("missing")), encoding="utf-8")
    assert [*flaws(folder)] == [
        "a6_bank_account.yaml:7: online: an item that cannot be applied for says what is missing"
    ]


def test_an_item_that_can_be_applied_for_needs_a_form_and_remedies(folder: Path) -> None:
    spoil(folder, "a6_bank_account.yaml", "online: false", "online: true")
    found = flaws(folder)
    assert "a6_bank_account.yaml:7: online: an item that can be applied for needs form" in found
    assert "a6_bank_account.yaml:7: online: an item that can be applied for needs remedies" in found


def test_broken_yaml_is_named_with_its_line(folder: Path) -> None:
    spoil(folder, ITEM, "online: true\n", "online: true\n\tcolour: red\n")
    [flaw] = flaws(folder)
    assert flaw.startswith(f"{ITEM}:9: (file): not readable as YAML")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "x.yaml:3: a: given twice"),
        ("a: &here\n  b: *here\n", "x.yaml:1: a.b: contains itself"),
        ("a: .inf\n", "x.yaml:1: (file): not readable as YAML: not a decimal number"),
        ("", None),
    ],
)
def test_odd_yaml(text: str, message: str | None) -> None:
    source = parse("x.yaml", text)
    assert [str(flaw) for flaw in source.flaws] == ([message] if message else [])


def test_a_wrong_reference_table_is_refused_first(folder: Path) -> None:
    spoil(folder, "reference/laws.yaml", "    text_version:", "    version:")
    found = flaws(folder)
    assert any(flaw.startswith("laws.yaml:") and "'text_version' is missing" in flaw for flaw in found)

"""Provisions of law are cited the way official documents write them."""

import pytest

from approvals.items.laws import Law, chinese_number, cite, cite_all
from shared.text import Text

LAWS = {
    "licensing-law": Law(
        key="licensing-law",
        name=Text("中华人民共和国行政许可法", "Administrative Licensing Law"),
        short=Text("行政许可法", "Administrative Licensing Law"),
        text_version="2019-04-23",
        version_note=Text("2019年修正", "amended in 2019"),
        source=Text("来源", "source"),
    ),
    "company-law": Law(
        key="company-law",
        name=Text("中华人民共和国公司法", "Company Law"),
        short=Text("公司法", "Company Law"),
        text_version="2023-12-29",
        version_note=Text("2023年修订", "revised in 2023"),
        source=Text("来源", "source"),
    ),
}


@pytest.mark.parametrize(
    ("ref", "zh", "en"),
    [
        ("licensing-law:38", "《行政许可法》第三十八条", "Administrative Licensing Law, art. 38"),
        ("company-law:47.1", "《公司法》第四十七条第一款", "Company Law, art. 47, para. 1"),
        (
            "licensing-law:32.1(4)",
            "《行政许可法》第三十二条第一款第（四）项",
            "Administrative Licensing Law, art. 32, para. 1, item 4",
        ),
        ("company-law:265(1)", "《公司法》第二百六十五条第（一）项", "Company Law, art. 265, item 1"),
        ("company-law:45-46", "《公司法》第四十五条、第四十六条", "Company Law, arts. 45–46"),
        ("company-law:16-21", "《公司法》第十六条至第二十一条", "Company Law, arts. 16–21"),
    ],
)
def test_a_reference_reads_as_in_a_document(ref: str, zh: str, en: str) -> None:
    assert cite(ref, LAWS).text == Text(zh, en)


def test_a_law_is_named_once_for_provisions_that_follow_one_another() -> None:
    text = cite_all(["licensing-law:44", "licensing-law:82", "company-law:33"], LAWS)
    assert text.zh == "《行政许可法》第四十四条、第八十二条、《公司法》第三十三条"
    assert text.en == "Administrative Licensing Law, art. 44; art. 82; Company Law, art. 33"


@pytest.mark.parametrize(
    "ref", ["licensing-law", "licensing-law:", "licensing-law:3a", "行政许可法:38", ":38"]
)
def test_what_is_no_reference_is_refused(ref: str) -> None:
    with pytest.raises(ValueError, match="not a reference"):
        cite(ref, LAWS)


def test_an_unknown_law_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown law 'tax-law'"):
        cite("tax-law:1", LAWS)


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (47, "四十七"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (265, "二百六十五"),
        (999, "九百九十九"),
    ],
)
def test_numerals_of_statutes(n: int, text: str) -> None:
    assert chinese_number(n) == text

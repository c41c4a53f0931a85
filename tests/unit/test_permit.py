"""The permit as PDF: what it permits and how long, on one page, the same bytes each time."""

from dataclasses import replace
from datetime import date

from approvals.certificates.permits import last_day
from approvals.documents.permit import PermitFacts, make_permit
from approvals.items.permit_spec import Validity
from tests.unit.pdf_text import squeeze, texts

FACTS = PermitFacts(
    name="食品经营许可证",
    number="JY990101202600001",
    holder_name="示范市知渡工业软件有限公司",
    holder_code="91990101MA0DEM080R",
    lines=(("经营场所", "澜川路8号A座1层"), ("主体业态", "餐饮服务经营者（单位食堂）")),
    issuer="示范区市场监督管理局",
    issued_on=date(2026, 11, 23),
    valid_from=date(2026, 11, 23),
    valid_until=date(2031, 11, 22),
    certificate_id="1.2.156.3005.2.11990101MB0DEM2282001.11990101MB0DEM2282.2026000001.001.K",
    verify_url="http://localhost:8000/verify/1.2.156",
)


def test_the_permit_states_its_facts_and_is_marked_when_it_is_a_demonstration() -> None:
    (page,) = texts(make_permit(FACTS))
    for words in (
        FACTS.name,
        FACTS.number,
        FACTS.holder_name,
        FACTS.holder_code,
        "主体业态",
        "至2031年11月22日",
    ):
        assert words in page, words
    assert "演示" not in page
    (demo,) = texts(make_permit(replace(FACTS, demo=True, valid_until=None)))
    assert "演示样本" in squeeze(demo) and "至长期" in demo
    assert make_permit(FACTS) == make_permit(FACTS)


def test_a_permit_with_many_long_lines_stays_on_its_page_and_says_what_it_leaves_out() -> None:
    lines = tuple((f"经营项目{n}", "热食类食品制售；" * 120) for n in range(8))
    (page,) = texts(make_permit(replace(FACTS, lines=lines)))
    assert "以下略" in squeeze(page)


def test_validity_ends_the_day_before_the_corresponding_one() -> None:
    leap_day = date(2028, 2, 29)
    assert last_day(date(2026, 11, 23), Validity(5, "year")) == date(2031, 11, 22)
    assert last_day(leap_day, Validity(1, "year")) == date(2029, 2, 27)
    assert last_day(date(2026, 8, 31), Validity(6, "month")) == date(2027, 2, 27)
    assert last_day(leap_day, None) is None

"""Official slips: the prescribed words, embedded Chinese, the same bytes each time, plain when a demo."""

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from approvals.documents.slips import SlipFacts, SlipKind, make_slip, slip_name
from shared.printing.fonts import load_fonts
from shared.text import Text
from tests.unit.pdf_text import darkest, picture, red_pixels, squeeze, texts

FACTS = SlipFacts(
    kind=SlipKind.RECEIPT,
    number="示区审收字〔2026〕第00017号",
    issued_on=date(2026, 11, 22),
    body_name="示范区行政审批局",
    body_code="11990101MB0DEM2282",
    applicant="企业经办人甲",
    subject_name="示范市知渡工业软件有限公司",
    item_name="公司设立登记",
    case_number="990101261122000178",
    query_code="K7Q4M2",
    rows=((Text("收件方式", "Received by"), "网上申请"),),
    items=("公司章程", "住所（经营场所）相关文件"),
    reason="股东以劳务作价出资，不符合规定。",
    remedies="如不服本决定，可以依法申请行政复议或者提起行政诉讼。",
    due_on=date(2026, 11, 27),
    demo=True,
)

WORDS = {
    SlipKind.RECEIPT: (
        "收件凭证",
        "本机关已于2026年11月22日收到",
        "最迟于2026年11月27日决定是否受理",
        "公司章程",
    ),
    SlipKind.CORRECTION_NOTICE: ("补正材料一次性告知书", "全部内容一次性告知如下", "第（四）项", "公司章程"),
    SlipKind.ACCEPTANCE_NOTICE: (
        "受理通知书",
        "决定予以受理",
        "第（五）项",
        "于2026年11月27日前（含当日）作出决定",
    ),
    SlipKind.NOT_ACCEPTED_NOTICE: (
        "不予受理通知书",
        "决定不予受理",
        "以劳务作价出资",
        "行政复议或者提起行政诉讼",
    ),
    SlipKind.NOT_REQUIRED_NOTICE: ("不受理告知书", "依法不需要取得行政许可", "第（一）项", "以劳务作价出资"),
    SlipKind.GRANT_DECISION: ("准予行政许可决定书", "决定准予行政许可", "第三十八条第一款"),
    SlipKind.REFUSAL_DECISION: (
        "不予行政许可决定书",
        "第三十八条第二款",
        "以劳务作价出资",
        "行政复议或者提起行政诉讼",
    ),
    SlipKind.TERMINATION_NOTICE: ("终止办理通知书", "决定终止办理", "以劳务作价出资"),
    SlipKind.PROCEDURE_NOTICE: (
        "特别程序所需时间告知书",
        "第四十五条",
        "以劳务作价出资",
        "期限自2026年11月22日起停止计算",
        "预计于2026年11月27日前（含当日）结束",
    ),
    SlipKind.EXTENSION_NOTICE: (
        "延长审批期限通知书",
        "第四十二条第一款",
        "以劳务作价出资",
        "经本机关负责人批准",
        "于2026年11月27日前（含当日）作出决定",
    ),
    SlipKind.GAP_PROMISE: ("容缺受理承诺书", "示范区行政审批局：", "申请容缺受理", "公司章程"),
    SlipKind.GAP_NOTICE: (
        "容缺受理通知书",
        "予以容缺受理",
        "公司章程",
        "于2026年11月27日前（含当日）登录",
        "终止办理",
    ),
    SlipKind.PROMISE: ("告知承诺书", "自愿采用告知承诺方式办理", "不实承诺和未履行承诺的法律责任"),
    SlipKind.CORRECTION_ORDER: ("责令限期改正通知书", "2026年11月27日前（含当日）改正", "以劳务作价出资"),
    SlipKind.PUBLIC_NOTICE: ("公示", "公示期至2026年11月27日（含当日）届满", "以劳务作价出资"),
    SlipKind.NOTICE_RESULT: ("公示结果告知书", "公示结果如下", "以劳务作价出资"),
    SlipKind.DEREGISTRATION_NOTICE: ("准予注销登记通知书", "第三十一条第一款", "准予注销登记"),
    SlipKind.FUNDING_DECISION: (
        "资金拨付决定书",
        "本机关决定拨付资金",
        "资金将于2026年11月27日前（含当日）拨付",
        "行政复议或者提起行政诉讼",
    ),
    SlipKind.FUNDING_REFUSAL: ("不予拨付资金决定书", "本机关决定不予拨付资金", "以劳务作价出资"),
    SlipKind.REVOCATION_NOTICE: ("撤销行政许可告知书", "第六十九条", "陈述权、申辩权", "仍然有效"),
    SlipKind.REVOCATION_DECISION: ("撤销行政许可决定书", "第六十九条", "决定撤销该行政许可", "复议"),
    SlipKind.REVOCATION_DROPPED: ("不予撤销行政许可决定书", "第六十九条", "继续有效"),
    SlipKind.DELIVERY_RECORD: ("送达回证", "第四十四条", "已向你（单位）送达", "收件方式"),
    SlipKind.FILING_RECEIPT: ("备案凭证", "信息和材料齐全", "予以备案", "不属于行政许可"),
    SlipKind.DEEMED_RENEWAL: ("视为准予延续行政许可告知书", "第五十条第二款", "不是本机关作出的决定"),
}


def slip(kind: SlipKind = SlipKind.RECEIPT, **changes: object) -> bytes:
    return make_slip(replace(FACTS, kind=kind, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", SlipKind)
def test_each_slip_says_what_it_must(kind: SlipKind) -> None:
    (page,) = texts(slip(kind))
    for words in (
        *WORDS[kind],
        squeeze(slip_name(kind).en),
        "示范区行政审批局",
        "示区审收字〔2026〕第00017号",
        "企业经办人甲" if kind is SlipKind.GAP_PROMISE else "企业经办人甲：",
        "“公司设立登记”申请",
        "示范市知渡工业软件有限公司",
        "990101261122000178",
        "K7Q4M2",
        "收件方式",
        "网上申请",
        "2026年11月22日",
        "11990101MB0DEM2282",
        "演示无效",
        "第1页，共1页",
    ):
        assert squeeze(words) in page
    assert slip_name(kind).zh == WORDS[kind][0]
    assert "{" not in page


def test_the_chinese_is_embedded_as_a_small_subset() -> None:
    data = slip()
    assert data.count(b"/FontFile2") >= 2
    assert b"NotoSansSC" in data
    assert len(data) < 200_000


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        (SlipKind.RECEIPT, "items"),
        (SlipKind.CORRECTION_NOTICE, "items"),
        (SlipKind.NOT_ACCEPTED_NOTICE, "reason"),
        (SlipKind.NOT_ACCEPTED_NOTICE, "remedies"),
        (SlipKind.NOT_REQUIRED_NOTICE, "reason"),
        (SlipKind.REFUSAL_DECISION, "reason"),
        (SlipKind.REFUSAL_DECISION, "remedies"),
        (SlipKind.TERMINATION_NOTICE, "reason"),
        (SlipKind.PROCEDURE_NOTICE, "reason"),
        (SlipKind.PROCEDURE_NOTICE, "due_on"),
        (SlipKind.PROCEDURE_NOTICE, "rows"),
        (SlipKind.EXTENSION_NOTICE, "reason"),
        (SlipKind.EXTENSION_NOTICE, "rows"),
        (SlipKind.DELIVERY_RECORD, "rows"),
        (SlipKind.FUNDING_DECISION, "rows"),
        (SlipKind.FUNDING_REFUSAL, "reason"),
        (SlipKind.FUNDING_REFUSAL, "remedies"),
        (SlipKind.FILING_RECEIPT, "rows"),
        (SlipKind.DEEMED_RENEWAL, "rows"),
        (SlipKind.REVOCATION_NOTICE, "due_on"),
        (SlipKind.REVOCATION_DECISION, "reason"),
        (SlipKind.REVOCATION_DECISION, "remedies"),
    ],
)
def test_a_slip_without_what_the_law_asks_for_is_not_made(kind: SlipKind, missing: str) -> None:
    with pytest.raises(ValueError, match=missing):
        slip(kind, **{missing: () if missing in ("items", "rows") else None if missing == "due_on" else ""})


def test_what_is_not_known_is_left_out() -> None:
    (page,) = texts(
        slip(SlipKind.GRANT_DECISION, due_on=None, reason="", remedies="", items=(), query_code="")
    )
    assert "颁发、送达" not in page
    assert "查询码" not in page
    (page,) = texts(slip(SlipKind.TERMINATION_NOTICE))
    assert "依据：" not in page
    (page,) = texts(slip(SlipKind.TERMINATION_NOTICE, legal_basis="《示范规定》第九条"))
    assert "依据：《示范规定》第九条。" in page


def test_a_case_may_quote_another_article() -> None:
    (page,) = texts(slip(SlipKind.NOT_ACCEPTED_NOTICE, legal_basis="《示范规定》第九条"))
    assert "根据《示范规定》第九条的规定" in page
    assert "第（二）项" not in page


def test_a_long_notice_goes_on_over_pages_and_its_signature_never_stands_alone() -> None:
    for count in range(10, 40):
        items = tuple(
            f"第{number:03}项：公司章程所载出资额与申请书不一致，请改为一致。" for number in range(count)
        )
        pages = texts(slip(SlipKind.CORRECTION_NOTICE, items=items))
        everything = "".join(pages)
        assert all(item in everything for item in items)
        assert all(f"第{n}页，共{len(pages)}页" in page for n, page in enumerate(pages, 1))
        assert all("演示无效" in page for page in pages)
        assert "演示印章" in pages[-1]
        assert "特此告知" in pages[-1]


def test_one_entry_longer_than_a_page_is_printed_whole() -> None:
    item = "需补正的内容" * 600
    pages = texts(slip(SlipKind.CORRECTION_NOTICE, items=(item,)))
    assert len(pages) > 2
    assert sum(page.count("内") for page in pages) >= 600


def test_what_people_typed_is_printed_as_typed() -> None:
    reason = "<b>粗体</b> & {item} 100% \\ 'x'"
    (page,) = texts(slip(SlipKind.REFUSAL_DECISION, reason=reason))
    assert squeeze(reason) in page


def test_a_character_without_a_glyph_is_named_and_invisible_ones_are_dropped() -> None:
    (page,) = texts(slip(applicant="\u202e\u00ad王\U00020bb7\x07"))
    assert "王〔U+20BB7〕：" in page
    assert "企业经办人甲" not in page


def test_a_real_slip_has_neither_watermark_nor_drawn_seal() -> None:
    (page,) = texts(slip(demo=False))
    assert "演示" not in page
    assert "（印章）" in page


def test_the_seal_of_a_demo_is_a_red_ring_that_says_what_it_is() -> None:
    def red(demo: bool) -> int:
        return red_pixels(picture(slip(demo=demo)).crop((600, 1100, 1190, 1600)), margin=100)

    assert red(demo=True) > 2000
    assert red(demo=False) == 0
    (page,) = texts(slip())
    assert "（演示印章）" in page


def test_very_long_names_stay_on_the_page() -> None:
    name = (
        "示范省示范市云澜湾数字产业园国际先进精密智能制造与工业互联网创新研究院投资管理中心（有限合伙）" * 2
    )
    data = slip(body_name=name, applicant=name, subject_name=name, item_name=name, number=name)
    for page in range(len(texts(data))):
        image = picture(data, page)
        # Only the pale red of the watermark reaches the margin.
        assert darkest(image.crop((image.width - 130, 0, image.width, image.height))) > 200
    assert name in "".join(texts(data))


def test_the_same_facts_make_the_same_bytes_in_any_process_and_thread() -> None:
    with ThreadPoolExecutor(4) as pool:
        digests = {hashlib.sha256(data).hexdigest() for data in pool.map(lambda _: slip(), range(8))}
    script = (
        "import hashlib, sys; from tests.unit.test_slips import slip;"
        "sys.stdout.write(hashlib.sha256(slip()).hexdigest())"
    )
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            check=True,
            text=True,
            cwd=Path(__file__).parents[2],
            env={"PYTHONHASHSEED": seed},
        )
        digests.add(run.stdout)
    assert len(digests) == 1


def test_missing_fonts_are_explained(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="make setup"):
        load_fonts(tmp_path)

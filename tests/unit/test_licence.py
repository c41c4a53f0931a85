"""The business licence: its facts, a QR code that leads to the check, and a demo nobody takes for real."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
import segno
from PIL import Image

from approvals.documents.licence import LicenceFacts, capital_text, make_licence
from tests.unit.pdf_text import darkest, picture, red_pixels, squeeze, texts

URL = "http://localhost:8000/verify/1.2.156.3005.2.11990101MB0DEM2282001.11990101MB0DEM2282.2026000001.001.K"
FACTS = LicenceFacts(
    uscc="91990101MA0DEM080R",
    name="示范市知渡工业软件有限公司",
    company_type="有限责任公司（自然人投资或控股）",
    legal_representative="企业法定代表人甲",
    business_scope="一般项目：软件开发；工业互联网数据服务；信息系统集成服务。",
    registered_capital_fen=500_000_000,
    founded_on=date(2026, 11, 22),
    address="示范省示范市示范区云澜湾数字产业园澜川路8号A座1201室",
    registrar="示范区行政审批局",
    issued_on=date(2026, 11, 23),
    certificate_id="1.2.156.3005.2.11990101MB0DEM2282001.11990101MB0DEM2282.2026000001.001.K",
    verify_url=URL,
    demo=True,
)


def licence(**changes: object) -> bytes:
    return make_licence(replace(FACTS, **changes))  # type: ignore[arg-type]


def test_the_licence_states_its_facts_in_embedded_chinese() -> None:
    data = licence()
    (page,) = texts(data)
    for words in (
        "营业执照",
        "（正本）",
        "统一社会信用代码",
        "91990101MA0DEM080R",
        "示范市知渡工业软件有限公司",
        "有限责任公司（自然人投资或控股）",
        "法定代表人",
        "企业法定代表人甲",
        "经营范围",
        "一般项目：软件开发；工业互联网数据服务；信息系统集成服务。",
        "注册资本",
        "500万元人民币",
        "成立日期",
        "2026年11月22日",
        "住所",
        "澜川路8号A座1201室",
        "登记机关",
        "示范区行政审批局",
        "2026年11月23日",
        FACTS.certificate_id,
        URL,
    ):
        assert squeeze(words) in page
    assert data.count(b"/FontFile2") >= 2
    assert len(data) < 200_000


def test_it_lies_across_one_a4_sheet() -> None:
    assert picture(licence(), scale=1).size == (842, 596)


def test_original_and_duplicate_are_told_apart() -> None:
    (page,) = texts(licence(copy=True))
    assert "（副本）" in page
    assert "（正本）" not in page


def test_a_demo_cannot_be_taken_for_a_real_licence() -> None:
    (page,) = texts(licence())
    assert "演示无效" in page
    assert "不是真实证照" in page
    assert "（演示印章）" in page
    assert "监制" not in page  # the line of the real licence that names the ministry
    (real,) = texts(licence(demo=False))
    assert "演示" not in real
    # The watermark covers a good part of the sheet.
    assert red_pixels(picture(licence(), scale=1), margin=30) > 842 * 595 * 0.08


@pytest.mark.parametrize("url", [URL, "https://yuanban.example/verify/1", URL + "x" * 200])
def test_the_qr_code_in_the_picture_is_the_one_of_the_url(url: str) -> None:
    scale = 8
    corner = picture(licence(verify_url=url), scale=scale).crop((670 * scale, 0, 842 * scale, 160 * scale))
    black = Image.eval(corner.convert("L"), lambda value: 255 if value < 60 else 0)
    box = black.getbbox()
    assert box is not None
    wanted = [list(row) for row in segno.make_qr(url, error="m", boost_error=False).matrix]
    module = (box[2] - box[0]) / len(wanted)
    found = [
        [
            black.getpixel((int(box[0] + (x + 0.5) * module), int(box[1] + (y + 0.5) * module))) == 255
            for x in range(len(wanted))
        ]
        for y in range(len(wanted))
    ]
    assert found == [[bool(dark) for dark in row] for row in wanted]


@pytest.mark.parametrize("times", [5, 12, 200])
def test_a_long_business_scope_stays_in_its_box(times: int) -> None:
    scope = (
        "技术服务、技术开发、技术咨询、技术交流；第二类增值电信业务（依法须经批准的项目，经批准后方可开展）。"
        * times
    )
    data = licence(business_scope=scope)
    (page,) = texts(data)
    below = picture(data, scale=2).crop((2 * 130, 2 * 478, 2 * 480, 2 * 514))
    assert darkest(below) > 180  # nothing but the watermark between the scope and the foot
    if times == 200:
        assert "……（以下略，全文见核验页）" in page
    else:
        assert scope in page


def test_very_long_names_are_printed_whole() -> None:
    name = (
        "示范省示范市云澜湾数字产业园国际先进精密智能制造与工业互联网创新研究院投资管理中心（有限合伙）" * 2
    )
    (page,) = texts(licence(name=name, legal_representative=name, registrar=name, address=name * 2))
    assert page.count(name) >= 4


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (1_000_000, "1万元人民币"),
        (500_000_000, "500万元人民币"),
        (100_000_000_000_000, "100000000万元人民币"),
        (150_000, "0.15万元人民币"),
        (123_456_789, "123.456789万元人民币"),
        (1, "0.000001万元人民币"),
    ],
)
def test_the_capital_is_exact_and_without_needless_zeros(fen: int, text: str) -> None:
    assert capital_text(fen) == text


def test_the_same_facts_make_the_same_bytes() -> None:
    first, second, other = licence(), licence(), licence(copy=True)
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()
    assert first != other

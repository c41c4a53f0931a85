"""The business licence (营业执照) as PDF, for people to look at, print and check by its QR code.

The look follows the licence in use since 2019 (landscape, code and QR at the top, two columns). The national
emblem is never drawn, nor the line that names the supervising ministry: both belong to the real licence only.
"""

import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from approvals.documents.fonts import Fonts, load_fonts
from approvals.documents.layout import GREY, INK, RED, Line, Style, draw_lines, fit, width_of
from approvals.documents.marks import SEAL_RADIUS, chinese_date, draw_demo_seal, draw_watermark

_PAGE = landscape(A4)
_WIDTH, _HEIGHT = _PAGE
_GOLD: Color = HexColor("#a67c2e")
_PAPER: Color = HexColor("#fffdf6")
_FEN_IN_WAN = 1_000_000  # one 万元 is 10,000 yuan of 100 fen
_LABEL_WIDTH = 78.0
_SMALLEST = 5.5
_CUT_NOTE = "……（以下略，全文见核验页）"


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceFacts:
    """What a licence says. Dates are legal dates (Asia/Shanghai), the capital is in fen.

    `registrar` is the body that registers (登记机关), `copy` tells the 副本 from the 正本, `verify_url` is
    the public page behind the QR code.
    """

    uscc: str
    name: str
    company_type: str
    legal_representative: str
    business_scope: str
    registered_capital_fen: int
    founded_on: date
    address: str
    registrar: str
    issued_on: date
    certificate_id: str
    verify_url: str
    copy: bool = False
    demo: bool = False


def make_licence(facts: LicenceFacts) -> bytes:
    """The licence as a one-page PDF; the same facts make the same bytes.

    Long values are wrapped and set smaller; one that would still not fit ends with a note that the whole text
    is on the verification page.
    """
    fonts = load_fonts()
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=_PAGE, invariant=1, pageCompression=1, lang="zh-CN")
    canvas.setTitle(fonts.printable(f"营业执照 {facts.name}"))
    canvas.setAuthor(fonts.printable(facts.registrar))
    canvas.setSubject(fonts.printable(f"{facts.uscc} {facts.certificate_id}"))
    canvas.setCreator("园办 Yuanban")
    _frame(canvas)
    _head(canvas, fonts, facts)
    _columns(canvas, fonts, facts)
    _registrar(canvas, fonts, facts)
    _foot(canvas, fonts, facts)
    if facts.demo:
        # Over everything else: a part of the licence cut out still shows it.
        draw_watermark(canvas, fonts, _PAGE, size=180, alpha=0.2)
    canvas.showPage()
    return fonts.finish(canvas, target)


def capital_text(fen: int) -> str:
    """`100万元人民币`; exact to the fen, without needless zeros."""
    wan = (Decimal(fen) / _FEN_IN_WAN).normalize()
    return f"{wan:f}万元人民币"


def _frame(canvas: Canvas) -> None:
    canvas.setFillColor(_PAPER)
    canvas.rect(0, 0, _WIDTH, _HEIGHT, stroke=0, fill=1)
    canvas.setStrokeColor(_GOLD)
    for inset, thickness in ((22, 3.0), (28, 0.8), (34, 0.8)):
        canvas.setLineWidth(thickness)
        canvas.rect(inset, inset, _WIDTH - 2 * inset, _HEIGHT - 2 * inset)
    canvas.setFillColor(_GOLD)
    for x in (31, _WIDTH - 31):
        for y in (31, _HEIGHT - 31):
            canvas.rect(x - 5, y - 5, 10, 10, stroke=0, fill=1)


def _head(canvas: Canvas, fonts: Fonts, facts: LicenceFacts) -> None:
    canvas.setFillColor(INK)
    canvas.setFont(fonts.bold.fontName, 50)
    spacing = 16.0
    title = "营业执照"
    width = width_of(title, fonts.bold, 50) + 3 * spacing
    canvas.drawString((_WIDTH - width) / 2, _HEIGHT - 128, title, charSpace=spacing)
    canvas.setFont(fonts.regular.fontName, 12)
    edition = "（副本）" if facts.copy else "（正本）"
    canvas.drawCentredString(_WIDTH / 2, _HEIGHT - 151, edition)
    canvas.setFillColor(GREY)
    canvas.setFont(fonts.regular.fontName, 8.5)
    canvas.drawCentredString(
        _WIDTH / 2, _HEIGHT - 165, "BUSINESS LICENCE" + (" (DUPLICATE)" if facts.copy else " (ORIGINAL)")
    )
    _code(canvas, fonts, facts.uscc)
    _qr(canvas, fonts, facts.verify_url)


def _code(canvas: Canvas, fonts: Fonts, uscc: str) -> None:
    canvas.setFillColor(INK)
    canvas.setFont(fonts.regular.fontName, 11)
    canvas.drawString(62, _HEIGHT - 78, "统一社会信用代码")
    _value(canvas, Style(fonts.bold, 15, 19), fonts.printable(uscc), 62, _HEIGHT - 84, 190, 24)
    canvas.setFillColor(GREY)
    canvas.setFont(fonts.regular.fontName, 7)
    canvas.drawString(62, _HEIGHT - 115, "Unified Social Credit Code")


def _qr(canvas: Canvas, fonts: Fonts, url: str) -> None:
    code = segno.make_qr(url, error="m", boost_error=False)
    rows = list(code.matrix_iter(border=4))  # four modules of quiet zone, as the standard asks
    module = 92 / len(rows)
    left, top = _WIDTH - 62 - 92, _HEIGHT - 52
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(left, top - 92, 92, 92, stroke=0, fill=1)
    canvas.setFillColorRGB(0, 0, 0)
    path = canvas.beginPath()
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                path.rect(left + x * module, top - (y + 1) * module, module, module)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.setFillColor(GREY)
    canvas.setFont(fonts.regular.fontName, 7.5)
    canvas.drawCentredString(left + 46, top - 102, "扫描二维码核验本执照")
    canvas.drawCentredString(left + 46, top - 112, "Scan to verify")


def _columns(canvas: Canvas, fonts: Fonts, facts: LicenceFacts) -> None:
    # (label, value, height of its box); the two columns share one base line a row.
    left = (
        ("名称", facts.name, 42.0),
        ("类型", facts.company_type, 34.0),
        ("法定代表人", facts.legal_representative, 34.0),
        ("经营范围", facts.business_scope, 176.0),
    )
    right = (
        ("注册资本", capital_text(facts.registered_capital_fen), 42.0),
        ("成立日期", chinese_date(facts.founded_on), 34.0),
        ("住所", facts.address, 66.0),
    )
    top = _HEIGHT - 188
    for x, width, rows in ((62.0, 400.0, left), (488.0, _WIDTH - 62 - 488, right)):
        y = top
        for label, value, height in rows:
            _label(canvas, fonts, label, x, y)
            style = Style(fonts.regular, 12.5, 18)
            _value(
                canvas, style, fonts.printable(value), x + _LABEL_WIDTH, y, width - _LABEL_WIDTH, height - 4
            )
            y -= height


def _label(canvas: Canvas, fonts: Fonts, label: str, x: float, top: float) -> None:
    # Labels are spread to the width of the longest one (five characters), as on the real licence.
    size = 12.0
    gaps = len(label) - 1
    spacing = (5 * size - len(label) * size) / gaps
    style = Style(fonts.bold, size, 18)
    canvas.setFillColor(INK)
    canvas.setFont(style.font.fontName, size)
    canvas.drawString(x, top - style.leading / 2 - 0.36 * size, label, charSpace=spacing)


def _value(
    canvas: Canvas, style: Style, text: str, x: float, top: float, width: float, height: float
) -> tuple[Style, list[Line]]:
    fitted, lines = fit(text, style, width, height, _SMALLEST, _CUT_NOTE)
    # The first line keeps its place beside the label however small it is set.
    draw_lines(canvas, lines, fitted, x, top - (style.leading - fitted.leading) / 2, width)
    return fitted, lines


def _registrar(canvas: Canvas, fonts: Fonts, facts: LicenceFacts) -> None:
    x, y = _WIDTH - 62 - 90, 148.0
    label = Style(fonts.regular, 12.5, 18, align="centre")
    canvas.setFillColor(INK)
    canvas.setFont(fonts.bold.fontName, 12)
    canvas.drawString(488, y - 5, "登记机关", charSpace=4)
    _value(canvas, label, fonts.printable(facts.registrar), x - 90, y + 8, 180, 24)
    canvas.setFillColor(INK)
    canvas.setFont(fonts.regular.fontName, 12.5)
    canvas.drawCentredString(x, y - 27, chinese_date(facts.issued_on))
    if facts.demo:
        draw_demo_seal(canvas, fonts, fonts.printable(facts.registrar), x, y)
    else:
        canvas.drawCentredString(x, y - SEAL_RADIUS, "（印章）")


def _foot(canvas: Canvas, fonts: Fonts, facts: LicenceFacts) -> None:
    canvas.setStrokeColor(_GOLD)
    canvas.setLineWidth(0.5)
    canvas.line(62, 78, _WIDTH - 62, 78)
    canvas.setFillColor(GREY)
    small = Style(fonts.regular, 7.5, 11, GREY)
    half = _WIDTH / 2 - 70
    _value(canvas, small, fonts.printable(f"电子证照标识：{facts.certificate_id}"), 62, 74, half, 12)
    _value(canvas, small, fonts.printable(f"核验网址：{facts.verify_url}"), 62, 62, _WIDTH - 124, 12)
    if facts.demo:
        canvas.setFillColor(RED)
        canvas.setFont(fonts.bold.fontName, 8)
        canvas.drawRightString(
            _WIDTH - 62, 66, "演示样本，不是真实证照，不具有法律效力 · SAMPLE ONLY, NOT A REAL LICENCE"
        )

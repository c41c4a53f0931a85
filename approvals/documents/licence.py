"""The business licence (营业执照) as PDF, for people to look at, print and check by its QR code.

The look follows the licence in use since 2019 (landscape, code and QR at the top, two columns). The national
emblem is never drawn, nor the line that names the supervising ministry: both belong to the real licence only.
"""

import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reportlab.pdfgen.canvas import Canvas

from approvals.documents.marks import chinese_date, draw_watermark
from approvals.documents.sheet import (
    HEIGHT,
    LABEL_WIDTH,
    PAGE,
    WIDTH,
    draw_foot,
    draw_frame,
    draw_issuer,
    draw_label,
    draw_qr,
    draw_value,
)
from shared.printing.fonts import Fonts, load_fonts
from shared.printing.layout import GREY, INK, Style, width_of

_FEN_IN_WAN = 1_000_000  # one 万元 is 10,000 yuan of 100 fen


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
    canvas = Canvas(target, pagesize=PAGE, invariant=1, pageCompression=1, lang="zh-CN")
    canvas.setTitle(fonts.printable(f"营业执照 {facts.name}"))
    canvas.setAuthor(fonts.printable(facts.registrar))
    canvas.setSubject(fonts.printable(f"{facts.uscc} {facts.certificate_id}"))
    canvas.setCreator("园办 Yuanban")
    draw_frame(canvas)
    _head(canvas, fonts, facts)
    _columns(canvas, fonts, facts)
    draw_issuer(canvas, fonts, "登记机关", facts.registrar, facts.issued_on, demo=facts.demo)
    draw_foot(canvas, fonts, facts.certificate_id, facts.verify_url, demo=facts.demo)
    if facts.demo:
        # Over everything else: a part of the licence cut out still shows it.
        draw_watermark(canvas, fonts, PAGE, size=180, alpha=0.2)
    canvas.showPage()
    return fonts.finish(canvas, target)


def capital_text(fen: int) -> str:
    """`100万元人民币`; exact to the fen, without needless zeros."""
    wan = (Decimal(fen) / _FEN_IN_WAN).normalize()
    return f"{wan:f}万元人民币"


def _head(canvas: Canvas, fonts: Fonts, facts: LicenceFacts) -> None:
    canvas.setFillColor(INK)
    canvas.setFont(fonts.bold.fontName, 50)
    spacing = 16.0
    title = "营业执照"
    width = width_of(title, fonts.bold, 50) + 3 * spacing
    canvas.drawString((WIDTH - width) / 2, HEIGHT - 128, title, charSpace=spacing)
    canvas.setFont(fonts.regular.fontName, 12)
    edition = "（副本）" if facts.copy else "（正本）"
    canvas.drawCentredString(WIDTH / 2, HEIGHT - 151, edition)
    canvas.setFillColor(GREY)
    canvas.setFont(fonts.regular.fontName, 8.5)
    canvas.drawCentredString(
        WIDTH / 2, HEIGHT - 165, "BUSINESS LICENCE" + (" (DUPLICATE)" if facts.copy else " (ORIGINAL)")
    )
    _code(canvas, fonts, facts.uscc)
    draw_qr(canvas, fonts, facts.verify_url, "扫描二维码核验本执照")


def _code(canvas: Canvas, fonts: Fonts, uscc: str) -> None:
    canvas.setFillColor(INK)
    canvas.setFont(fonts.regular.fontName, 11)
    canvas.drawString(62, HEIGHT - 78, "统一社会信用代码")
    draw_value(canvas, Style(fonts.bold, 15, 19), fonts.printable(uscc), 62, HEIGHT - 84, 190, 24)
    canvas.setFillColor(GREY)
    canvas.setFont(fonts.regular.fontName, 7)
    canvas.drawString(62, HEIGHT - 115, "Unified Social Credit Code")


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
    top = HEIGHT - 188
    for x, width, rows in ((62.0, 400.0, left), (488.0, WIDTH - 62 - 488, right)):
        y = top
        for label, value, height in rows:
            draw_label(canvas, fonts, label, x, y)
            style = Style(fonts.regular, 12.5, 18)
            draw_value(
                canvas, style, fonts.printable(value), x + LABEL_WIDTH, y, width - LABEL_WIDTH, height - 4
            )
            y -= height

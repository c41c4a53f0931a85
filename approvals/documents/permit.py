"""A permit (许可证) as PDF: its name, number, holder, what it permits and how long, with the public check.

Real permits have forms of their own, drawn by the ministries; this one is plain and claims to be none.
"""

import io
from dataclasses import dataclass
from datetime import date

from reportlab.pdfgen.canvas import Canvas

from approvals.documents.marks import chinese_date, draw_watermark
from approvals.documents.sheet import (
    HEIGHT,
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

_TITLE_SIZE = 34.0
_SMALLEST_TITLE = 16.0
_TOP = 170.0
_BOTTOM = 168.0
_ROW = 33.0
_LABELS = 136.0
_OPEN_END = "长期"


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitFacts:
    """What a permit says; dates are legal dates (Asia/Shanghai), `valid_until` None: no end.

    `lines` are label and value of what it permits, in Chinese.
    """

    name: str
    number: str
    holder_name: str
    holder_code: str
    lines: tuple[tuple[str, str], ...]
    issuer: str
    issued_on: date
    valid_from: date
    valid_until: date | None
    certificate_id: str
    verify_url: str
    demo: bool = False


def make_permit(facts: PermitFacts) -> bytes:
    """The permit as a one-page PDF; the same facts make the same bytes.

    Long values are set smaller; one that would still not fit ends with a note that the whole text is on the
    verification page.
    """
    fonts = load_fonts()
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=PAGE, invariant=1, pageCompression=1, lang="zh-CN")
    canvas.setTitle(fonts.printable(f"{facts.name} {facts.holder_name}"))
    canvas.setAuthor(fonts.printable(facts.issuer))
    canvas.setSubject(fonts.printable(f"{facts.number} {facts.certificate_id}"))
    canvas.setCreator("园办 Yuanban")
    draw_frame(canvas)
    _head(canvas, fonts, facts)
    _rows(canvas, fonts, facts)
    draw_issuer(canvas, fonts, "发证机关", facts.issuer, facts.issued_on, demo=facts.demo)
    draw_foot(canvas, fonts, facts.certificate_id, facts.verify_url, demo=facts.demo)
    if facts.demo:
        draw_watermark(canvas, fonts, PAGE, size=180, alpha=0.2)
    canvas.showPage()
    return fonts.finish(canvas, target)


def _head(canvas: Canvas, fonts: Fonts, facts: PermitFacts) -> None:
    title = fonts.printable(facts.name)
    size = _TITLE_SIZE
    while size > _SMALLEST_TITLE and width_of(title, fonts.bold, size) > WIDTH - 2 * 180:
        size -= 1
    canvas.setFillColor(INK)
    canvas.setFont(fonts.bold.fontName, size)
    canvas.drawCentredString(WIDTH / 2, HEIGHT - 112, title)
    canvas.setFillColor(GREY)
    canvas.setFont(fonts.regular.fontName, 11)
    canvas.drawCentredString(WIDTH / 2, HEIGHT - 138, fonts.printable(f"证号：{facts.number}"))
    draw_qr(canvas, fonts, facts.verify_url, "扫描二维码核验本证")


def _rows(canvas: Canvas, fonts: Fonts, facts: PermitFacts) -> None:
    until = chinese_date(facts.valid_until) if facts.valid_until else _OPEN_END
    rows = (
        ("持证单位", facts.holder_name),
        ("统一社会信用代码", facts.holder_code),
        *facts.lines,
        ("有效期", f"自{chinese_date(facts.valid_from)}至{until}"),
    )
    height = min(_ROW, (HEIGHT - _TOP - _BOTTOM) / len(rows))
    y = HEIGHT - _TOP
    for label, value in rows:
        draw_label(canvas, fonts, fonts.printable(label), 62, y)
        style = Style(fonts.regular, 12.5, 18)
        width = WIDTH - 2 * 62 - _LABELS
        draw_value(canvas, style, fonts.printable(value), 62 + _LABELS, y, width, height - 2)
        y -= height

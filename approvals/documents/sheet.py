"""The sheet on which certificates are printed: frame, QR code, labelled values, issuer with seal, foot."""

from datetime import date

import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from approvals.documents.marks import SEAL_RADIUS, chinese_date, draw_demo_seal
from shared.printing.fonts import Fonts
from shared.printing.layout import GREY, INK, RED, Line, Style, draw_lines, fit

PAGE = landscape(A4)
WIDTH, HEIGHT = PAGE
LABEL_WIDTH = 78.0
_GOLD: Color = HexColor("#a67c2e")
_PAPER: Color = HexColor("#fffdf6")
_SMALLEST = 5.5
_CUT_NOTE = "……（以下略，全文见核验页）"


def draw_frame(canvas: Canvas) -> None:
    """Paper and border. The national emblem is never drawn: it belongs to real certificates only."""
    canvas.setFillColor(_PAPER)
    canvas.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)
    canvas.setStrokeColor(_GOLD)
    for inset, thickness in ((22, 3.0), (28, 0.8), (34, 0.8)):
        canvas.setLineWidth(thickness)
        canvas.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)
    canvas.setFillColor(_GOLD)
    for x in (31, WIDTH - 31):
        for y in (31, HEIGHT - 31):
            canvas.rect(x - 5, y - 5, 10, 10, stroke=0, fill=1)


def draw_qr(canvas: Canvas, fonts: Fonts, url: str, words: str) -> None:
    """The code that leads to the public check, in the upper right corner, and what it is for."""
    code = segno.make_qr(url, error="m", boost_error=False)
    rows = list(code.matrix_iter(border=4))  # four modules of quiet zone, as the standard asks
    module = 92 / len(rows)
    left, top = WIDTH - 62 - 92, HEIGHT - 52
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
    canvas.drawCentredString(left + 46, top - 102, words)
    canvas.drawCentredString(left + 46, top - 112, "Scan to verify")


def draw_label(canvas: Canvas, fonts: Fonts, label: str, x: float, top: float) -> None:
    """The label of a value, in bold."""
    # Labels are spread to the width of the longest one (five characters), as on the real licence.
    size = 12.0
    gaps = max(1, len(label) - 1)
    spacing = max(0.0, (5 - len(label)) * size / gaps)
    style = Style(fonts.bold, size, 18)
    canvas.setFillColor(INK)
    canvas.setFont(style.font.fontName, size)
    canvas.drawString(x, top - style.leading / 2 - 0.36 * size, label, charSpace=spacing)


def draw_value(
    canvas: Canvas, style: Style, text: str, x: float, top: float, width: float, height: float
) -> tuple[Style, list[Line]]:
    """A value in a box, set smaller until it fits; one that still does not ends with a note."""
    fitted, lines = fit(text, style, width, height, _SMALLEST, _CUT_NOTE)
    # The first line keeps its place beside the label however small it is set.
    draw_lines(canvas, lines, fitted, x, top - (style.leading - fitted.leading) / 2, width)
    return fitted, lines


def draw_issuer(
    canvas: Canvas, fonts: Fonts, title: str, issuer: str, issued_on: date, *, demo: bool
) -> None:
    """Who issued it and when, with the place of the seal; a demonstration has a seal that says so."""
    x, y = WIDTH - 62 - 90, 148.0
    label = Style(fonts.regular, 12.5, 18, align="centre")
    canvas.setFillColor(INK)
    canvas.setFont(fonts.bold.fontName, 12)
    canvas.drawString(488, y - 5, title, charSpace=4)
    draw_value(canvas, label, fonts.printable(issuer), x - 90, y + 8, 180, 24)
    canvas.setFillColor(INK)
    canvas.setFont(fonts.regular.fontName, 12.5)
    canvas.drawCentredString(x, y - 27, chinese_date(issued_on))
    if demo:
        draw_demo_seal(canvas, fonts, fonts.printable(issuer), x, y)
    else:
        canvas.drawCentredString(x, y - SEAL_RADIUS, "（印章）")


def draw_foot(canvas: Canvas, fonts: Fonts, certificate_id: str, verify_url: str, *, demo: bool) -> None:
    """Identifier and address of the public check; of a demonstration that it has no effect."""
    canvas.setStrokeColor(_GOLD)
    canvas.setLineWidth(0.5)
    canvas.line(62, 78, WIDTH - 62, 78)
    canvas.setFillColor(GREY)
    small = Style(fonts.regular, 7.5, 11, GREY)
    half = WIDTH / 2 - 70
    draw_value(canvas, small, fonts.printable(f"电子证照标识：{certificate_id}"), 62, 74, half, 12)
    draw_value(canvas, small, fonts.printable(f"核验网址：{verify_url}"), 62, 62, WIDTH - 124, 12)
    if demo:
        canvas.setFillColor(RED)
        canvas.setFont(fonts.bold.fontName, 8)
        canvas.drawRightString(
            WIDTH - 62, 66, "演示样本，不是真实证照，不具有法律效力 · SAMPLE ONLY, NOT A REAL LICENCE"
        )

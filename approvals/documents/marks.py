"""What official documents share: how they write a date, the demonstration watermark, the seal."""

import math
from datetime import date

from reportlab.pdfgen.canvas import Canvas

from shared.printing.fonts import Fonts
from shared.printing.layout import RED, width_of

WATERMARK = "演示无效"
SEAL_RADIUS = 56.7  # points; 40 mm across


def chinese_date(day: date) -> str:
    """`2026年11月22日`, as official documents write dates (GB/T 9704: Arabic numerals, no leading zeros)."""
    return f"{day.year}年{day.month}月{day.day}日"


def draw_watermark(
    canvas: Canvas, fonts: Fonts, page: tuple[float, float], size: float, alpha: float
) -> None:
    """演示无效 along the diagonal of a page of `page` (width, height), its letters `size` points high."""
    width, height = page
    canvas.saveState()
    canvas.setFillColor(RED, alpha=alpha)
    canvas.setFont(fonts.bold.fontName, size)
    canvas.translate(width / 2, height / 2)
    canvas.rotate(math.degrees(math.atan2(height, width)))
    canvas.drawCentredString(0, -0.36 * size, WATERMARK)
    canvas.restoreState()


def draw_demo_seal(canvas: Canvas, fonts: Fonts, body_name: str, x: float, y: float) -> None:
    """A red ring around (x, y) with the body's name and the words （演示印章）.

    It has no star and no emblem: nobody can take it for a real seal, nor make one from it.
    """
    canvas.saveState()
    canvas.setStrokeColor(RED, alpha=0.75)
    canvas.setFillColor(RED, alpha=0.75)
    canvas.setLineWidth(2)
    canvas.circle(x, y, SEAL_RADIUS)
    _draw_arc(canvas, fonts, body_name, x, y)
    canvas.setFont(fonts.bold.fontName, 11)
    canvas.drawCentredString(x, y - 44, "（演示印章）")
    canvas.restoreState()


def _draw_arc(canvas: Canvas, fonts: Fonts, text: str, x: float, y: float) -> None:
    # The name runs clockwise, upright at the top; a name too long for 250 degrees is set smaller.
    font = fonts.bold
    size = min(13.0, math.radians(250) * (SEAL_RADIUS - 18) / max(width_of(text, font, 1), 1.0))
    radius = SEAL_RADIUS - 5 - size
    length = width_of(text, font, size)
    at = -length / 2
    canvas.setFont(font.fontName, size)
    for char in text:
        step = width_of(char, font, size)
        angle = (at + step / 2) / radius
        canvas.saveState()
        canvas.translate(x + radius * math.sin(angle), y + radius * math.cos(angle))
        canvas.rotate(-math.degrees(angle))
        canvas.drawCentredString(0, 0, char)
        canvas.restoreState()
        at += step

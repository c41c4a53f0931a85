"""Papers for the demo cases: one page each that says what it stands for."""

import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from shared.printing.fonts import load_fonts


def demo_paper(title: str) -> bytes:
    """A PDF page headed by the material's name; the same name gives the same bytes."""
    fonts = load_fonts()
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1, lang="zh-CN")
    width, height = A4
    canvas.setFont(fonts.bold.fontName, 20)
    canvas.drawCentredString(width / 2, height - 120, fonts.printable(title))
    canvas.setFont(fonts.regular.fontName, 12)
    lines = (
        "本页为演示材料，内容虚构，不具有任何法律效力。",
        "This page is a demonstration paper; its contents are invented.",
    )
    for number, line in enumerate(lines):
        canvas.drawString(90, height - 180 - 28 * number, fonts.printable(line))
    canvas.showPage()
    return fonts.finish(canvas, target)

"""The documents that the simulated authority issues: they say on their face that they are none."""

import io
from datetime import date

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from shared.calendar import say_date
from shared.printing.fonts import load_fonts

_WIDTH, _HEIGHT = A4


def paper(title: str, subject: str, receipt: str, on: date, said: str) -> bytes:
    """A page; the same facts give the same bytes."""
    fonts = load_fonts()
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=True)
    canvas.setTitle(title)
    canvas.setFont(fonts.bold.fontName, 20)
    canvas.drawCentredString(_WIDTH / 2, _HEIGHT - 110, fonts.printable(title))
    canvas.setFont(fonts.regular.fontName, 12)
    lines = (
        f"{subject}：",
        f"收件编号：{receipt}",
        said or "你单位的申请已办结。",
        f"日期：{say_date(on).zh}",
        "本文书由演示用的模拟系统生成，不是税务机关文书，没有法律效力。",
        "Made by a simulator for demonstration. Not a document of any tax authority.",
    )
    for number, line in enumerate(lines):
        canvas.drawString(80, _HEIGHT - 170 - 28 * number, fonts.printable(line)[:60])
    canvas.showPage()
    return fonts.finish(canvas, target)

"""Setting Chinese text on pages: where lines may break, and pages that fill from top to bottom."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reportlab.lib.colors import Color, HexColor, black
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

INK = black
GREY = HexColor("#666666")
RED = HexColor("#c8102e")

# 避头尾: closing marks stay with what they close, opening marks with what they open; a word, a number or a
# code written in Latin letters stays whole.
_OPENING = "“‘（《〈「『【〔［｛￥"
_CLOSING = "”’）》〉」』】〕］｝，。、；：？！％…—·～"
_UNIT = re.compile(rf"[{_OPENING}]*(?:[!-~\u00a1-\u024f]+|\S)[{_CLOSING}]*|[ \t\u3000]+")

_SIDE = 6.0  # points between a table's vertical lines and its text

Align = Literal["left", "centre", "right"]
Draw = Callable[[Canvas], None]


@dataclass(frozen=True, slots=True)
class Style:
    """How a piece of text is set; lengths in points, `indent` of the first line in characters."""

    font: TTFont
    size: float
    leading: float
    colour: Color = INK
    align: Align = "left"
    indent: float = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of set text; `natural` is its width in points before justification."""

    text: str
    natural: float
    indent: float
    last: bool


def width_of(text: str, font: TTFont, size: float) -> float:
    """The width of `text` in points."""
    return float(font.stringWidth(text, size))


def break_lines(text: str, style: Style, width: float) -> list[Line]:
    """`text` in lines at most `width` points wide; a unit wider than a line is cut where it must be."""
    lines: list[Line] = []
    for paragraph in text.split("\n"):
        lines += _break_paragraph(paragraph, style, width)
    return lines


def _break_paragraph(paragraph: str, style: Style, width: float) -> list[Line]:
    lines: list[Line] = []
    indent = style.indent * style.size
    current, used = "", 0.0
    for unit in _units(paragraph, style, width - indent):
        unit_width = width_of(unit, style.font, style.size)
        visible = width_of(unit.rstrip(), style.font, style.size)
        if current and used + visible > width - indent + 0.01:
            lines.append(_line(current, style, indent, last=False))
            indent, current, used = 0.0, "", 0.0
            if unit.isspace():
                continue
        current += unit
        used += unit_width
    return [*lines, _line(current, style, indent, last=True)]


def _line(text: str, style: Style, indent: float, last: bool) -> Line:
    shown = text.rstrip()
    return Line(shown, width_of(shown, style.font, style.size), indent, last)


def _units(paragraph: str, style: Style, width: float) -> list[str]:
    units: list[str] = []
    for unit in _UNIT.findall(paragraph):
        if len(unit) > 1 and width_of(unit, style.font, style.size) > width:
            units += unit
        else:
            units.append(unit)
    return units


def fit(
    text: str, style: Style, width: float, height: float, smallest: float, note: str = "……"
) -> tuple[Style, list[Line]]:
    """`text` within a box, set smaller where needed; below `smallest` points it is cut and `note` added."""
    ratio = style.leading / style.size
    # No size above this one can fit: even without any loss at the line ends the text would be too long.
    area = width_of(text, style.font, 1) * ratio
    largest = math.sqrt(width * height / area) if area else style.size
    size = max(smallest, style.size - 0.5 * max(0, math.ceil((style.size - largest) / 0.5)))
    while True:
        smaller = replace(style, size=size, leading=size * ratio)
        lines = break_lines(text, smaller, width)
        if len(lines) * smaller.leading <= height:
            return smaller, lines
        if size <= smallest:
            return smaller, _cut(text, smaller, width, int(height // smaller.leading), note)
        size = max(smallest, size - 0.5)


def _cut(text: str, style: Style, width: float, count: int, note: str) -> list[Line]:
    low, high = 0, len(text)
    while low < high:  # the longest beginning that leaves room for the note
        middle = (low + high + 1) // 2
        if len(break_lines(text[:middle] + note, style, width)) <= count:
            low = middle
        else:
            high = middle - 1
    return break_lines(text[:low] + note, style, width)


def draw_line(canvas: Canvas, line: Line, style: Style, x: float, y: float, width: float) -> None:
    """Draw one line, its base at `y`, in the column from `x`, `width` wide; left-set lines are justified."""
    room = width - line.indent - line.natural
    start = {"left": x + line.indent, "centre": x + room / 2, "right": x + room}[style.align]
    gaps = len(line.text) - 1
    spread = style.align == "left" and not line.last and gaps > 0 and room < 3 * style.size
    canvas.setFillColor(style.colour)
    canvas.setFont(style.font.fontName, style.size)
    canvas.drawString(start, y, line.text, charSpace=room / gaps if spread else 0)


def draw_lines(
    canvas: Canvas, lines: Sequence[Line], style: Style, x: float, top: float, width: float
) -> float:
    """Draw lines downwards from `top`; returns the y below the last."""
    for number, line in enumerate(lines):
        # The base lies where a character of this size sits in the middle of its leading.
        base = top - number * style.leading - style.leading / 2 - 0.36 * style.size
        draw_line(canvas, line, style, x, base, width)
    return top - len(lines) * style.leading


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table row: blocks of text below each other."""

    width: float
    blocks: tuple[tuple[str, Style], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of a page that text may fill, in points from the lower left corner of the page."""

    left: float
    bottom: float
    width: float
    top: float


class Pages:
    """Text set downwards over as many pages as it needs; drawn afterwards, when their number is known."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._pages: list[list[Draw]] = [[]]
        self._y = frame.top

    @property
    def drawings(self) -> list[list[Draw]]:
        """What is to be drawn, page by page."""
        return self._pages

    def gap(self, height: float) -> None:
        """Leave white space (none is carried over to the next page)."""
        self._y -= height

    def need(self, height: float) -> None:
        """Go to the next page unless `height` points are left on this one."""
        if self._y - height < self._frame.bottom - 0.01 and self._y < self._frame.top:
            self._pages.append([])
            self._y = self._frame.top

    def text(self, text: str, style: Style) -> None:
        """A paragraph over the whole width; it may go on on the next page."""
        for line in break_lines(text, style, self._frame.width):
            self.need(style.leading)
            self._put_lines([line], style, self._frame.left, self._y, self._frame.width)
            self._y -= style.leading

    def box(self, height: float, draw: Callable[[Canvas, float], None]) -> None:
        """Something of one piece: `draw` gets the canvas and the y of its top edge."""
        self.need(height)
        top = self._y
        self._pages[-1].append(lambda canvas: draw(canvas, top))
        self._y -= height

    def height_of(self, text: str, style: Style) -> float:
        """The height `text` would take."""
        return len(break_lines(text, style, self._frame.width)) * style.leading

    def row(self, cells: Sequence[Cell], padding: float = 5) -> None:
        """A row of a table with its lines around it, `padding` above and below the text; only a row higher
        than a page is divided.
        """
        waiting = [_set_cell(cell) for cell in cells]
        while any(waiting):
            height = max(sum(style.leading for _, style in cell) for cell in waiting) + 2 * padding
            full = self._frame.top - self._frame.bottom
            self.need(min(height, full))
            room = min(height, self._y - self._frame.bottom) - 2 * padding
            x = self._frame.left
            for number, cell in enumerate(cells):
                now, waiting[number] = _divide(waiting[number], room)
                self._put_cell(now, x, cell.width, room + 2 * padding)
                x += cell.width
            self._y -= room + 2 * padding

    def _put_cell(self, lines: list[tuple[Line, Style]], x: float, width: float, height: float) -> None:
        top = self._y
        self._pages[-1].append(lambda canvas: _rectangle(canvas, x, top - height, width, height))
        y = top - (height - sum(style.leading for _, style in lines)) / 2
        for line, style in lines:
            self._put_lines([line], style, x + _SIDE, y, width - 2 * _SIDE)
            y -= style.leading

    def _put_lines(self, lines: list[Line], style: Style, x: float, top: float, width: float) -> None:
        def draw(canvas: Canvas) -> None:
            draw_lines(canvas, lines, style, x, top, width)

        self._pages[-1].append(draw)


def _set_cell(cell: Cell) -> list[tuple[Line, Style]]:
    return [
        (line, style)
        for text, style in cell.blocks
        for line in break_lines(text, style, cell.width - 2 * _SIDE)
    ]


def _divide(
    lines: list[tuple[Line, Style]], room: float
) -> tuple[list[tuple[Line, Style]], list[tuple[Line, Style]]]:
    used = 0.0
    for number, (_, style) in enumerate(lines):
        used += style.leading
        if used > room + 0.01:
            return lines[:number], lines[number:]
    return lines, []


def _rectangle(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(0.6)
    canvas.rect(x, y, width, height)

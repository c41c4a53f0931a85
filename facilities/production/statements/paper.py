"""A statement as PDF (A4), Chinese and English together, pages numbered. The same facts, the same bytes."""

import io
from collections.abc import Iterator, Mapping
from datetime import timedelta

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from facilities.capacity.amounts import yuan_text
from facilities.capacity.posting import REASON_NAMES, Posting, Reason
from facilities.capacity.statements import Statement
from shared.printing.fonts import Fonts, load_fonts
from shared.printing.layout import GREY, RED, Cell, Frame, Pages, Style
from shared.text import Text

_WIDTH, _HEIGHT = A4
_FRAME = Frame(left=42, bottom=62, width=_WIDTH - 84, top=_HEIGHT - 46)
_WIDTHS = (72.0, 66.0, 92.0, _FRAME.width - 72 - 66 - 92 - 78, 78.0)
_TITLE = Text("共享设备月结单", "Monthly statement of shared machines")
_HEADS = (
    Text("日期", "Date"),
    Text("类别", "For"),
    Text("对方", "Other side"),
    Text("说明", "Description"),
    Text("金额（元）", "Yuan"),
)
_OPENING, _CLOSING = Text("期初余额", "Opening balance"), Text("期末余额", "Closing balance")
_TOTALS = Text("本月合计", "Totals of the month")
_SIGNS = Text(
    "正数为该企业应付，负数为应收。更正只以冲销行记载，原行不改。",
    "Positive amounts are owed by the firm, negative ones to it. Corrections are counter-entries.",
)
_OPEN = Text("本月尚未结账，内容还会增加。", "The month is not closed yet: lines may be added.")
_DEMO = Text("演示系统生成，不具有法律效力。", "Issued by a demonstration; without legal effect.")
_NONE = Text("本月没有往来。", "There are no lines this month.")
_CORRECTS = Text("冲销第{number}笔", "undoes no. {number}")


def statement_pdf(found: Statement, names: Mapping[str, str], *, closed: bool, demo: bool) -> bytes:
    """The statement with every line; `names` say what the firms in it are called."""
    fonts = load_fonts()
    sheet = _Sheet(fonts, found, names)
    pages = sheet.compose(closed=closed)
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1, pageCompression=1, lang="zh-CN")
    canvas.setTitle(fonts.printable(f"{_TITLE.zh} {names.get(found.firm, found.firm)} {found.month}"))
    canvas.setCreator("园办 Yuanban")
    for number, drawings in enumerate(pages.drawings, 1):
        for draw in drawings:
            draw(canvas)
        _foot(canvas, fonts, found, number, len(pages.drawings), demo=demo)
        canvas.showPage()
    return fonts.finish(canvas, target)


class _Sheet:
    """Composes one statement: head, balances, lines, totals."""

    def __init__(self, fonts: Fonts, found: Statement, names: Mapping[str, str]) -> None:
        self._say = fonts.printable
        self._found = found
        self._names = names
        self._pages = Pages(_FRAME)
        self._title = Style(fonts.bold, 17, 25, align="centre")
        self._head = Style(fonts.bold, 9, 13)
        self._cell = Style(fonts.regular, 9, 13)
        self._small = Style(fonts.regular, 7, 9.5, GREY)
        self._sum = Style(fonts.bold, 9, 13, align="right")
        self._amount = Style(fonts.regular, 9, 13, align="right")
        self._note = Style(fonts.regular, 8.5, 13, GREY)
        self._open = Style(fonts.bold, 10, 15, RED)

    def compose(self, *, closed: bool) -> Pages:
        found, pages = self._found, self._pages
        pages.text(_TITLE.zh, self._title)
        pages.text(_TITLE.en, Style(self._cell.font, 10, 16, GREY, align="centre"))
        pages.gap(8)
        pages.text(self._say(f"{self._names.get(found.firm, found.firm)}　{found.firm}"), self._head)
        last = found.month.next.begins(found.tz).astimezone(found.tz).date() - timedelta(days=1)
        first = found.month.begins(found.tz).astimezone(found.tz).date()
        pages.text(f"{first.isoformat()} — {last.isoformat()}（Asia/Shanghai）", self._cell)
        if not closed:
            pages.text(f"{_OPEN.zh} {_OPEN.en}", self._open)
        pages.text(f"{_SIGNS.zh} {_SIGNS.en}", self._note)
        pages.gap(8)
        pages.row([self._two(width, head) for width, head in zip(_WIDTHS, _HEADS, strict=True)], padding=3)
        self._balance(_OPENING, found.opening_fen)
        for line in found.lines:
            pages.row(list(self._line(line)), padding=3)
        if not found.lines:
            pages.row([Cell(_FRAME.width, ((f"{_NONE.zh} {_NONE.en}", self._cell),))], padding=3)
        self._balance(_CLOSING, found.closing_fen)
        self._totals()
        return pages

    def _two(self, width: float, said: Text) -> Cell:
        return Cell(width, ((self._say(said.zh), self._head), (self._say(said.en), self._small)))

    def _line(self, line: Posting) -> Iterator[Cell]:
        say, small = self._say, self._small
        day = line.posted_at.astimezone(self._found.tz).date().isoformat()
        reason = REASON_NAMES[line.reason]
        number = f"…{str(line.about)[-6:]} / {line.sequence}"
        undoes = _CORRECTS.format(number=line.corrects) if line.corrects else None
        yield Cell(_WIDTHS[0], ((day, self._cell), (number, small)))
        yield Cell(_WIDTHS[1], ((say(reason.zh), self._cell), (say(reason.en), small)))
        yield Cell(_WIDTHS[2], ((say(self._names.get(line.other, line.other) or "—"), self._cell),))
        said = [(say(line.what.zh), self._cell), (say(line.what.en), small)]
        if undoes:
            said.append((f"{undoes.zh} {undoes.en}", small))
        yield Cell(_WIDTHS[3], tuple(said))
        yield Cell(_WIDTHS[4], ((yuan_text(line.amount_fen), self._amount),))

    def _balance(self, said: Text, fen: int) -> None:
        words = ((f"{said.zh} {said.en}", self._head),)
        amount = ((yuan_text(fen), self._sum),)
        self._pages.row([Cell(_FRAME.width - _WIDTHS[4], words), Cell(_WIDTHS[4], amount)], padding=3)

    def _totals(self) -> None:
        if not self._found.totals:
            return
        self._pages.gap(12)
        self._pages.need(60)
        self._pages.text(f"{_TOTALS.zh} {_TOTALS.en}", self._head)
        self._pages.gap(4)
        for reason in Reason:
            if reason in self._found.totals:
                name = REASON_NAMES[reason]
                amount = ((yuan_text(self._found.totals[reason]), self._amount),)
                words = ((f"{name.zh} {name.en}", self._cell),)
                self._pages.row([Cell(220, words), Cell(90, amount)], padding=2)


def _foot(canvas: Canvas, fonts: Fonts, found: Statement, number: int, total: int, *, demo: bool) -> None:
    canvas.setFillColor(GREY)
    canvas.setFont(fonts.regular.fontName, 8)
    canvas.drawString(_FRAME.left, 42, f"{found.firm}　{found.month}")
    right = _FRAME.left + _FRAME.width
    canvas.drawRightString(right, 42, f"第 {number} 页，共 {total} 页 · Page {number} of {total}")
    if demo:
        canvas.drawString(_FRAME.left, 30, f"{_DEMO.zh} {_DEMO.en}")

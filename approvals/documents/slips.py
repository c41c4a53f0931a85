"""The official slips (文书) a body hands out in the course of a case, as PDF."""

import io
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from approvals.cases.clock import say_due
from approvals.documents.marks import SEAL_RADIUS, chinese_date, draw_demo_seal, draw_watermark
from shared.printing.fonts import Fonts, load_fonts
from shared.printing.layout import (
    GREY,
    RED,
    Cell,
    Frame,
    Pages,
    Style,
    draw_line,
    fit,
    width_of,
)
from shared.text import Text

_WIDTH, _HEIGHT = A4
_FRAME = Frame(left=76, bottom=70, width=_WIDTH - 76 - 76, top=_HEIGHT - 52)
_LABEL_WIDTH, _SECOND_LABEL_WIDTH = 104.0, 66.0
_SIGNATURE_HEIGHT = 2 * SEAL_RADIUS + 6


class SlipKind(StrEnum):
    """Which slip; the official names are in `data/slips.yaml` (`slip_name`)."""

    RECEIPT = "receipt"  # 收件凭证
    CORRECTION_NOTICE = "correction_notice"  # 补正材料一次性告知书
    ACCEPTANCE_NOTICE = "acceptance_notice"  # 受理通知书
    NOT_ACCEPTED_NOTICE = "not_accepted_notice"  # 不予受理通知书
    NOT_REQUIRED_NOTICE = "not_required_notice"  # 不受理告知书
    GRANT_DECISION = "grant_decision"  # 准予行政许可决定书
    REFUSAL_DECISION = "refusal_decision"  # 不予行政许可决定书
    TERMINATION_NOTICE = "termination_notice"  # 终止办理通知书
    PROCEDURE_NOTICE = "procedure_notice"  # 特别程序所需时间告知书
    EXTENSION_NOTICE = "extension_notice"  # 延长审批期限通知书
    DELIVERY_RECORD = "delivery_record"  # 送达回证
    GAP_PROMISE = "gap_promise"  # 容缺受理承诺书
    GAP_NOTICE = "gap_notice"  # 容缺受理通知书
    PROMISE = "promise"  # 告知承诺书
    CORRECTION_ORDER = "correction_order"  # 责令限期改正通知书
    REVOCATION_NOTICE = "revocation_notice"  # 撤销行政许可告知书
    REVOCATION_DECISION = "revocation_decision"  # 撤销行政许可决定书
    REVOCATION_DROPPED = "revocation_dropped"  # 不予撤销行政许可决定书
    FUNDING_DECISION = "funding_decision"  # 资金拨付决定书
    FUNDING_REFUSAL = "funding_refusal"  # 不予拨付资金决定书
    PUBLIC_NOTICE = "public_notice"  # 公示
    NOTICE_RESULT = "notice_result"  # 公示结果告知书
    DEREGISTRATION_NOTICE = "deregistration_notice"  # 准予注销登记通知书
    FILING_RECEIPT = "filing_receipt"  # 备案凭证
    DEEMED_RENEWAL = "deemed_renewal"  # 视为准予延续告知书


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipFacts:
    """What a slip says. Dates are legal dates (Asia/Shanghai); texts are in Chinese, the official language.

    `number` is the slip's own number (文号); `body_name` and `body_code` (USCC) name the body that decides.
    `rows` are further lines of the table of facts. `items` are the materials received or accepted, or the
    corrections required. `due_at` is the instant, where the limit is in hours. `provisional`: the calendar
    of the year of `due_on` is not published yet. `legal_basis`, when given, replaces the article the wording
    quotes. What is no `licence` is worded without the law on licences.
    """

    kind: SlipKind
    number: str
    issued_on: date
    body_name: str
    body_code: str
    applicant: str
    subject_name: str
    item_name: str
    case_number: str
    query_code: str
    rows: tuple[tuple[Text, str], ...] = ()
    items: tuple[str, ...] = ()
    reason: str = ""
    remedies: str = ""
    due_on: date | None = None
    due_at: datetime | None = None
    provisional: bool = False
    legal_basis: str = ""
    licence: bool = True
    demo: bool = False


def slip_name(kind: SlipKind) -> Text:
    """The official name of a slip, 受理通知书 for example."""
    return Text.of(_wordings()[kind]["name"])


def make_slip(facts: SlipFacts) -> bytes:
    """The slip as PDF; the same facts make the same bytes, so that their SHA-256 can be published.

    Raises ValueError when a fact is missing without which the slip would be unlawful: a refusal without
    its reasons or without the right to 行政复议 and 行政诉讼 (行政许可法 art. 38), for example.
    """
    wording = _wording_of(facts)
    missing = [name for name in wording["needs"] if not getattr(facts, name)]
    if missing:
        raise ValueError(f"a slip of kind {facts.kind} cannot be made without: {', '.join(missing)}")
    fonts = load_fonts()
    sheet = _Sheet(fonts, facts, wording)
    return _draw(fonts, facts, sheet.compose())


@cache
def _wordings() -> dict[str, dict[str, Any]]:
    path = Path(__file__).with_name("data") / "slips.yaml"
    wordings: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
    return wordings


def _wording_of(facts: SlipFacts) -> dict[str, Any]:
    wording = _wordings()[facts.kind]
    return wording if facts.licence else wording | wording.get("no_licence", {})


class _Sheet:
    """Composes one slip: head, addressee, facts, wording, signature."""

    def __init__(self, fonts: Fonts, facts: SlipFacts, wording: dict[str, Any]) -> None:
        self._say = fonts.printable
        self._facts = facts
        self._wording = wording
        self._pages = Pages(_FRAME)
        self._fonts = fonts
        self._body = Style(fonts.regular, 13.5, 22, indent=2)
        self._small = Style(fonts.regular, 7, 8.5, GREY)
        self._cell = Style(fonts.regular, 11, 16.5)
        self._label = Style(fonts.regular, 10.5, 13.5)

    def compose(self) -> Pages:
        self._head()
        addressee = self._facts.body_name if self._by_applicant else self._facts.applicant
        self._pages.text(self._say(f"{addressee}："), Style(self._fonts.regular, 13.5, 26))
        self._pages.gap(2)
        self._facts_table()
        self._pages.gap(8)
        values = self._values()
        paragraphs = [
            paragraph
            for paragraph in self._wording["paragraphs"]
            if "when" not in paragraph or values[paragraph["when"]]
        ]
        for number, paragraph in enumerate(paragraphs, 1):
            if "list" in paragraph:
                self._list(Text.of(paragraph["list"]))
            else:
                text = self._say(paragraph["text"].format(**values))
                if number == len(paragraphs):
                    # The signature never stands alone on a page: something could be written above it.
                    self._pages.need(self._pages.height_of(text, self._body) + _SIGNATURE_HEIGHT)
                self._pages.text(text, self._body)
        self._pages.box(_SIGNATURE_HEIGHT, self._sign)
        return self._pages

    @property
    def _by_applicant(self) -> bool:
        """Whether the applicant gives it to the authority, and not the other way round."""
        return bool(self._wording.get("by_applicant"))

    def _values(self) -> dict[str, Any]:
        facts = self._facts
        return {
            "applicant": facts.applicant,
            "subject": facts.subject_name,
            "item": facts.item_name,
            "items": facts.items,
            "case_number": facts.case_number,
            "basis": facts.legal_basis or self._wording["basis"],
            "reason": facts.reason,
            "remedies": facts.remedies,
            "issued_on": chinese_date(facts.issued_on),
            "due_on": say_due(facts.due_on, facts.due_at).zh if facts.due_on else "",
            "by": self._by(),
            "provisional": facts.provisional,
        }

    def _by(self) -> str:
        """Until when something may be done: a day to its end, or until an instant."""
        facts = self._facts
        if facts.due_on is None:
            return ""
        whole_day = "（含当日）" if facts.due_at is None else ""
        return f"{say_due(facts.due_on, facts.due_at).zh}前{whole_day}"

    def _head(self) -> None:
        # 发文机关标志 in red over a red line, then the number, the title and its English name.
        name = Text.of(self._wording["name"])
        if not self._by_applicant:
            self._centred(self._facts.body_name, Style(self._fonts.bold, 26, 38, RED, "centre"))
            self._pages.gap(6)
            self._pages.box(7, _red_rule)
        number = Style(self._fonts.regular, 11, 18, align="right")
        self._pages.text(self._say(self._facts.number), number)
        self._pages.gap(6)
        self._centred(name.zh, Style(self._fonts.bold, 22, 34, align="centre"))
        self._centred(name.en, Style(self._fonts.regular, 9.5, 14, GREY, "centre"))
        self._pages.gap(8)

    def _centred(self, text: str, style: Style) -> None:
        # One line where it fits at no less than two thirds of its size, else two.
        text = self._say(text)
        one = fit(text, style, _FRAME.width, style.leading, style.size * 0.6)[0]
        natural = width_of(text, one.font, one.size) <= _FRAME.width
        self._pages.text(text, one if natural else style)

    def _facts_table(self) -> None:
        facts = self._facts
        code = (Text("查询码", "Query code"), facts.query_code)
        self._row((Text("申请人", "Applicant"), facts.applicant))
        self._row((Text("申请事项", "Item"), facts.item_name))
        self._row((Text("主体（项目）名称", "Subject"), facts.subject_name))
        self._row((Text("办件编号", "Case No."), facts.case_number), code)
        for row in facts.rows:
            self._row(row)

    def _row(self, first: tuple[Text, str], second: tuple[Text, str] | None = None) -> None:
        pairs = [(_LABEL_WIDTH, *first)] if first[1] else []
        if second and second[1]:
            pairs.append((_SECOND_LABEL_WIDTH, *second))
        room = _FRAME.width - sum(width for width, _, _ in pairs)
        cells: list[Cell] = []
        for width, label, value in pairs:
            words = ((self._say(label.zh), self._label), (self._say(label.en), self._small))
            cells += (Cell(width, words), Cell(room / len(pairs), ((self._say(value), self._cell),)))
        self._pages.row(cells, padding=2.2)

    def _list(self, heading: Text) -> None:
        centred = Style(self._fonts.regular, 11, 16.5, align="centre")
        bold = Style(self._fonts.bold, 11, 16.5)
        self._pages.gap(4)
        self._pages.need(70)  # the heading with at least the first entry
        rows = [("序号", f"{heading.zh}  {heading.en}", bold)]
        rows += [(str(number), item, self._cell) for number, item in enumerate(self._facts.items, 1)]
        for number, text, style in rows:
            entry = Cell(_FRAME.width - 40, ((self._say(text), style),))
            self._pages.row((Cell(40, ((number, centred),)), entry), padding=2.8)
        self._pages.gap(6)

    def _sign(self, canvas: Canvas, top: float) -> None:
        # 落款: body, date, and the seal over both (骑年盖月); the applicant's own has no seal.
        fonts, facts = self._fonts, self._facts
        middle = _FRAME.left + _FRAME.width - 110
        centre = top - _SIGNATURE_HEIGHT + SEAL_RADIUS + 2
        who = facts.applicant if self._by_applicant else facts.body_name
        style, lines = fit(self._say(who), Style(fonts.regular, 14, 22, align="centre"), 220, 44, 8)
        y = centre - 5 + (len(lines) - 1) * style.leading
        for line in lines:
            draw_line(canvas, line, style, middle - 110, y, 220)
            y -= style.leading
        day = chinese_date(facts.issued_on)
        canvas.setFont(fonts.regular.fontName, 14)
        canvas.drawCentredString(middle, centre - 27, day)
        if self._by_applicant:
            return
        if facts.demo:
            draw_demo_seal(canvas, fonts, self._say(facts.body_name), middle, centre)
        else:
            canvas.drawCentredString(middle, centre - 49, "（印章）")


def _draw(fonts: Fonts, facts: SlipFacts, pages: Pages) -> bytes:
    name = slip_name(facts.kind).zh
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1, pageCompression=1, lang="zh-CN")
    canvas.setTitle(fonts.printable(f"{name} {facts.number}"))
    canvas.setAuthor(fonts.printable(facts.body_name))
    canvas.setSubject(fonts.printable(f"{facts.item_name} {facts.case_number}"))
    canvas.setCreator("园办 Yuanban")
    total = len(pages.drawings)
    for number, drawings in enumerate(pages.drawings, 1):
        if facts.demo:
            draw_watermark(canvas, fonts, A4, size=150, alpha=0.09)
        for draw in drawings:
            draw(canvas)
        _footer(canvas, fonts, facts, number, total)
        canvas.showPage()
    return fonts.finish(canvas, target)


def _footer(canvas: Canvas, fonts: Fonts, facts: SlipFacts, number: int, total: int) -> None:
    canvas.setFillColor(GREY)
    canvas.setFont(fonts.regular.fontName, 8)
    canvas.setStrokeColor(GREY)
    canvas.setLineWidth(0.4)
    canvas.line(_FRAME.left, 62, _FRAME.left + _FRAME.width, 62)
    role = "接收" if _wordings()[facts.kind].get("by_applicant") else "出具"
    code = f"{role}机关统一社会信用代码：{facts.body_code}"
    canvas.drawString(_FRAME.left, 50, fonts.printable(code))
    canvas.drawRightString(_FRAME.left + _FRAME.width, 50, f"第 {number} 页，共 {total} 页")
    if facts.demo:
        canvas.drawString(
            _FRAME.left, 39, "演示系统生成，不具有法律效力。Issued by a demonstration; without legal effect."
        )


def _red_rule(canvas: Canvas, top: float) -> None:
    canvas.setStrokeColor(RED)
    for offset, thickness in ((0.0, 2.0), (3.0, 0.6)):
        canvas.setLineWidth(thickness)
        canvas.line(_FRAME.left, top - offset, _FRAME.left + _FRAME.width, top - offset)

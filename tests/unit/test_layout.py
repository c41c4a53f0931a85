"""Chinese lines break where they may, fill their width at most, and lose nothing."""

from hypothesis import given
from hypothesis import strategies as st

from shared.printing.fonts import load_fonts
from shared.printing.layout import Cell, Frame, Pages, Style, break_lines, fit

STYLE = Style(load_fonts().regular, 12, 18, indent=2)
CLOSING = "”’）》〉」』】〕］｝，。、；：？！％…—"
OPENING = "“‘（《〈「『【〔［｛"
TEXT = st.text(st.sampled_from("园办受理通知书许可法" + CLOSING + OPENING + "abcXYZ019.-/ "), max_size=200)
WIDTHS = st.floats(min_value=130, max_value=500)


def test_a_closing_mark_never_begins_a_line_and_an_opening_one_never_ends_it() -> None:
    law = "根据《中华人民共和国行政许可法》第三十二条第一款第（五）项、第三十八条（含）的规定，“决定”受理。"
    for width in range(60, 400, 3):
        lines = break_lines(law, STYLE, width)
        assert "".join(line.text for line in lines) == law
        assert not any(line.text[0] in CLOSING for line in lines)
        assert not any(line.text[-1] in OPENING for line in lines)


def test_a_code_or_a_word_stays_whole_where_it_fits() -> None:
    for width in range(180, 400, 7):
        lines = break_lines(
            "统一社会信用代码为91990101MA0DEM080R，以登记机关 registration 为准。", STYLE, width
        )
        assert any("91990101MA0DEM080R，" in line.text for line in lines)
        assert any("registration" in line.text for line in lines)


def test_what_is_wider_than_a_line_is_cut_rather_than_printed_over_the_edge() -> None:
    lines = break_lines("https://example.test/" + "a" * 300, STYLE, 200)
    assert len(lines) > 5
    assert all(line.indent + line.natural <= 200 for line in lines)


def test_line_breaks_of_the_text_are_kept() -> None:
    assert [line.text for line in break_lines("一\n\n二", STYLE, 200)] == ["一", "", "二"]


@given(text=TEXT, width=WIDTHS)
def test_any_text_fits_its_width_and_loses_only_white_space(text: str, width: float) -> None:
    lines = break_lines(text, STYLE, width)
    assert "".join("".join(line.text for line in lines).split()) == "".join(text.split())
    unbreakable = max((len(line.text) for line in lines), default=0) == 1
    assert unbreakable or all(line.indent + line.natural <= width + 0.1 for line in lines)


@given(text=TEXT, width=WIDTHS, height=st.floats(min_value=20, max_value=80))
def test_a_text_fits_its_box_or_says_that_it_was_cut(text: str, width: float, height: float) -> None:
    style, lines = fit(text, STYLE, width, height, 5, "（略）")
    assert len(lines) * style.leading <= height
    assert 5 <= style.size <= STYLE.size
    shown = "".join("".join(line.text for line in lines).split())
    assert shown == "".join(text.split()) or (style.size == 5 and shown.endswith("（略）"))


def test_a_text_that_fits_is_not_set_smaller() -> None:
    style, lines = fit("住所", STYLE, 100, 18, 5)
    assert (style.size, len(lines)) == (12, 1)


def test_text_and_rows_go_on_on_the_next_page() -> None:
    pages = Pages(Frame(left=0, bottom=0, width=200, top=200))
    pages.text("\n".join("许可" for _ in range(12)), STYLE)
    assert len(pages.drawings) == 2  # eleven lines of 18 points fill the first
    pages.row([Cell(100, (("许可" * 60, STYLE),)), Cell(100, (("一", STYLE),))])
    assert len(pages.drawings) == 4  # higher than a page: it is divided, beginning on a new one
    pages.need(1)
    assert len(pages.drawings) == 4

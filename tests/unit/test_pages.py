"""A page's picture: the right page, within bounds, upright, and a refusal where there is none."""

import io

import pytest
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from approvals.documents.pages import render_page
from shared.errors import InvalidInput, NotFound
from shared.uploads.limits import load_limits
from tests.unit import material_samples as samples

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
RED, WHITE = (255, 0, 0), (255, 255, 255)


def picture(data: bytes, media_type: str, page: int = 1, width: int = 600) -> Image.Image:
    png = render_page(data, media_type, page, width)
    image = Image.open(io.BytesIO(png), formats=["PNG"])
    image.load()
    return image


def dark(image: Image.Image) -> int:
    return sum(image.convert("L").histogram()[:128])


def test_a_pdf_page_is_drawn_as_wide_as_asked() -> None:
    data = samples.pdf(pages=2)
    first, second = picture(data, PDF, 1), picture(data, PDF, 2)
    assert first.size == second.size == (600, 800)
    assert first.mode == "RGB"
    assert dark(first) > 500
    assert first.tobytes() != second.tobytes()


@pytest.mark.parametrize(("asked", "drawn"), [(-5, 120), (1, 120), (10**9, 2000)])
def test_the_width_is_kept_within_bounds(asked: int, drawn: int) -> None:
    assert picture(samples.pdf(), PDF, width=asked).width == drawn


def test_a_page_like_a_ribbon_is_kept_within_bounds() -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1 14400] >>"
    data = samples.raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page
    )
    limits = load_limits().previews
    image = picture(data, PDF, width=2000)
    assert image.height == limits.max_height
    assert image.width == 1


@pytest.mark.parametrize("page", [-1, 0, 3, 10**12])
def test_a_page_out_of_range_is_not_found(page: int) -> None:
    with pytest.raises(NotFound) as caught:
        render_page(samples.pdf(pages=2), PDF, page, 600)
    assert caught.value.detail is not None
    assert str(page) in caught.value.detail.zh


def test_an_image_is_its_own_only_page() -> None:
    data = samples.image("PNG", (300, 200))
    assert picture(data, PNG).size == (300, 200)  # never enlarged
    with pytest.raises(NotFound):
        render_page(data, PNG, 2, 600)


def test_a_photograph_is_turned_upright_and_loses_its_metadata() -> None:
    # Orientation 6: to be turned clockwise by 90 degrees, so the red left half becomes the upper one.
    image = picture(samples.image("JPEG", (3000, 2000), orientation=6), JPEG, width=400)
    assert image.size == (400, 600)
    assert not image.getexif()
    red, white = image.getpixel((200, 100)), image.getpixel((200, 500))
    assert isinstance(red, tuple)
    assert isinstance(white, tuple)
    assert all(abs(a - b) < 8 for a, b in zip(red + white, RED + WHITE, strict=True))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_is_shown_on_white_paper(mode: str) -> None:
    assert picture(samples.image("PNG", (200, 100), mode), PNG).getpixel((50, 50)) == WHITE


def test_sixteen_bit_greys_keep_their_shade() -> None:
    target = io.BytesIO()
    Image.new("I;16", (200, 100), 0x8000).save(target, "PNG")
    assert picture(target.getvalue(), PNG).getpixel((50, 50)) == (128, 128, 128)


def test_chinese_text_whose_font_is_not_embedded_is_visible() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(300, 400), invariant=1)
    canvas.setFont("STSong-Light", 40)
    canvas.drawString(30, 200, "公司章程")
    canvas.save()
    assert dark(picture(target.getvalue(), PDF)) > 5000


def test_what_was_typed_into_a_form_is_visible() -> None:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(300, 400), invariant=1)
    canvas.drawString(10, 300, "x")
    canvas.acroForm.textfield(value="MMMMMM", x=10, y=200, width=280, height=40, borderWidth=0, fontSize=30)
    canvas.save()
    assert dark(picture(target.getvalue(), PDF)) > 1000


@pytest.mark.parametrize(
    ("data", "media_type"), [(b"%PDF-1.7 nothing", PDF), (samples.image("JPEG", (90, 90))[:-50], JPEG)]
)
def test_what_cannot_be_drawn_is_refused(data: bytes, media_type: str) -> None:
    with pytest.raises(InvalidInput):
        render_page(data, media_type, 1, 600)

"""Reading our own PDFs back, with another library than the one that wrote them."""

import re

import pypdfium2
from PIL import Image, ImageChops


def texts(pdf: bytes) -> list[str]:
    """The text of each page without white space (justified lines come with spaces between characters)."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [re.sub(r"\s", "", page.get_textpage().get_text_bounded()) for page in document]


def picture(pdf: bytes, page: int = 0, scale: float = 2) -> Image.Image:
    """One page as RGB pixels, `scale` pixels a point."""
    with pypdfium2.PdfDocument(pdf) as document:
        image: Image.Image = document[page].render(scale=scale, rev_byteorder=True).to_pil()
        return image.convert("RGB")


def squeeze(text: str) -> str:
    """`text` as `texts` would give it."""
    return re.sub(r"\s", "", text)


def red_pixels(image: Image.Image, margin: int) -> int:
    """How many pixels are redder than green and blue by more than `margin` (of 255)."""
    red, green, blue = image.split()
    excess = ImageChops.darker(ImageChops.subtract(red, green), ImageChops.subtract(red, blue))
    return sum(excess.histogram()[margin + 1 :])


def darkest(image: Image.Image) -> int:
    """The darkest grey in the picture, 0 (black) to 255."""
    return min(image.convert("L").tobytes())

"""Pictures of a material's pages, for officials to read beside the form."""

from pathlib import Path

from shared.errors import InvalidInput, NotFound
from shared.text import Text
from shared.uploads.limits import load_limits
from shared.uploads.reading.pool import ReaderPool, ReadingError

_FONTS = Path(__file__).parent / "fonts"


def render_page(data: bytes, media_type: str, page: int, width_px: int) -> bytes:
    """Page `page` (counted from 1) as PNG, about `width_px` wide within the limits of `data/limits.yaml`.

    An image is its own only page, shown upright and never enlarged. Only the picture leaves this function:
    scripts, links and metadata of the material do not. Raises NotFound when there is no such page, and
    InvalidInput when the material cannot be drawn, or not within the allowed time and memory.
    """
    limits = load_limits().previews
    job = {
        "do": "render_pdf" if media_type == "application/pdf" else "render_image",
        "media_type": media_type,
        "page": page,
        "width": min(max(width_px, limits.min_width), limits.max_width),
        "max_height": limits.max_height,
        "max_pixels": load_limits().uploads.max_pixels,
        "fonts": str(_FONTS),
    }
    try:
        answer, png = ReaderPool.shared().ask(job, data)
    except ReadingError:
        answer, png = {"refused": "too_complex"}, b""
    if answer.get("refused") == "no_such_page":
        raise NotFound(Text("没有第 {page} 页。", "There is no page {page}.").format(page=page))
    if "refused" in answer:
        raise InvalidInput(
            Text("这一页无法显示，请下载原件查看。", "This page cannot be shown; please download the file.")
        )
    return png

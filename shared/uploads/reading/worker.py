"""The reading process: `python -m shared.uploads.reading.worker`; opens PDFs and images, one at a time.

Answers are facts or the name of a refusal (`refused`); the words for people are made by the service.
"""

import io
import json
import math
import os
import re
import resource
import select
import sys
import time
from collections.abc import Callable
from ctypes import POINTER, c_char, c_char_p, cast
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin
from pypdfium2 import raw as pdfium

from shared.uploads.reading import frames

Job = dict[str, Any]
Answer = tuple[dict[str, Any], bytes]

# The two classes are used directly: `Image.open` would try every format Pillow knows.
_IMAGES: dict[str, Callable[[io.BytesIO], Image.Image]] = {
    "image/jpeg": JpegImagePlugin.JpegImageFile,
    "image/png": PngImagePlugin.PngImageFile,
}
_ORIENTATION = 0x0112
_SIDEWAYS = range(5, 9)


class RefusedError(Exception):
    """The file is not acceptable; the argument is the name of the reason."""


def inspect_pdf(data: bytes, job: Job) -> Answer:
    """Counts the pages and tries them: `{"pages"}`."""
    if b"%%EOF" not in data[-1024:]:
        # PDFium would repair a file cut short and show what is left of it, as if that were all.
        raise RefusedError("truncated")
    with _open_pdf(data) as document:
        pages = len(document)
        if pages > job["max_pages"]:
            raise RefusedError("too_many_pages")
        until = time.monotonic() + job["parse_seconds"]
        for number in range(pages):
            document[number].close()
            if time.monotonic() > until:
                break
        return {"pages": pages}, b""


def render_pdf(data: bytes, job: Job) -> Answer:
    """Draws one page (counted from 1): a PNG as wide as asked, unless it became too high.

    `fonts` of the job is the folder whose fonts stand in for those that a PDF names and does not bring.
    """
    _use_fonts(job["fonts"])
    with _open_pdf(data) as document:
        document.init_forms()  # without it, what was typed into the fields of a form is not drawn
        if not 1 <= job["page"] <= len(document):
            raise RefusedError("no_such_page")
        page = document[job["page"] - 1]
        width, height = page.get_size()
        if not (width > 0 and height > 0 and math.isfinite(width * height)):
            raise RefusedError("broken")
        scale = min(job["width"] / width, job["max_height"] / height)
        return {}, _png(page.render(scale=scale, rev_byteorder=True).to_pil())


def inspect_image(data: bytes, job: Job) -> Answer:
    """Reads the size from the header, then decodes everything: `{"width", "height"}` as a viewer shows it."""
    image = _open_image(data, job)
    width, height = image.size
    if job["media_type"] == "image/png":
        _open_image(data, job).verify()  # checksums, and that the end is there
    # A JPEG can be decoded at an eighth of its size: every byte is read, little memory is used.
    image.draft("L", (1, 1))
    image.load()
    if image.getexif().get(_ORIENTATION) in _SIDEWAYS:
        width, height = height, width
    return {"width": width, "height": height}, b""


def render_image(data: bytes, job: Job) -> Answer:
    """Draws an image upright on white, never larger than it is, without its metadata."""
    if job["page"] != 1:
        raise RefusedError("no_such_page")
    image = _open_image(data, job)
    box = (job["width"], job["max_height"])
    sideways = image.getexif().get(_ORIENTATION) in _SIDEWAYS
    image = _eight_bit(image)
    image.thumbnail(box[::-1] if sideways else box, reducing_gap=3.0)  # small first: turning makes a copy
    image = ImageOps.exif_transpose(image)
    paper = Image.new("RGB", image.size, "white")
    rgba = image.convert("RGBA")
    paper.paste(rgba, mask=rgba.getchannel("A"))
    return {}, _png(paper)


_JOBS: dict[str, Callable[[bytes, Job], Answer]] = {
    "inspect_pdf": inspect_pdf,
    "render_pdf": render_pdf,
    "inspect_image": inspect_image,
    "render_image": render_image,
}


def answer(data: bytes, job: Job) -> Answer:
    """Does one job; whatever the libraries raise about the content is a refusal, no end of the process."""
    try:
        return _JOBS[job["do"]](data, job)
    except RefusedError as refused:
        return {"refused": str(refused)}, b""
    except MemoryError:
        return {"refused": "too_complex"}, b""
    except Exception:  # Pillow raises a dozen kinds for damaged files, SyntaxError and IndexError among them
        return {"refused": "broken"}, b""


def main() -> None:
    """Answers jobs from standard input until it closes, nothing comes for a while, or enough is done."""
    limits: dict[str, Any] = json.loads(sys.argv[1])
    _restrict(limits["memory_bytes"])
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    for number in range(1, limits["jobs"] + 1):
        if not select.select([source], [], [], limits["idle_seconds"])[0]:
            return
        message = frames.receive(source)
        if message is None:
            return
        _allow_seconds(limits["seconds"])
        head, body = answer(message[1], message[0])
        last = number == limits["jobs"] or _peak_bytes() > limits["resident_bytes"]
        frames.send(sink, {**head, "last": last}, body)
        if last:
            return


def _open_pdf(data: bytes) -> pypdfium2.PdfDocument:
    # PDFium leaves its last error as it was when a PDF has no pages: this failure sets it to a known one.
    pdfium.FPDF_LoadDocument(b"", None)
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        reason = {
            pdfium.FPDF_ERR_FILE: "no_pages",
            pdfium.FPDF_ERR_PASSWORD: "encrypted",
            pdfium.FPDF_ERR_SECURITY: "encrypted",
        }.get(error.err_code, "broken")
        raise RefusedError(reason) from error


def _open_image(data: bytes, job: Job) -> Image.Image:
    image = _IMAGES[job["media_type"]](io.BytesIO(data))
    if image.width * image.height > job["max_pixels"]:
        raise RefusedError("too_many_pixels")  # known from the header: nothing was decoded yet
    return image


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        # Sixteen-bit greys: Pillow's own conversion cuts them off at 255 instead of scaling them.
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGBA") if image.mode in ("P", "PA", "LA") else image


def _png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.convert("RGB").save(target, "PNG", compress_level=6)
    return target.getvalue()


def _restrict(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _allow_seconds(seconds: float) -> None:
    # The service stops a job that takes too long; this is for the case that the service itself is gone.
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime + 2 * seconds), hard))


def _peak_bytes() -> int:
    """The most memory this process has held, whatever its parent held."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        status = ""  # not Linux
    own = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    if own:
        return int(own[1]) * 1024
    # Survives exec, and so begins at what the service held that started this process.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _use_fonts(folder: str) -> None:
    # Many Chinese PDFs name 宋体 or 仿宋 without embedding them. With our own fonts in place of the machine's
    # their text is visible on a machine that has no Chinese font, and looks alike on all machines.
    if _use_fonts.__dict__.get("folder") == folder or not Path(folder).is_dir():
        return
    paths = (c_char_p * 2)(os.fsencode(folder), None)
    config = pdfium.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=cast(paths, POINTER(POINTER(c_char))))
    pdfium.FPDF_DestroyLibrary()
    pdfium.FPDF_InitLibraryWithConfig(config)
    _use_fonts.__dict__.update(folder=folder, kept=paths)  # PDFium keeps the pointer


if __name__ == "__main__":
    main()

"""Uploads to try: honest ones, damaged ones and hostile ones, made on the spot."""

import io

from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas


def pdf(pages: int = 1, user_password: str | None = None, owner_password: str | None = None) -> bytes:
    """A plain PDF with `Page N` on each page."""
    lock = None
    if user_password is not None or owner_password is not None:
        lock = StandardEncryption(user_password or "", ownerPassword=owner_password)
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(300, 400), invariant=1, encrypt=lock)
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica", 40)
        canvas.drawString(30, 200, f"Page {number}")
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of exactly these objects; the first is the catalogue."""
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (
            size,
            table,
            size,
            len(out),
        )
    )


def pdf_without_pages() -> bytes:
    """A well-formed PDF whose page tree is empty."""
    return raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>")


def pdf_bomb(depth: int = 10, fan: int = 10) -> bytes:
    """Two kilobytes that ask for `fan ** depth` drawings."""

    def stream(content: bytes, entries: bytes = b"") -> bytes:
        return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)

    form = b"/Type /XObject /Subtype /Form /BBox [0 0 200 200] /Resources << /XObject << /X %d 0 R >> >>"
    levels = [stream(b"/X Do " * fan, form % (6 + level)) for level in range(depth)]
    last = b"/Type /XObject /Subtype /Form /BBox [0 0 200 200] /Resources << >>"
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R"
        b" /Resources << /XObject << /X 5 0 R >> >> >>",
        stream(b"/X Do " * fan),
        *levels,
        stream(b"0 0 10 10 re f", last),
    )


def image(kind: str, size: tuple[int, int], mode: str = "RGB", orientation: int | None = None) -> bytes:
    """A picture with a red left half (white where there is no colour)."""
    picture = Image.new(mode, size, "white" if mode in ("RGB", "L", "1") else 0)
    if mode == "RGB":
        picture.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    target = io.BytesIO()
    picture.save(target, kind, exif=exif)
    return target.getvalue()

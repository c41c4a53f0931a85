"""What an uploaded file really is, and whether it may be kept: its content decides, never its name."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from shared.errors import FieldError, InvalidInput, Problem, TooLarge, UnsupportedMedia
from shared.text import Text
from shared.uploads.limits import UploadLimits, load_limits
from shared.uploads.reading.pool import ReaderPool, ReadingError

POINTER = "/file"
MAX_NAME = 120

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
_KINDS = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}
_EXTENSIONS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
}
# What browsers and old software also call the three kinds; the empty ones say nothing.
_ALIASES = {
    "application/x-pdf": "application/pdf",
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
}
_UNDECLARED = ("", "application/octet-stream", "binary/octet-stream")

# Kinds people often try, so that the refusal can name what was found.
_FOREIGN = (
    (b"PK\x03\x04", Text("压缩包或 Office、OFD 文档", "a ZIP archive, an Office or an OFD document")),
    (b"\xd0\xcf\x11\xe0", Text("旧版 Office 文档", "an old Office document")),
    (b"Rar!", Text("RAR 压缩包", "a RAR archive")),
    (b"7z\xbc\xaf", Text("7z 压缩包", "a 7z archive")),
    (b"GIF8", Text("GIF 图片", "a GIF image")),
    (b"BM", Text("BMP 图片", "a BMP image")),
    (b"II*\x00", Text("TIFF 图片", "a TIFF image")),
    (b"MM\x00*", Text("TIFF 图片", "a TIFF image")),
    (b"RIFF", Text("WebP 图片或音视频", "a WebP image, sound or video")),
    (b"MZ", Text("Windows 程序", "a Windows program")),
    (b"\x7fELF", Text("Linux 程序", "a Linux program")),
    (b"#!", Text("脚本程序", "a script")),
    (b"<", Text("网页或 XML 文本", "a web page or XML text")),
)
_UNKNOWN = Text("其他类型", "of another kind")

_REFUSALS = {
    "encrypted": Text(
        "这份 PDF 设有打开密码，无法审查。请取消密码后重新上传。",
        "This PDF can only be opened with a password. Remove the password and upload it again.",
    ),
    "broken": Text(
        "文件已损坏，无法打开。请确认本机能正常打开后重新上传。",
        "The file is damaged and cannot be opened. Check that you can open it, then upload it again.",
    ),
    "truncated": Text(
        "文件不完整，缺少结尾部分。请重新导出或重新扫描后上传。",
        "The file is not complete, its end is missing. Export or scan it again and upload it.",
    ),
    "no_pages": Text("这份 PDF 没有任何页面。", "This PDF has no pages."),
    "too_many_pages": Text(
        "这份 PDF 超过 {max_pages} 页的上限，请拆分后上传。",
        "This PDF has more than {max_pages} pages; please split it.",
    ),
    "too_many_pixels": Text(
        "图片超过 {megapixels} 万像素的上限，请缩小后上传。",
        "The image has more than {pixels} pixels; please make it smaller.",
    ),
    "too_complex": Text(
        "文件内容异常复杂，无法在允许的时间和内存内打开。请重新导出或扫描为普通 PDF 后上传。",
        "The file is too complex to be opened within the allowed time and memory. "
        "Export or scan it as an ordinary PDF and upload it again.",
    ),
}


@dataclass(frozen=True, slots=True)
class InspectedUpload:
    """A file that was found acceptable. `width` and `height` are pixels as shown (images only)."""

    media_type: str
    size: int
    sha256: str
    pages: int
    width: int | None
    height: int | None
    file_name: str


def inspect_upload(
    data: bytes, declared_type: str | None, file_name: str, limits: UploadLimits | None = None
) -> InspectedUpload:
    """Judge an uploaded file by its content; without `limits` those of `data/limits.yaml` apply.

    Raises TooLarge (413), UnsupportedMedia (415: another kind than accepted, or than its Content-Type says),
    InvalidInput (422, pointer `/file`, code `empty`, `encrypted`, `broken`, `truncated`, `no_pages`,
    `too_many_pages`, `too_many_pixels` or `too_complex`), Unavailable (503: too many files at the moment).
    """
    limits = limits or load_limits().uploads
    _check_size(data, limits)
    media_type = _media_type(data, limits)
    _check_declared(declared_type, media_type)
    facts = _read(data, media_type, limits)
    return InspectedUpload(
        media_type=media_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        pages=facts.get("pages", 1),
        width=facts.get("width"),
        height=facts.get("height"),
        file_name=safe_display_name(file_name, media_type),
    )


def safe_display_name(raw: str | None, media_type: str) -> str:
    """A name to show to people: no folders, no control or bidirectional characters, NFC, at most 120
    characters, never empty, with the extension of what the file is. It must never be used as a path.
    """
    last = re.split(r"[/\\]", raw or "")[-1]
    # Categories C* are control, format (bidirectional overrides too), surrogate, private and unassigned.
    shown = "".join(" " if char.isspace() else char for char in last)
    shown = "".join(char for char in shown if unicodedata.category(char)[0] != "C")
    shown = " ".join(unicodedata.normalize("NFC", shown).split())
    extensions = _EXTENSIONS[media_type]
    stem, extension = _split_extension(shown.rstrip(". "))
    if extension.lower() not in extensions:
        extension = extensions[0]
    stem = stem.strip(". ")[: MAX_NAME - len(extension)].strip(". ") or "文件"
    return stem + extension


def _split_extension(name: str) -> tuple[str, str]:
    # "第1.2版" has no extension; "报告.docx" has one, which must not outlive what the content really is.
    match = re.fullmatch(r"(.*?)(\.(?=[0-9]*[A-Za-z])[0-9A-Za-z]{1,5})", name, re.DOTALL)
    return (match[1], match[2]) if match else (name, "")


def _check_size(data: bytes, limits: UploadLimits) -> None:
    if not data:
        raise _invalid("empty", Text("文件是空的，没有任何内容。", "The file is empty."))
    if len(data) > limits.max_bytes:
        message = Text("文件大小 {size}，超过 {limit} 的上限。", "The file has {size}; the limit is {limit}.")
        raise TooLarge(message.format(size=_megabytes(len(data)), limit=_megabytes(limits.max_bytes)))


def _media_type(data: bytes, limits: UploadLimits) -> str:
    found = next((kind for magic, kind in _SIGNATURES if data.startswith(magic)), None)
    if found in limits.accept:
        return found
    accepted = "、".join(_KINDS[kind] for kind in limits.accept)
    message = Text("只接受 {zh}，文件内容是{found}。", "Only {en} is accepted; the content is {found}.")
    raise _unsupported(
        message.format(zh=accepted, en=accepted.replace("、", ", "), found=_found(data, found))
    )


def _check_declared(declared_type: str | None, media_type: str) -> None:
    declared = (declared_type or "").partition(";")[0].strip().lower()
    if declared in _UNDECLARED or _ALIASES.get(declared, declared) == media_type:
        return
    message = Text(
        "声明的类型是 {declared}，文件内容却是 {found}。",
        "It is declared as {declared} but its content is {found}.",
    )
    raise _unsupported(message.format(declared=_quoted(declared), found=_KINDS[media_type]))


def _read(data: bytes, media_type: str, limits: UploadLimits) -> dict[str, Any]:
    job = {
        "do": "inspect_pdf" if media_type == "application/pdf" else "inspect_image",
        "media_type": media_type,
        "max_pages": limits.max_pages,
        "max_pixels": limits.max_pixels,
        "parse_seconds": load_limits().reading.parse_seconds,
    }
    try:
        facts, _ = ReaderPool.shared().ask(job, data)
    except ReadingError:
        facts = {"refused": "too_complex"}
    if "refused" in facts:
        code = facts["refused"]
        raise _invalid(
            code,
            _REFUSALS[code].format(
                max_pages=limits.max_pages,
                pixels=f"{limits.max_pixels:,}",
                megapixels=f"{limits.max_pixels / 10_000:g}",
            ),
        )
    return facts


def _found(data: bytes, found: str | None) -> Text:
    if found:
        return Text.same(_KINDS[found])
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return Text("HEIC 照片（请在手机上改存为 JPEG）", "a HEIC photograph (save it as JPEG on the phone)")
    return next((name for magic, name in _FOREIGN if data.lstrip().startswith(magic)), _UNKNOWN)


def _invalid(code: str, message: Text) -> Problem:
    return InvalidInput(message, [FieldError(POINTER, code, message)])


def _unsupported(message: Text) -> Problem:
    return UnsupportedMedia(message, [FieldError(POINTER, "unsupported_media", message)])


def _quoted(declared: str) -> str:
    return "".join(char for char in declared[:80] if char.isprintable())


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):.1f} MB"

"""An upload is judged by its content: kind, size, pages, pixels, damage; its name is only shown."""

import hashlib
import threading
import unicodedata
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidInput, Problem, TooLarge, Unavailable, UnsupportedMedia
from shared.text import LANGUAGES
from shared.uploads.inspection import InspectedUpload, inspect_upload, safe_display_name
from shared.uploads.limits import ReadingLimits, UploadLimits, load_limits
from shared.uploads.reading.pool import ReaderPool, ReadingError
from tests.unit import material_samples as samples

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
LIMITS = UploadLimits(max_bytes=1_000_000, max_pages=3, max_pixels=1_000_000, accept=(PDF, JPEG, PNG))
KINDS = st.sampled_from([PDF, JPEG, PNG])


def refusal(
    kind: type[Problem], data: bytes, declared: str | None = None, limits: UploadLimits = LIMITS
) -> Problem:
    with pytest.raises(kind) as caught:
        inspect_upload(data, declared, "材料.pdf", limits)
    problem = caught.value
    assert problem.detail is not None
    assert all(problem.detail.in_(language) for language in LANGUAGES)
    return problem


def code(problem: Problem) -> str:
    (error,) = problem.errors
    assert error.pointer == "/file"
    assert error.message == problem.detail
    return error.code


def test_a_pdf_is_described() -> None:
    data = samples.pdf(pages=3)
    assert inspect_upload(data, PDF, "章程.pdf", LIMITS) == InspectedUpload(
        PDF, len(data), hashlib.sha256(data).hexdigest(), 3, None, None, "章程.pdf"
    )


@pytest.mark.parametrize(("media_type", "kind"), [(JPEG, "JPEG"), (PNG, "PNG")])
def test_an_image_is_described(media_type: str, kind: str) -> None:
    found = inspect_upload(samples.image(kind, (300, 200)), None, "照片", LIMITS)
    assert (found.media_type, found.pages, found.width, found.height) == (media_type, 1, 300, 200)


def test_an_image_has_the_size_in_which_it_is_shown() -> None:
    found = inspect_upload(samples.image("JPEG", (300, 200), orientation=6), None, "照片", LIMITS)
    assert (found.width, found.height) == (200, 300)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_is_read(mode: str) -> None:
    assert inspect_upload(samples.image("PNG", (30, 20), mode), PNG, "x.png", LIMITS).width == 30


@pytest.mark.parametrize(
    ("data", "zh", "en"),
    [
        (b"PK\x03\x04rest", "压缩包", "ZIP"),
        (b"\xd0\xcf\x11\xe0rest", "旧版 Office", "old Office"),
        (b"GIF89a", "GIF", "GIF"),
        (b"\x00\x00\x00\x18ftypheic", "HEIC", "HEIC"),
        (b"MZ\x90\x00", "Windows", "Windows"),
        (b" \n<html><script>", "网页", "web page"),
        (b"hello", "其他类型", "another kind"),
        (b"junk before %PDF-1.7", "其他类型", "another kind"),
        (b"\x00" * 100, "其他类型", "another kind"),
    ],
)
def test_wrong_content_behind_a_right_name_is_named(data: bytes, zh: str, en: str) -> None:
    problem = refusal(UnsupportedMedia, data, PDF)
    assert problem.detail is not None
    assert zh in problem.detail.zh
    assert en in problem.detail.en
    assert "PDF、JPEG、PNG" in problem.detail.zh
    assert code(problem) == "unsupported_media"


def test_a_kind_that_this_material_does_not_take_is_refused() -> None:
    problem = refusal(UnsupportedMedia, samples.image("PNG", (9, 9)), None, replace(LIMITS, accept=(PDF,)))
    assert problem.detail is not None
    assert problem.detail.en == "Only PDF is accepted; the content is PNG."


@pytest.mark.parametrize(
    "declared", ["image/png", "text/html; charset=utf-8", "application/json", "nonsense"]
)
def test_a_declared_type_that_contradicts_the_content_is_refused(declared: str) -> None:
    assert code(refusal(UnsupportedMedia, samples.pdf(), declared)) == "unsupported_media"


@pytest.mark.parametrize(
    "declared", [None, "", "application/octet-stream", "Application/PDF; v=1", "application/x-pdf"]
)
def test_a_declared_type_may_be_absent_or_written_differently(declared: str | None) -> None:
    assert inspect_upload(samples.pdf(), declared, "x", LIMITS).media_type == PDF


def test_size_is_limited_and_nothing_is_not_a_file() -> None:
    assert code(refusal(InvalidInput, b"")) == "empty"
    problem = refusal(TooLarge, b"%PDF-" + bytes(1_000_000))
    assert problem.detail is not None
    assert "1.0 MB" in problem.detail.en


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (samples.pdf(user_password="secret"), "encrypted"),
        (samples.pdf(pages=4), "too_many_pages"),
        (samples.pdf_without_pages(), "no_pages"),
        (samples.pdf()[:-60], "truncated"),
        (b"%PDF-1.7\nnothing of the kind\n%%EOF", "broken"),
        (samples.image("JPEG", (300, 200))[:-400], "broken"),
        (samples.image("JPEG", (300, 200))[:30], "broken"),
        (samples.image("PNG", (300, 200))[:-12], "broken"),
        (samples.image("PNG", (300, 200))[:60], "broken"),
        (samples.image("PNG", (300, 200)).replace(b"IDAT", b"IDAX"), "broken"),
        (b"\x89PNG\r\n\x1a\n", "broken"),
        (b"\xff\xd8\xff", "broken"),
        (samples.image("PNG", (1001, 1000), "1"), "too_many_pixels"),
        (samples.image("JPEG", (1001, 1000)), "too_many_pixels"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_own_name(data: bytes, expected: str) -> None:
    assert code(refusal(InvalidInput, data)) == expected


def test_a_giant_image_is_refused_by_its_header_alone() -> None:
    # 60,000 x 60,000 pixels would be 3.6 GB; the data behind the header is not even there.
    data = bytearray(samples.image("PNG", (1, 1)))
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    assert code(refusal(InvalidInput, bytes(data), limits=load_limits().uploads)) == "too_many_pixels"


def test_a_pdf_that_only_restricts_printing_can_be_read() -> None:
    assert inspect_upload(samples.pdf(owner_password="owner"), PDF, "x.pdf", LIMITS).pages == 1


def test_a_damaged_byte_anywhere_never_fails_otherwise_than_by_refusal() -> None:
    original = samples.pdf(pages=2)
    for position in range(5, len(original), 97):
        damaged = original[:position] + b"\xff" + original[position + 1 :]
        try:
            inspect_upload(damaged, PDF, "x.pdf", LIMITS)
        except InvalidInput as problem:
            assert problem.errors[0].code in {
                "broken",
                "truncated",
                "no_pages",
                "too_many_pages",
                "encrypted",
            }


def test_a_file_that_asks_for_too_much_is_stopped_and_harms_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = replace(load_limits().reading, seconds=1.5, memory_bytes=400 << 20)
    monkeypatch.setattr(ReaderPool, "_shared", ReaderPool(small))
    assert code(refusal(InvalidInput, samples.pdf_bomb())) == "too_complex"
    assert inspect_upload(samples.pdf(), PDF, "x.pdf", LIMITS).pages == 1


JOB = {"do": "inspect_pdf", "max_pages": 3, "parse_seconds": 5}


def reading(**changes: float) -> ReadingLimits:
    return replace(load_limits().reading, **changes)  # type: ignore[arg-type]  # counts are given as int


def test_a_reading_process_is_kept_and_replaced_after_its_jobs() -> None:
    # Ample memory: what a process needs before its first job differs from machine to machine.
    pool = ReaderPool(reading(jobs=2, idle_seconds=60, resident_bytes=2**33, memory_bytes=2**34))
    answers = [pool.ask(JOB, samples.pdf())[0] for _ in range(3)]
    assert [answer["last"] for answer in answers] == [False, True, False]
    pool.close()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the two apart")
def test_what_the_service_holds_is_not_counted_against_its_reading_processes() -> None:
    limits = reading(idle_seconds=60)
    held = b"1" * (limits.resident_bytes + (64 << 20))
    pool = ReaderPool(limits)
    answers = [pool.ask(JOB, samples.pdf())[0] for _ in range(2)]
    assert [answer["last"] for answer in answers] == [False, False], len(held)
    pool.close()


def test_a_reading_process_that_grew_too_large_ends_after_its_answer() -> None:
    pool = ReaderPool(reading(idle_seconds=60, resident_bytes=1 << 20))
    answer, _ = pool.ask(JOB, samples.pdf())
    assert (answer["pages"], answer["last"]) == (1, True)
    pool.close()


def test_a_reading_process_that_ended_of_itself_is_replaced_unnoticed() -> None:
    pool = ReaderPool(reading(idle_seconds=0.2))
    pool.ask(JOB, samples.pdf())
    threading.Event().wait(0.6)
    assert pool.ask(JOB, samples.pdf(pages=2))[0]["pages"] == 2
    pool.close()


def test_who_finds_all_reading_processes_busy_is_asked_to_come_again() -> None:
    pool = ReaderPool(reading(processes=1, seconds=1.5, wait_seconds=0.05))
    outcome: list[str] = []

    def read_bomb() -> None:
        try:
            pool.ask(JOB, samples.pdf_bomb())
        except ReadingError:
            outcome.append("stopped")

    thread = threading.Thread(target=read_bomb)
    thread.start()
    threading.Event().wait(0.3)
    with pytest.raises(Unavailable):
        pool.ask(JOB, samples.pdf())
    thread.join()
    assert outcome == ["stopped"]
    assert pool.ask(JOB, samples.pdf())[0]["pages"] == 1
    pool.close()


@pytest.mark.parametrize(
    ("raw", "media_type", "shown"),
    [
        ("公司章程.pdf", PDF, "公司章程.pdf"),
        ("../../etc/passwd", PDF, "passwd.pdf"),
        ("C:\\Users\\甲\\租赁合同.PDF", PDF, "租赁合同.PDF"),
        ("扫描件.pdf", JPEG, "扫描件.jpg"),
        ("scan.JPEG", JPEG, "scan.JPEG"),
        ("报告.docx", PDF, "报告.pdf"),
        ("第1.2版", PDF, "第1.2版.pdf"),
        ("v1.5", PDF, "v1.5.pdf"),
        ("cod\u202efdp.exe", PDF, "codfdp.pdf"),
        ("a\x00b\r\nc\u200b.pdf", PDF, "ab c.pdf"),
        ("e\u0301.png", PNG, "\u00e9.png"),
        ("...", PNG, "文件.png"),
        (".pdf", PDF, "文件.pdf"),
        ("", PDF, "文件.pdf"),
        (None, PDF, "文件.pdf"),
        ("材" * 300 + ".pdf", PDF, "材" * 116 + ".pdf"),
    ],
)
def test_display_names(raw: str | None, media_type: str, shown: str) -> None:
    assert safe_display_name(raw, media_type) == shown


@given(raw=st.text(), media_type=KINDS)
def test_any_name_becomes_one_that_is_safe_to_show(raw: str, media_type: str) -> None:
    shown = safe_display_name(raw, media_type)
    extension = {PDF: (".pdf",), JPEG: (".jpg", ".jpeg", ".jpe", ".jfif"), PNG: (".png",)}[media_type]
    assert shown.lower().endswith(extension)
    assert 0 < len(shown) <= 120
    assert not set(shown) & set("/\\")
    assert not any(unicodedata.category(char).startswith(("C", "Zl", "Zp")) for char in shown)
    assert not shown.startswith((".", " "))
    assert unicodedata.is_normalized("NFC", shown)
    assert safe_display_name(shown, media_type) == shown

"""Uploads that may not be kept: too large, of another kind than they say, damaged, hostile."""

import struct
import zlib
from typing import Any
from urllib.parse import quote

import pytest

from tests.integration.approvals.desk import ITEM, Desk
from tests.integration.approvals.people import AGENT
from tests.integration.approvals.refusals import nothing_changes, refusal, wrongs
from tests.integration.approvals.test_bad_bodies import CountingStream
from tests.unit.material_samples import image, pdf, pdf_without_pages

MATERIAL = "articles"
ZIP = b"PK\x03\x04" + bytes(100)


def _draft(desk: Desk) -> str:
    case_id: str = desk.client(AGENT).post("/cases", json={"item_code": ITEM}).json["id"]
    return case_id


def _giant_png() -> bytes:
    """A few bytes that claim to be 30 000 by 30 000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(100)))
        + chunk(b"IEND", b"")
    )


def _blobs(desk: Desk) -> list[str]:
    folder = desk.system.settings.data_dir / "blobs"
    return sorted(str(path) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (ZIP, "application/pdf"),
        (b"<html><script>alert(1)</script></html>", "application/pdf"),
        (b"MZ\x90\x00" + bytes(60), "application/pdf"),
        (b"#!/bin/sh\nrm -rf /\n", "application/octet-stream"),
        (b"GIF89a" + bytes(60), "image/png"),
        (b"just words", "application/pdf"),
        (image("PNG", (10, 10)), "application/pdf"),
        (pdf(), "image/jpeg"),
        (image("JPEG", (10, 10)), "image/png"),
        (pdf(), "text/html"),
    ],
    ids=[
        "zip",
        "html",
        "program",
        "script",
        "gif",
        "words",
        "png-as-pdf",
        "pdf-as-jpg",
        "jpg-as-png",
        "pdf-as-html",
    ],
)
def test_the_content_decides_whatever_name_and_type_say(
    lasting_desk: Desk, data: bytes, media_type: str
) -> None:
    case_id = _draft(lasting_desk)
    stored = _blobs(lasting_desk)
    headers = {
        "Content_Type": media_type,
        "Content_Disposition": "attachment; filename=articles.pdf",
    }
    with nothing_changes(lasting_desk.system):
        answer = lasting_desk.upload(AGENT, case_id, MATERIAL, data, **headers)
        problem = refusal(answer, 415, "unsupported-media")
    assert wrongs(problem) == {"/file": "unsupported_media"}
    assert _blobs(lasting_desk) == stored


@pytest.mark.parametrize(
    ("data", "media_type", "code"),
    [
        (_giant_png(), "image/png", "too_many_pixels"),
        (pdf()[:-200], "application/pdf", "truncated"),
        (image("PNG", (50, 50))[:-30], "image/png", "truncated"),
        (b"%PDF-1.7\n" + b"nonsense " * 50, "application/pdf", "truncated"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "image/png", "broken"),
        (pdf_without_pages(), "application/pdf", "no_pages"),
        (pdf(user_password="secret"), "application/pdf", "encrypted"),
    ],
    ids=["giant", "cut-pdf", "cut-png", "no-pdf", "no-png", "no-pages", "locked"],
)
def test_files_that_cannot_be_examined_are_refused_with_the_reason(
    lasting_desk: Desk, data: bytes, media_type: str, code: str
) -> None:
    case_id = _draft(lasting_desk)
    stored = _blobs(lasting_desk)
    with nothing_changes(lasting_desk.system):
        answer = lasting_desk.upload(AGENT, case_id, MATERIAL, data, Content_Type=media_type)
        problem = refusal(answer, 422, "invalid-input")
    assert (
        wrongs(problem) in ({"/file": code}, {"/file": "broken"}) if code == "truncated" else {"/file": code}
    )
    assert _blobs(lasting_desk) == stored


def test_an_empty_file_is_refused(lasting_desk: Desk) -> None:
    case_id = _draft(lasting_desk)
    headers = {"If-None-Match": "*", "Content-Type": "application/pdf"}
    with nothing_changes(lasting_desk.system):
        answer = lasting_desk.client(AGENT).put(f"/cases/{case_id}/materials/{MATERIAL}", headers=headers)
        assert wrongs(refusal(answer, 422)) == {"/file": "empty"}


@pytest.mark.parametrize("chunked", [False, True], ids=["with-length", "chunked"])
def test_a_file_over_the_limit_is_refused_unread_or_at_the_limit(lasting_desk: Desk, chunked: bool) -> None:
    case_id = _draft(lasting_desk)
    stream = CountingStream(b"%PDF-1.7\n" + bytes(30 * 1024 * 1024))
    unknown = {"wsgi.input_terminated": True, "CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    with nothing_changes(lasting_desk.system):
        answer = lasting_desk.client(AGENT).put(
            f"/cases/{case_id}/materials/{MATERIAL}",
            input_stream=stream,
            headers={"If-None-Match": "*", "Content-Type": "application/pdf"},
            environ_overrides=unknown if chunked else {},
        )
        refusal(answer, 413, "too-large")
    assert stream.taken <= (21 * 1024 * 1024 if chunked else 0)


def test_a_form_with_a_file_over_the_limit_is_refused_unread(lasting_desk: Desk) -> None:
    case_id = _draft(lasting_desk)
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    stream = CountingStream(part + pdf() + bytes(21 * 1024 * 1024) + b"\r\n--x--\r\n")
    with nothing_changes(lasting_desk.system):
        answer = lasting_desk.client(AGENT).put(
            f"/cases/{case_id}/materials/{MATERIAL}",
            input_stream=stream,
            headers={"If-None-Match": "*", "Content-Type": "multipart/form-data; boundary=x"},
        )
        refusal(answer, 413, "too-large")
    assert stream.taken == 0


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\system32\\evil.exe", "evil.pdf"),
        ("/etc/cron.d/job.pdf", "job.pdf"),
        ("C:\\temp\\章程.pdf", "章程.pdf"),
        ("..", "文件.pdf"),
        ("a\u202efdp.exe", "afdp.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "ab Set-Cookie x.pdf"),
        ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_like_paths_are_only_shown_and_lead_nowhere(lasting_desk: Desk, name: str, shown: str) -> None:
    case_id = _draft(lasting_desk)
    data = pdf(pages=1 + len(name) % 3)
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    answer = lasting_desk.upload(AGENT, case_id, MATERIAL, data, Content_Disposition=disposition)
    assert answer.status_code == 201, answer.text
    kept = answer.json["uploaded"]["file_name"]
    assert kept.replace(":", "") == shown
    sent = lasting_desk.get(AGENT, f"/cases/{case_id}/materials/{MATERIAL}")
    assert sent.data == data
    assert sent.headers["Content-Disposition"] == f"inline; filename*=UTF-8''{quote(kept, safe='')}"
    assert (
        sent.headers["X-Content-Type-Options"] == "nosniff"
        and "sandbox" in sent.headers["Content-Security-Policy"]
    )


@pytest.mark.parametrize("code", ["nothing", "..", "%2e%2e%2fetc", "articles%2f..", "a" * 300])
def test_a_material_the_item_does_not_ask_for_is_not_found(lasting_desk: Desk, code: str) -> None:
    case_id = _draft(lasting_desk)
    with nothing_changes(lasting_desk.system):
        refusal(lasting_desk.upload(AGENT, case_id, code), 404)


def test_a_form_without_the_file_says_so(lasting_desk: Desk) -> None:
    case_id = _draft(lasting_desk)
    for form in ({"other": "x"}, {"file": "a text, no file"}):
        with nothing_changes(lasting_desk.system):
            answer: Any = lasting_desk.client(AGENT).put(
                f"/cases/{case_id}/materials/{MATERIAL}",
                data=form,
                headers={"If-None-Match": "*", "Content-Type": "multipart/form-data"},
            )
            refusal(answer, 400, "bad-request")

"""The blob store keeps what it was given, once, and lets no key out of its folder."""

import hashlib
import io
import threading
from pathlib import Path

import pytest

from shared.blobs import FolderBlobs, open_blobs
from shared.errors import NotFound, TooLarge

CONTENT = "营业执照".encode()
KEY = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


def files_in(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def test_the_key_is_the_sha256_of_the_content_and_fans_out_over_two_levels(
    blobs: FolderBlobs, tmp_path: Path
) -> None:
    assert blobs.put(CONTENT) == KEY
    assert files_in(tmp_path / "blobs") == [Path(KEY[:2], KEY[2:4], KEY)]
    assert (blobs.get(KEY), blobs.size(KEY), blobs.exists(KEY)) == (CONTENT, len(CONTENT), True)
    with blobs.open(KEY) as file:
        assert file.read() == CONTENT


def test_the_same_content_is_stored_once_however_it_arrives(blobs: FolderBlobs, tmp_path: Path) -> None:
    blobs.put(CONTENT)
    stored = tmp_path / "blobs" / KEY[:2] / KEY[2:4] / KEY
    before = stored.stat()
    assert blobs.put(CONTENT) == KEY
    assert blobs.put_stream(io.BytesIO(CONTENT), max_bytes=1000) == KEY
    assert (stored.stat().st_ino, stored.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert files_in(tmp_path / "blobs") == [stored.relative_to(tmp_path / "blobs")]


@pytest.mark.parametrize("size", [0, 1, 65536, 200_001])
def test_a_stream_is_stored_up_to_its_limit(blobs: FolderBlobs, size: int) -> None:
    data = b"x" * size
    assert blobs.get(blobs.put_stream(io.BytesIO(data), max_bytes=size)) == data


def test_a_stream_past_its_limit_is_refused_and_leaves_nothing(blobs: FolderBlobs, tmp_path: Path) -> None:
    with pytest.raises(TooLarge) as caught:
        blobs.put_stream(io.BytesIO(b"x" * 200_001), max_bytes=200_000)
    assert caught.value.detail is not None
    assert "200,000" in caught.value.detail.zh
    assert "200,000" in caught.value.detail.en
    assert files_in(tmp_path / "blobs") == []


def test_a_source_that_breaks_leaves_nothing(blobs: FolderBlobs, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionError("the client went away")

    with pytest.raises(ConnectionError):
        blobs.put_stream(Broken(), max_bytes=10)
    assert files_in(tmp_path / "blobs") == []


@pytest.mark.parametrize(
    "key", ["", "../secrets", "/etc/passwd", KEY.upper(), KEY[:-1], KEY + "0", KEY + "\n", "g" * 64]
)
def test_no_key_leaves_the_folder(blobs: FolderBlobs, key: str) -> None:
    for use in (blobs.open, blobs.get, blobs.exists, blobs.size, blobs.delete):
        with pytest.raises(ValueError, match="not a blob key"):
            use(key)


def test_an_absent_blob_is_not_found(blobs: FolderBlobs) -> None:
    assert not blobs.exists(KEY)
    for use in (blobs.open, blobs.get, blobs.size):
        with pytest.raises(NotFound):
            use(KEY)


def test_what_is_deleted_is_gone_and_can_be_stored_again(blobs: FolderBlobs, tmp_path: Path) -> None:
    blobs.delete(KEY)  # nothing there, no harm
    blobs.put(CONTENT)
    other = blobs.put(b"another")

    blobs.delete(KEY)

    assert not blobs.exists(KEY)
    assert [path.name for path in files_in(tmp_path / "blobs")] == [other]
    assert blobs.get(blobs.put(CONTENT)) == CONTENT


def test_services_keep_the_same_content_apart(tmp_path: Path) -> None:
    one, other = (open_blobs((tmp_path / "blobs").as_uri(), service) for service in ("one", "other"))
    for blobs in (one, other):
        blobs.put(CONTENT)

    one.delete(KEY)

    assert not one.exists(KEY)
    assert other.get(KEY) == CONTENT


def test_many_writers_of_one_content_all_succeed(blobs: FolderBlobs, tmp_path: Path) -> None:
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(blobs.put(CONTENT))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keys == [KEY] * 16
    assert blobs.get(KEY) == CONTENT
    assert len(files_in(tmp_path / "blobs")) == 1


def test_a_file_url_opens_a_folder_with_any_characters_in_its_name(tmp_path: Path) -> None:
    blobs = open_blobs((tmp_path / "材料 与 证照").as_uri(), "enterprise")
    assert blobs.get(blobs.put(CONTENT)) == CONTENT
    assert (tmp_path / "材料 与 证照").is_dir()


@pytest.mark.parametrize(
    "url", ["", "/srv/x", "s3://bucket/x", "http://host/x", "file://host/x", "file:x", "file:///x?y"]
)
def test_another_url_is_refused_in_words(url: str) -> None:
    with pytest.raises(ValueError, match="file:///absolute/folder"):
        open_blobs(url, "enterprise")

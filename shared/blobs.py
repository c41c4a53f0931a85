"""Where files live: a content-addressed store, so a key names exactly one content and never a path."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from shared.errors import NotFound, TooLarge
from shared.text import Text

_KEY = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 16


class Blobs(Protocol):
    """A store of immutable byte strings; the key is the lower-case hex SHA-256 of the content."""

    def put(self, data: bytes) -> str:
        """Store `data` durably and return its key; storing the same content again changes nothing."""
        ...

    def put_stream(self, source: BinaryIO, max_bytes: int) -> str:
        """Store what `source` yields until its end; raises TooLarge, storing nothing, past `max_bytes`."""
        ...

    def open(self, key: str) -> BinaryIO:
        """The content for reading, to be closed by the caller; NotFound when absent."""
        ...

    def get(self, key: str) -> bytes:
        """The whole content; NotFound when absent."""
        ...

    def exists(self, key: str) -> bool:
        """Whether the content is stored."""
        ...

    def size(self, key: str) -> int:
        """The length in bytes; NotFound when absent."""
        ...

    def delete(self, key: str) -> None:
        """Forget the content; harmless when absent. Whoever calls it knows that nobody refers to it."""
        ...


class FolderBlobs:
    """Blobs in a local or shared folder, as `ab/cd/abcd…`; written aside and renamed, so never half there.

    Every method taking a key raises ValueError unless it is 64 lower-case hex digits: whatever a caller
    passes on from outside, it cannot leave the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Store `data` durably and return its key; storing the same content again changes nothing."""
        key = hashlib.sha256(data).hexdigest()
        if not self.exists(key):
            self._write(iter((data,)), max_bytes=len(data))
        return key

    def put_stream(self, source: BinaryIO, max_bytes: int) -> str:
        """Store what `source` yields until its end; raises TooLarge, storing nothing, past `max_bytes`."""
        return self._write(iter(lambda: source.read(_CHUNK), b""), max_bytes)

    def open(self, key: str) -> BinaryIO:
        """The content for reading, to be closed by the caller; NotFound when absent."""
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise _absent() from None

    def get(self, key: str) -> bytes:
        """The whole content; NotFound when absent."""
        with self.open(key) as file:
            return file.read()

    def exists(self, key: str) -> bool:
        """Whether the content is stored."""
        return self._path(key).is_file()

    def size(self, key: str) -> int:
        """The length in bytes; NotFound when absent."""
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            raise _absent() from None

    def delete(self, key: str) -> None:
        """Forget the content; harmless when absent. Whoever calls it knows that nobody refers to it."""
        path = self._path(key)
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            _sync_folder(path.parent)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a blob key (64 lower-case hex digits): {key!r}")
        return self._folder / key[:2] / key[2:4] / key

    def _write(self, chunks: Iterator[bytes], max_bytes: int) -> str:
        # The temporary file is in the store itself: a rename is atomic only within one file system.
        aside = self._folder / "incoming"
        aside.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = hashlib.sha256()
        handle, name = tempfile.mkstemp(dir=aside)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in _within(chunks, max_bytes):
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            return self._settle(temporary, digest.hexdigest())
        finally:
            temporary.unlink(missing_ok=True)

    def _settle(self, temporary: Path, key: str) -> str:
        target = self._path(key)
        if not target.is_file():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.replace(target)
            # A rename survives a power cut only when the folders that name the file are on the disk too.
            for folder in (target.parent, target.parent.parent, self._folder):
                _sync_folder(folder)
        return key


def folder_of(url: str) -> Path:
    """The folder that `file:///absolute/folder` names. Raises ValueError for any other scheme or form."""
    wanted = "write file:///absolute/folder"
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ValueError(f"this cannot be read as a URL; {wanted}") from error
    if parts.scheme != "file":
        raise ValueError(f"the scheme {parts.scheme!r} is not supported; {wanted}")
    path = Path(unquote(parts.path))
    if parts.netloc not in ("", "localhost") or not path.is_absolute() or parts.query or parts.fragment:
        raise ValueError(f"{url!r} is not of the form file:///absolute/folder")
    return path


def open_blobs(url: str, service: str) -> Blobs:
    """The store of one service at `url` (see `folder_of`).

    Each has a folder of its own: a service deletes what it no longer refers to, and cannot know what another
    one keeps of the same content.
    """
    return FolderBlobs(folder_of(url) / service)


def _within(chunks: Iterator[bytes], max_bytes: int) -> Iterator[bytes]:
    taken = 0
    for chunk in chunks:
        taken += len(chunk)
        if taken > max_bytes:
            message = Text("文件超过 {limit} 字节的上限。", "The file is larger than {limit} bytes.")
            raise TooLarge(message.format(limit=f"{max_bytes:,}"))
        yield chunk


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _absent() -> NotFound:
    return NotFound(Text("没有找到这份文件。", "This file was not found."))

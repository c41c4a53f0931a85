"""How large, how long and how many: the limits on uploads, read from `data/limits.yaml`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What an uploaded file may be: bytes, PDF pages, image pixels, and the accepted media types."""

    max_bytes: int
    max_pages: int
    max_pixels: int
    accept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviewLimits:
    """The bounds of a page's picture, in pixels."""

    min_width: int
    max_width: int
    max_height: int


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What the processes that open uploaded files may use; see `data/limits.yaml` for each."""

    processes: int
    seconds: float
    parse_seconds: float
    wait_seconds: float
    memory_bytes: int
    resident_bytes: int
    idle_seconds: float
    jobs: int


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """All limits of this package; an item's own limits replace `uploads` by `dataclasses.replace`."""

    uploads: UploadLimits
    previews: PreviewLimits
    reading: ReadingLimits


@cache
def load_limits() -> DocumentLimits:
    """The limits as shipped; read once, the same immutable object afterwards."""
    data = yaml.safe_load(Path(__file__).with_name("data").joinpath("limits.yaml").read_text("utf-8"))
    uploads = data["uploads"]
    return DocumentLimits(
        uploads=UploadLimits(**{**uploads, "accept": tuple(uploads["accept"])}),
        previews=PreviewLimits(**data["previews"]),
        reading=ReadingLimits(**data["reading"]),
    )

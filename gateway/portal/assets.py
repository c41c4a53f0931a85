"""Static files: addresses that carry a content hash, and WhiteNoise to serve them for a year."""

import hashlib
from pathlib import Path

from flask import Flask, current_app
from whitenoise import WhiteNoise

STATIC_FOLDER = Path(__file__).parent / "static"
STATIC_PREFIX = "/static/"
_A_YEAR = 31_536_000
_HASH_LENGTH = 10
_EXTENSION = "yuanban-portal-assets"


class Assets:
    """Content hashes of the static files, each computed when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hashes: dict[str, str] = {}

    def url(self, path: str) -> str:
        """The address of `path` (below the static folder); changes whenever the content changes."""
        if path not in self._hashes:
            content = (self._folder / path).read_bytes()
            self._hashes[path] = hashlib.sha256(content).hexdigest()[:_HASH_LENGTH]
        return f"{STATIC_PREFIX}{path}?v={self._hashes[path]}"


def register(app: Flask) -> None:
    """Give the templates `asset(path)` and `icon_sprite()`."""
    app.extensions[_EXTENSION] = Assets(STATIC_FOLDER)
    app.add_template_global(asset)


def asset(path: str) -> str:
    """The address of a static file in this app."""
    assets: Assets = current_app.extensions[_EXTENSION]
    return assets.url(path)


def wrap_static(app: Flask) -> None:
    """Serve `/static/` in front of the app, compressed where a .br or .gz lies beside the file.

    Call it last: what wraps the app later does not see requests for static files.
    """
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign] # as Flask says to
        app.wsgi_app,
        root=str(STATIC_FOLDER),
        prefix=STATIC_PREFIX,
        max_age=_A_YEAR,
        immutable_file_test=lambda _path, _url: True,
    )

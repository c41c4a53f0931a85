"""Files on the wire: a safe content type, a name that is only a name, nothing a browser would run."""

from urllib.parse import quote

from flask import Response


def file_response(data: bytes, media_type: str, file_name: str, *, attachment: bool = False) -> Response:
    """Serve bytes for reading; `file_name` is shown to the reader and is never a path."""
    kind = "attachment" if attachment else "inline"
    response = Response(data, content_type=media_type)
    response.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(file_name, safe='')}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response

"""Files of the services passed on to the browser with headers that make them harmless."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from flask import Response

from gateway.portal.context import current_client
from gateway.portal.security import FILE_CSP
from gateway.portal.services import RefusedError

# Whatever a service answers, nothing else is ever served: a file must not become a page of this site.
_SAFE_TYPES = {"application/pdf", "image/png", "image/jpeg", "text/csv"}
_FILE_NAME = re.compile(r"filename\*=UTF-8''[A-Za-z0-9._~%-]+", re.IGNORECASE)


def passed_on(
    service: str, path: str, *, inline: bool, name: str = "", params: Mapping[str, str] | None = None
) -> Response:
    """GET a file of a service for the reader; `name` where the service gives none.

    Raises RefusedError when the service does not give the file.
    """
    answer = current_client().open(service, path, params)
    if answer.stream is None:
        raise RefusedError(answer)
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type not in _SAFE_TYPES:
        media_type, inline = "application/octet-stream", False
    response = Response(answer.stream.chunks, content_type=media_type)
    response.call_on_close(answer.stream.close)
    if "Content-Length" in answer.headers:
        response.headers["Content-Length"] = answer.headers["Content-Length"]
    named = _FILE_NAME.search(answer.headers.get("Content-Disposition", ""))
    disposition = "inline" if inline else "attachment"
    file_name = named.group(0) if named else f"filename*=UTF-8''{quote(name, safe='')}" if name else ""
    response.headers["Content-Disposition"] = f"{disposition}; {file_name}" if file_name else disposition
    # Chromium shows no PDF inside a sandbox. Only our own PDFs are shown inline; uploads are downloads.
    response.headers["Content-Security-Policy"] = FILE_CSP.replace("; sandbox", "") if inline else FILE_CSP
    return response

"""Files handed in after a use, and what the refusals of acts become on a page."""

from collections.abc import Mapping
from os import SEEK_END
from urllib.parse import quote

from werkzeug.datastructures import FileStorage

from gateway.clients import ApiResponse
from gateway.portal.asking import TOP, Wrong, errors_of, wrong_of
from gateway.portal.context import current_client
from gateway.portal.fields import ErrorLine
from gateway.portal.machines.asking import PRODUCTION
from shared.network import CHUNK, BodyStream

ABOUT_THE_FILE = {400, 413, 415, 422}
"""Refusals of an upload that are about the file, and so belong beside its control."""


def upload(path: str, file: FileStorage, guard: Mapping[str, str]) -> ApiResponse:
    """PUT a file with its name."""
    headers = {
        "Content-Type": file.mimetype or "application/octet-stream",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.filename or '', safe='')}",
        **guard,
    }
    size = file.stream.seek(0, SEEK_END)
    file.stream.seek(0)
    body = BodyStream(iter(lambda: file.stream.read(CHUNK), b""), size)
    return current_client().put(PRODUCTION, path, data=body, headers=headers)


def refused(response: ApiResponse) -> Wrong:
    """What is about no control leads to the form."""
    return wrong_of(errors_of(response), ())


def sentence_of(response: ApiResponse) -> str:
    """What is wrong, in the service's words."""
    found: str = errors_of(response)[0]["message"]
    return found


def about_file(sentence: str) -> Wrong:
    """A sentence beside the control for the file."""
    return Wrong({"file": sentence}, [ErrorLine(sentence, "#file" if sentence else f"#{TOP}")])

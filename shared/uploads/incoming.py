"""A file as it comes in with a request: the raw body, or the field `file` of a form."""

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header

from shared.errors import BadRequest, TooLarge
from shared.text import Text
from shared.uploads.limits import load_limits

_ENVELOPE = 64 * 1024  # what a multipart form adds around the file


def read_upload() -> tuple[bytes, str | None, str]:
    """Bytes, declared type and name of the file in the request; nothing of it has been judged.

    Raises BadRequest where a form has no file, TooLarge past the limit of all uploads.
    """
    limit = load_limits().uploads.max_bytes
    request.max_content_length = limit + _ENVELOPE
    try:
        if request.mimetype == "multipart/form-data":
            form_file = request.files.get("file")
            if form_file is None:
                raise BadRequest(Text("表单中缺少文件（file）", "The form has no file (field `file`)"))
            return form_file.read(), form_file.mimetype, form_file.filename or ""
        data = request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise TooLarge(
            Text("文件不能超过{n} MB", "A file may have at most {n} MB").format(n=limit // (1024 * 1024))
        ) from error
    _, options = parse_options_header(request.headers.get("Content-Disposition", ""))
    return data, request.mimetype or None, options.get("filename", "")

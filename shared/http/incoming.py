"""What a client sends: its failures are the client's, and a part of it never passes for the whole."""

from typing import BinaryIO

from flask import Request

from shared.errors import Problem, RequestTimedOut


def guard_body(request: Request) -> None:
    """Have whoever reads this request's body see an error when it breaks off.

    The server says that the input ends where the body ends. It also ends where a client hung up, and werkzeug
    takes the one for the other unless it counts itself, which it does without that word of the server's.
    """
    if request.content_length is not None:
        request.environ.pop("wsgi.input_terminated", None)
    elif "Transfer-Encoding" not in request.headers:
        return
    request.environ["wsgi.input"] = _Incoming(request.environ["wsgi.input"])


class _Incoming:
    """The input of a request; a failure to read it is an OSError, which werkzeug answers with 400."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, less only at the end."""
        try:
            return self._source.read(size)
        except Problem:
            raise
        except BlockingIOError as error:  # the server's limit on waiting for a client (`shared/serve.py`)
            raise RequestTimedOut from error
        except Exception as error:
            # The server's own words for a chunk that is none, a body that breaks off, a line that is dead.
            raise OSError("the body cannot be read") from error

"""Structured logs: one JSON object (or one console line) an event, with the request id bound to it.

No line holds what people typed: neither bodies nor query strings are logged, and what others write into the
log of this process (databases in errors, gunicorn about requests it cannot read) loses its quotations here.
"""

import logging
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError

WITHHELD = "(the database's words are withheld: they quote values)"
_QUOTES_VALUES = (psycopg.Error, sqlite3.Error, DBAPIError)


def configure_logging(log_format: str, level: str) -> None:
    """Set up structlog and route the standard library's records through it."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(trace_without_values),
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("alembic", "fontTools"):
        logging.getLogger(chatty).setLevel("WARNING")
    # It names whole addresses, and quotes headers that it cannot read; whoever calls says what went wrong.
    logging.getLogger("urllib3").setLevel("ERROR")
    server = logging.getLogger("gunicorn.error")
    server.handlers[:] = []
    server.filters[:] = [without_quotations]
    server.propagate = True


def without_quotations(record: logging.LogRecord) -> bool:
    """A filter that keeps gunicorn's events and drops what they quote of a request, and the address."""
    words = str(record.msg)
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, BlockingIOError):  # see `server_hooks.py`
        record.msg, record.args, record.exc_info = "a client kept a thread waiting for too long", (), None
        record.levelno, record.levelname = logging.INFO, "INFO"
    elif words.startswith("Invalid request from ip="):
        structlog.contextvars.clear_contextvars()  # of the request that this thread answered before
        record.msg, record.args = "a request that is no valid HTTP was refused", ()
    elif words.startswith("Error handling request"):
        record.msg, record.args = "error handling a request", ()
    return True


def trace_without_values(
    exc_info: tuple[type[BaseException], BaseException, TracebackType | None],
) -> str:
    """The traceback as Python writes it, without the words of databases."""
    text = "".join(traceback.format_exception(*exc_info)).rstrip()
    for error in _chain(exc_info[1]):
        if isinstance(error, _QUOTES_VALUES):
            text = text.replace(str(error), WITHHELD)
    return text


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it came from."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [each.__cause__, each.__context__]

"""What goes into the log, and what stays out of it."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from shared.telemetry import configure_logging


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging as other tests know it, afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _fail() -> None:
    id_number = "990101199001010019"
    raise ValueError("something is wrong") from KeyError(len(id_number))


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_names_no_values_of_variables(
    capsys: pytest.CaptureFixture[str], log_format: str
) -> None:
    configure_logging(log_format, "INFO")
    try:
        _fail()
    except ValueError:
        structlog.get_logger("test").exception("unexpected error")
    written = capsys.readouterr().err
    assert "something is wrong" in written
    assert "990101199001010019" not in written


def test_json_lines_carry_the_request_id(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "INFO")
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger("test").info("request", status=200)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["request_id"], line["status"]) == ("request", "r-1", 200)

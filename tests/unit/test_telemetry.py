"""What goes into the log, and what stays out of it."""

import json
import logging
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
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


ID_NUMBER = "990101199001010019"


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_database_error_is_traced_without_the_values_it_quotes(
    capsys: pytest.CaptureFixture[str], log_format: str
) -> None:
    configure_logging(log_format, "INFO")
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        try:
            connection.execute(sa.text(f"SELECT no_such_function('{ID_NUMBER}')"))
        except sa.exc.OperationalError:
            structlog.get_logger("test").exception("unexpected error")
    engine.dispose()
    written = capsys.readouterr().err
    assert "OperationalError" in written
    assert "connection.execute" in written, "the place is still there"
    assert ID_NUMBER not in written.replace("SELECT no_such_function('{ID_NUMBER}')", "")


@pytest.mark.parametrize(
    ("message", "arguments", "left"),
    [
        (
            f"Invalid request from ip=203.0.113.7: {ID_NUMBER}",
            (),
            "a request that is no valid HTTP was refused",
        ),
        ("Error handling request %s %s", ("GET", f"/?id={ID_NUMBER}"), "error handling a request"),
        ("Worker (pid:%s) was sent SIGTERM!", (7,), "Worker (pid:7) was sent SIGTERM!"),
    ],
)
def test_the_server_quotes_nothing_of_a_request(
    capsys: pytest.CaptureFixture[str], message: str, arguments: tuple[object, ...], left: str
) -> None:
    configure_logging("json", "INFO")
    logging.getLogger("gunicorn.error").warning(message, *arguments)
    written = capsys.readouterr().err
    assert json.loads(written)["event"] == left
    assert "203.0.113.7" not in written


def test_a_service_that_answers_nonsense_is_not_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "DEBUG")
    urllib3 = logging.getLogger("urllib3.connection")
    urllib3.warning("Failed to parse headers (url=%s): unparsed data: %r", "/?q=1", ID_NUMBER)
    assert capsys.readouterr().err == ""


def test_a_request_that_nobody_could_read_is_not_put_down_to_the_one_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("json", "INFO")
    with structlog.contextvars.bound_contextvars(request_id="r-1"):  # the last that this thread answered
        logging.getLogger("gunicorn.error").warning("Invalid request from ip=127.0.0.1: %s", "nonsense")
    assert "r-1" not in capsys.readouterr().err

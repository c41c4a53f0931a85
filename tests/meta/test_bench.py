"""The measurements still run: what nobody has run for a month no longer works."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.rabbitmq,
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.timeout(600),
]

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        (("bench.events", "--events", "300", "--rounds", "1"), ("ping", "yuanban", "limit", "celery")),
        (("bench.events.backlog", "--events", "3000"), ("outbox → queue", "queue → effects")),
        (("bench.cases", "--requests", "16", "--rounds", "1"), ("ping", "floor", "service", "gateway")),
        (
            (
                *("bench.bookings", "--bookings", "2000", "--resources", "250", "--searches", "5"),
                *("--books", "5", "--requests", "16", "--seconds", "1", "--rounds", "1"),
            ),
            ("PostgreSQL, search", "SQLite, booking", "4 processes at one resource", "service", "bare"),
        ),
    ],
    ids=["events", "backlog", "cases", "bookings"],
)
def test_a_measurement_runs_to_its_table(arguments: tuple[str, ...], rows: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    table = done.stdout[done.stdout.index("┏") :]
    assert [row for row in rows if row not in table] == []

"""What the simulated system knows, in a SQLite file of its own: it survives whatever happens to Yuanban."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS filing (
    reference TEXT PRIMARY KEY, facts TEXT NOT NULL, receipt TEXT NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS answer (
    reference TEXT NOT NULL, number INTEGER NOT NULL, facts TEXT NOT NULL, PRIMARY KEY (reference, number)
);
CREATE TABLE IF NOT EXISTS step (
    reference TEXT NOT NULL, number INTEGER NOT NULL, happens_at TEXT NOT NULL, said TEXT NOT NULL,
    PRIMARY KEY (reference, number)
);
CREATE TABLE IF NOT EXISTS material (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS paper (
    reference TEXT NOT NULL, id TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (reference, id)
);
"""

Json = dict[str, Any]


class Store:
    """One file; every public method is one transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as db:
            db.executescript(_TABLES)

    def filing(self, reference: str) -> tuple[Json, str] | None:
        """What was filed and the receipt number."""
        with self._open() as db:
            row = db.execute("SELECT facts, receipt FROM filing WHERE reference = ?", (reference,)).fetchone()
        return (json.loads(row[0]), row[1]) if row else None

    def file(self, reference: str, facts: Json, receipt: str, steps: list[tuple[datetime, Json]]) -> None:
        """Keep a filing and what will happen to it."""
        with self._open() as db:
            db.execute(
                "INSERT INTO filing VALUES (?, ?, ?)",
                (reference, json.dumps(facts, ensure_ascii=False), receipt),
            )
            self._add(db, reference, steps)

    def answered(self, reference: str, number: int) -> bool:
        """Whether the answer is here already."""
        with self._open() as db:
            query = "SELECT 1 FROM answer WHERE reference = ? AND number = ?"
            return db.execute(query, (reference, number)).fetchone() is not None

    def answer(self, reference: str, number: int, facts: Json, steps: list[tuple[datetime, Json]]) -> None:
        """Keep an answer and what will happen next."""
        with self._open() as db:
            said = json.dumps(facts, ensure_ascii=False)
            db.execute("INSERT INTO answer VALUES (?, ?, ?)", (reference, number, said))
            self._add(db, reference, steps)

    def withdraw(self, reference: str, now: datetime, step: tuple[datetime, Json]) -> None:
        """What has not happened yet never will; the withdrawal is the last step."""
        with self._open() as db:
            db.execute(
                "DELETE FROM step WHERE reference = ? AND happens_at > ?", (reference, now.isoformat())
            )
            self._add(db, reference, [step])

    def steps(self, reference: str, until: datetime) -> list[tuple[int, datetime, Json]]:
        """What has happened until an instant, in order."""
        with self._open() as db:
            rows = db.execute(
                "SELECT number, happens_at, said FROM step WHERE reference = ? AND happens_at <= ?"
                " ORDER BY number",
                (reference, until.isoformat()),
            ).fetchall()
        return [(number, datetime.fromisoformat(at), json.loads(said)) for number, at, said in rows]

    def keep_material(self, sha256: str, size: int) -> None:
        """Remember that a material came; what is in it does not matter here."""
        with self._open() as db:
            db.execute("INSERT OR IGNORE INTO material VALUES (?, ?)", (sha256, size))

    def has_material(self, sha256: str) -> bool:
        """Whether it came."""
        with self._open() as db:
            return db.execute("SELECT 1 FROM material WHERE sha256 = ?", (sha256,)).fetchone() is not None

    def keep_paper(self, reference: str, paper_id: str, content: bytes) -> None:
        """Keep an issued document; the first one stays."""
        with self._open() as db:
            db.execute("INSERT OR IGNORE INTO paper VALUES (?, ?, ?)", (reference, paper_id, content))

    def paper(self, reference: str, paper_id: str) -> bytes | None:
        """An issued document."""
        with self._open() as db:
            query = "SELECT content FROM paper WHERE reference = ? AND id = ?"
            row = db.execute(query, (reference, paper_id)).fetchone()
        return bytes(row[0]) if row else None

    def count(self) -> int:
        """How many filings there are: the same one twice counts once."""
        with self._open() as db:
            return int(db.execute("SELECT count(*) FROM filing").fetchone()[0])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=15)
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def _add(self, db: sqlite3.Connection, reference: str, steps: list[tuple[datetime, Json]]) -> None:
        query = "SELECT coalesce(max(number), 0) FROM step WHERE reference = ?"
        last = int(db.execute(query, (reference,)).fetchone()[0])
        for number, (at, said) in enumerate(steps, start=last + 1):
            row = (reference, number, at.isoformat(), json.dumps(said, ensure_ascii=False))
            db.execute("INSERT INTO step VALUES (?, ?, ?, ?)", row)

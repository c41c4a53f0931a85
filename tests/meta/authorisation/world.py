"""One park for the whole table: every object is made once, and what a request changed is put back."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa

from approvals.supervision.commands import warn
from facilities.production.statements.model import MonthlyStatement
from shared.actor import SYSTEM
from shared.auditing.anchors import Anchorer
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.approvals.late import let_limits_pass
from tests.integration.approvals.people import OTHER_AGENT
from tests.meta.authorisation.known import read
from tests.park.park import Park
from tests.park.people import ELSEWHERE
from tests.park.requests import operations
from tests.park.scene import Scene
from tests.park.scenes import SCENES


class World:
    """The park with an object of every kind, as it is before each request of the table."""

    def __init__(self, make_sqlite_system: SystemFactory, clock: ManualClock, objects: set[str]) -> None:
        self.park = Park(make_sqlite_system)
        self.park.found_organisations()
        self.operations = operations(self.park.description())
        """Those of the published document."""
        self.scenes: dict[str, Scene] = {name: SCENES[name](self.park) for name in sorted(objects)}
        self._others()
        for service in self.park.services:
            assert Anchorer(self.park.system.runtime(service)).keep()
        clock.advance(timedelta(days=7))  # to the day by which intake has to answer
        codes = "SELECT query_code FROM approval_case WHERE query_code IS NOT NULL"
        self.query_codes = {row["query_code"] for row in read(self.park, "enterprise", codes)}
        """By which applicants look their cases up."""
        self._files = {name: _File(self.park, name) for name in self.park.services}

    def _others(self) -> None:
        """Another applicant's cases, and one that another department is to handle."""
        with self.park.for_nobody_else():
            self.park.draft(OTHER_AGENT)
            self.park.submitted(OTHER_AGENT)
            case_id = self.park.submitted(OTHER_AGENT)
            late = self.park.accepted(actor=OTHER_AGENT)
        let_limits_pass(self.park.system, late)
        with self.park.system.runtime("enterprise").transaction(SYSTEM) as tx:
            # No item of another department can be applied for online yet, so a case is moved there.
            moved = {"department": ELSEWHERE, "case_id": case_id.replace("-", "")}
            for table, key in (("approval_case", "id"), ("task", "case_id")):
                move = f"UPDATE {table} SET department = :department WHERE {key} = :case_id"  # noqa: S608
                tx.session.execute(sa.text(move), moved)
        with self.park.system.runtime("enterprise").transaction(SYSTEM) as tx:
            warn(tx, {"case_id": late})
        with self.park.system.runtime("production").transaction(SYSTEM) as tx:
            for firm in (self.park.on_behalf_of, self.park.other_organisation):
                balances = {"opening_fen": 0, "closing_fen": 0, "lines": 2}
                tx.session.add(MonthlyStatement(firm=firm, month="2026-10", closed_at=tx.now, **balances))

    @contextmanager
    def put_back(self) -> Iterator[list[str]]:
        """Puts every database back as it was; gives the names of those the block has changed."""
        changed: list[str] = []
        yield changed
        for name, file in self._files.items():
            if file.has_changed():
                changed.append(name)
                file.put_back()

    def close(self) -> None:
        """Give the files back."""
        for file in self._files.values():
            file.close()


class _File:
    """The database file of one service: whether anybody committed to it, and a copy to put back."""

    def __init__(self, park: Park, service: str) -> None:
        path = park.system.runtime(service).database.url.database
        self._live = sqlite3.connect(path or "", isolation_level=None)
        self._copy = sqlite3.connect(":memory:")
        self._live.backup(self._copy)
        self._seen = self._version()

    def _version(self) -> int:
        """A number that another one's commit changes, and nothing else."""
        (version,) = self._live.execute("PRAGMA data_version").fetchone()
        return int(version)

    def has_changed(self) -> bool:
        """Whether something was committed since the last look."""
        seen, self._seen = self._seen, self._version()
        return seen != self._seen

    def put_back(self) -> None:
        """Let the file be what it was in the beginning."""
        self._copy.backup(self._live)
        self._seen = self._version()

    def close(self) -> None:
        """Give it back."""
        self._live.close()
        self._copy.close()

"""A case (办件) and what belongs to it: log, clock facts, materials, what may follow, correction notices."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.cases.lifecycle import State
from approvals.items.model import Route
from shared.database import Aggregate, Base, BigId, JsonDoc, UtcDateTime, text_enum


class Case(Aggregate, Base):
    """One application under one version of one item."""

    __tablename__ = "approval_case"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    item_code: Mapped[str] = mapped_column(sa.String(50))
    item_version: Mapped[str] = mapped_column(sa.String(40))
    department: Mapped[str] = mapped_column(sa.String(18))
    """Unified social credit code of the implementing body (实施主体)."""
    number: Mapped[str | None] = mapped_column(sa.String(50), unique=True)
    query_code: Mapped[str | None] = mapped_column(sa.String(16))
    state: Mapped[State] = mapped_column(text_enum(State))
    route: Mapped[Route] = mapped_column(sa.String(16), default="ordinary", server_default="ordinary")
    """The way of filing, chosen while it is a draft and fixed by handing in."""
    applicant_id: Mapped[UUID] = mapped_column(sa.Uuid)
    applicant_name: Mapped[str] = mapped_column(sa.String(120))
    on_behalf_of: Mapped[str | None] = mapped_column(sa.String(18))
    """The organisation's unified social credit code when the application is made for one."""
    subject_name: Mapped[str | None] = mapped_column(sa.String(200))
    """What the case is about, in a list: for A1 the name of the company to be."""
    answers_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    """The answers as typed, encrypted: they hold ID numbers and phones."""
    taken_back: Mapped[dict[str, int]] = mapped_column(JsonDoc, default=dict, server_default="{}")
    """The last version of each material that was taken back, by its code: no version comes twice."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The reading of the deadline ledger that lists are ordered by; recomputed from the facts, never edited.
    due_on: Mapped[date | None]
    due_kind: Mapped[str | None] = mapped_column(sa.String(16))
    yellow_on: Mapped[date | None]
    due_provisional: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The instant, where the limit is in hours."""
    yellow_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dates: Mapped[dict[str, Any]] = mapped_column(JsonDoc, default=dict, server_default="{}")
    """Every clock that runs, by its key (see `approvals.cases.dates`)."""
    latest_due_on: Mapped[date | None]
    """The last of these dates: a calendar of a year before it moves none of them."""
    resumes_on: Mapped[date | None]
    """While special procedures stop the clocks: the day on which the last of them is expected to end."""

    entries: Mapped[list["CaseEntry"]] = relationship(order_by="CaseEntry.number", lazy="select")
    facts: Mapped[list["CaseFact"]] = relationship(order_by="CaseFact.number", lazy="select")
    materials: Mapped[list["CaseMaterial"]] = relationship(order_by="CaseMaterial.code", lazy="select")
    corrections: Mapped[list["CorrectionNotice"]] = relationship(
        order_by="CorrectionNotice.round", lazy="select"
    )
    deferrals: Mapped[list["Deferral"]] = relationship(order_by="Deferral.round", lazy="select")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint("route IN ('ordinary','promise')", name="route"),
        sa.Index("ix_approval_case_applicant", "applicant_id", "created_at", "id"),
        sa.Index("ix_approval_case_department", "department", "state", "due_on", "id"),
    )

    def add_material(self, row: "CaseMaterial") -> None:
        """Take a first file for a material; its version goes on from what was taken back before it."""
        row.version = self.taken_back.get(row.code, 0) + 1
        self.materials.append(row)

    def remove_material(self, row: "CaseMaterial") -> None:
        """Let a file go; the caller deletes its row."""
        self.taken_back = {**self.taken_back, row.code: row.version}
        self.materials.remove(row)


class CaseDepartment(Base):
    """A department beside the case's own that has had a task on it, and may know of it since (并联审查)."""

    __tablename__ = "case_department"

    department: Mapped[str] = mapped_column(sa.String(18), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseEntry(Base):
    """One entry of the case's log; the state is derived from these."""

    __tablename__ = "case_entry"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"))
    number: Mapped[int]
    key: Mapped[str] = mapped_column(sa.String(32))
    code: Mapped[int | None]
    """The national event code 1–15, None for an entry of our own."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    effective_on: Mapped[date]
    """The legal date (Asia/Shanghai) from which it counts; before `at` for a deemed acceptance."""
    actor_kind: Mapped[str] = mapped_column(sa.String(16))
    """`applicant`, `window`, `reviewer`, `approver`, `manager`, `payer`, `authority` (another one's own
    system) or `system`."""
    actor_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    actor_name: Mapped[str] = mapped_column(sa.String(120))
    detail: Mapped[dict[str, Any] | None] = mapped_column(JsonDoc)
    """A sentence `{"zh", "en"}` for the reader of the timeline."""

    __table_args__ = (sa.UniqueConstraint("case_id", "number"),)


class CaseFact(Base):
    """One fact of the deadline ledger; appended, never edited."""

    __tablename__ = "case_fact"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(32))
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    days: Mapped[int | None]
    note: Mapped[dict[str, Any] | None] = mapped_column(JsonDoc)
    ref: Mapped[str | None] = mapped_column(sa.String(64))
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The instant from which it counts for a limit in hours; without one the end of `effective_on`."""

    __table_args__ = (sa.UniqueConstraint("case_id", "number"),)


class CaseMaterial(Base):
    """The file handed in for one material of the item; the bytes are in the blob store."""

    __tablename__ = "case_material"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"))
    code: Mapped[str] = mapped_column(sa.String(40))
    version: Mapped[int] = mapped_column(sa.Integer)
    file_name: Mapped[str] = mapped_column(sa.String(160))
    media_type: Mapped[str] = mapped_column(sa.String(40))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    pages: Mapped[int]
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    # `Case.add_material` gives the first version, `hand_in` every later one.
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - as above
    __table_args__ = (sa.UniqueConstraint("case_id", "code"),)


class CorrectionNotice(Base):
    """一次性告知: everything that has to be corrected, said once."""

    __tablename__ = "correction_notice"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"))
    round: Mapped[int]
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    official_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """None when another authority's system has asked."""
    official_name: Mapped[str] = mapped_column(sa.String(120))
    items: Mapped[list[dict[str, Any]]] = mapped_column(JsonDoc)
    """`[{"target": "/answers/…" or "/materials/…", "requirement": "…"}]`."""
    seen_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    """What stood at each target when the notice was sent, encrypted, to tell whether it was touched."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (sa.UniqueConstraint("case_id", "round"),)


class DeferralState(StrEnum):
    """Where a promise to hand in later stands: `lapsed` when the case went another way meanwhile."""

    PROMISED = "promised"
    DUE = "due"
    MADE_UP = "made_up"
    BROKEN = "broken"
    LAPSED = "lapsed"


class Deferral(Base):
    """容缺受理: what the applicant has promised to hand in later, and what became of it.

    A promise is given with the application or with a corrected one; of several only the last one counts.
    """

    __tablename__ = "deferral"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"))
    round: Mapped[int]
    state: Mapped[DeferralState] = mapped_column(text_enum(DeferralState))
    codes: Mapped[list[str]] = mapped_column(JsonDoc)
    """The materials, in the item's order."""
    promised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    promised_by: Mapped[UUID] = mapped_column(sa.Uuid)
    due_on: Mapped[date | None] = mapped_column(index=True)
    """From acceptance on the last day to make up for it, as the ledger gives it; re-dated, never edited."""
    due_provisional: Mapped[bool] = mapped_column(default=False)
    made_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.UniqueConstraint("case_id", "round"),
        sa.CheckConstraint("state NOT IN ('due','made_up','broken') OR due_on IS NOT NULL", name="due"),
        sa.CheckConstraint("(state = 'made_up') = (made_up_at IS NOT NULL)", name="made_up"),
        sa.Index(
            "uq_deferral_standing",
            "case_id",
            unique=True,
            sqlite_where=sa.text("state IN ('promised','due')"),
            postgresql_where=sa.text("state IN ('promised','due')"),
        ),
    )


class Slip(Base):
    """An official slip (文书): its facts are fixed when it is issued; the same facts give the same PDF."""

    __tablename__ = "slip"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    number: Mapped[str] = mapped_column(sa.String(60))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    facts_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)


class NumberSeries(Base):
    """The last number given out in a series (case numbers of a day, slips of a year, credit codes)."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    last: Mapped[int]

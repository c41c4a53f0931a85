"""The State Council's notices as administrators enter them; what ships with the code is the ground below."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.calendar import DayEntry, DayKind, Notice
from shared.database import Aggregate, Base, JsonDoc, UtcDateTime
from shared.text import Text


class CalendarYear(Aggregate, Base):
    """A year about which administrators have entered something; its version guards all of it.

    The version goes up under the row's lock with whatever changes: the draft, or the notice in force.
    """

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)


class CalendarNotice(Base):
    """One notice with its days. It is never edited: another one takes its place.

    Without a number it is the year's draft. With the number it came into force, among the notices of all
    years; the newest of a year is the one in force.
    """

    __tablename__ = "calendar_notice"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    year: Mapped[int] = mapped_column(sa.ForeignKey("calendar_year.year"))
    number: Mapped[int | None] = mapped_column(unique=True)
    title: Mapped[dict[str, str]] = mapped_column(JsonDoc)
    document: Mapped[str] = mapped_column(sa.String(60))
    """Document number (发文字号), empty when it has none."""
    published_on: Mapped[date]
    url: Mapped[str] = mapped_column(sa.String(400))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_name: Mapped[str] = mapped_column(sa.String(120))
    in_force_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_name: Mapped[str | None] = mapped_column(sa.String(120))
    reason: Mapped[str | None] = mapped_column(sa.String(500))

    days: Mapped[list["CalendarDay"]] = relationship(
        order_by="CalendarDay.day", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (
        sa.CheckConstraint("(number IS NULL) = (in_force_at IS NULL)", name="in_force"),
        sa.Index(
            "uq_calendar_notice_draft",
            "year",
            unique=True,
            sqlite_where=sa.text("number IS NULL"),
            postgresql_where=sa.text("number IS NULL"),
        ),
        sa.Index("ix_calendar_notice_year", "year", "number"),
    )

    @property
    def source(self) -> Notice:
        """The text itself, as a source of days."""
        return Notice(Text.of(self.title), self.published_on, self.document, self.url)

    @property
    def entries(self) -> tuple[DayEntry, ...]:
        """Its days, in order."""
        source = self.source
        return tuple(DayEntry(row.day, row.kind, Text.of(row.name), source) for row in self.days)


class CalendarDay(Base):
    """One day that a notice takes out of the plain week."""

    __tablename__ = "calendar_day"

    notice_id: Mapped[UUID] = mapped_column(sa.ForeignKey("calendar_notice.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[DayKind] = mapped_column(sa.String(8))
    """`off` (休) or `work` (班, a make-up working day)."""
    name: Mapped[dict[str, str]] = mapped_column(JsonDoc)

    __table_args__ = (sa.CheckConstraint("kind IN ('off','work')", name="kind"),)

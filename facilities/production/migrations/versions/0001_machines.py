"""Shared machines: what firms offer, what it costs, and what is kept of each booking.

Prices, charges, steps and runs only grow: the database itself refuses to change them.
"""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "production_0001"
down_revision = None
branch_labels = ("production",)
depends_on = None

_GROWING = ("machine_price", "machine_booking_entry", "machine_charge", "machine_run")
_FUNCTION = "refuse_to_change_the_trade"
_VERBS = ("UPDATE", "DELETE")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, create_constraint=True, length=24, name=name)


def upgrade() -> None:
    """Create the tables."""
    _machines()
    _bookings()
    _only_grow()


def _machines() -> None:
    op.create_table(
        "machine_crew",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.String(18), nullable=False, index=True),
        sa.Column("name", JsonDoc, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("ledger_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("people > 0", name="people"),
    )
    op.create_table(
        "machine",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("operated_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(18), nullable=False),
        sa.Column("contact", sa.Uuid(), nullable=False),
        sa.Column("name", JsonDoc, nullable=False),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("process", sa.String(32), nullable=False),
        sa.Column("accuracy_um", sa.Integer()),
        sa.Column("travel_x_mm", sa.Integer()),
        sa.Column("travel_y_mm", sa.Integer()),
        sa.Column("travel_z_mm", sa.Integer()),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("operator", _one_of("operator", "none", "included", "extra"), nullable=False),
        sa.Column("crew_id", sa.Uuid(), sa.ForeignKey("machine_crew.id")),
        sa.Column("confidentiality", sa.String(32), nullable=False),
        sa.Column("qualification", sa.String(200)),
        sa.Column("qualified_until", sa.Date()),
        sa.Column("hours", JsonDoc, nullable=False),
        sa.Column("rules", JsonDoc, nullable=False),
        sa.Column("cancellation", JsonDoc, nullable=False),
        sa.Column("state", _one_of("machinestate", "draft", "published", "withdrawn"), nullable=False),
        sa.Column("ledger_id", sa.BigInteger()),
        sa.Column("calendar_id", sa.Uuid()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("units > 0", name="units"),
        sa.CheckConstraint("state <> 'published' OR ledger_id IS NOT NULL", name="published"),
        sa.CheckConstraint("crew_id IS NULL OR operator <> 'none'", name="crew"),
    )
    op.create_index("ix_machine_owner", "machine", ["owner", "id"])
    op.create_index("ix_machine_process", "machine", ["process", "state"])
    op.create_table(
        "machine_material",
        sa.Column("machine_id", sa.Uuid(), sa.ForeignKey("machine.id"), primary_key=True),
        sa.Column("material", sa.String(32), primary_key=True),
    )
    op.create_table(
        "machine_price",
        sa.Column("machine_id", sa.Uuid(), sa.ForeignKey("machine.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("unit", _one_of("unit", "hour", "shift", "day", "piece", "batch"), nullable=False),
        sa.Column("unit_fen", sa.BigInteger(), nullable=False),
        sa.Column("tariff", JsonDoc, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.UniqueConstraint("machine_id", "effective_on"),
    )


def _bookings() -> None:
    op.create_table(
        "machine_booking",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), sa.ForeignKey("machine.id"), nullable=False),
        sa.Column("owner", sa.String(18), nullable=False),
        sa.Column("customer", sa.String(18), nullable=False),
        sa.Column("with_operator", sa.Boolean(), nullable=False),
        sa.Column("pieces", sa.Integer()),
        sa.Column("purpose", sa.String(400), nullable=False),
        sa.Column("deposit_fen", sa.BigInteger(), nullable=False),
        sa.Column("tariff", JsonDoc, nullable=False),
        sa.Column("cancellation", JsonDoc, nullable=False),
    )
    op.create_index("ix_machine_booking_owner", "machine_booking", ["owner", "id"])
    op.create_index("ix_machine_booking_customer", "machine_booking", ["customer", "id"])
    op.create_index("ix_machine_booking_machine", "machine_booking", ["machine_id", "id"])
    op.create_table(
        "machine_booking_entry",
        sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("machine_booking.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("step", sa.String(24), nullable=False),
        sa.Column("party", _one_of("party", "customer", "provider", "system"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("reason", sa.String(400)),
    )
    op.create_table(
        "machine_charge",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("machine_booking.id"), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("text", JsonDoc, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.UniqueConstraint("booking_id", "reason", "seq"),
    )
    op.create_table(
        "machine_run",
        sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("machine_booking.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid()),
        sa.CheckConstraint("ended_at > started_at", name="times"),
    )


def _only_grow() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP; END $$"
        )
        for table in _GROWING:
            op.execute(
                f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
            )
        return
    for table in _GROWING:
        for verb in _VERBS:
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} only grows: {verb} is refused'); END"
            )


def downgrade() -> None:
    """Drop the tables, and their triggers with them."""
    for table in (*_GROWING, "machine_booking", "machine_material", "machine", "machine_crew"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION {_FUNCTION}()")

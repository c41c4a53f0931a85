"""Money for parking: orders, payments that only grow, refunds, coupons, and the accounts of each day."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "living_0003"
down_revision = "living_0002"
branch_labels = None
depends_on = None

_GROWING = "parking_payment"
_FUNCTION = "refuse_to_change_payments"
_VERBS = ("UPDATE", "DELETE")
_SUBJECTS = ("stay", "pass", "reservation")
_TABLES = (
    "parking_sandbox",
    "parking_difference",
    "parking_day",
    "parking_coupon",
    "parking_refund",
    "parking_payment",
    "parking_order",
)


def upgrade() -> None:
    """Create the tables, and let no payment be changed."""
    _orders()
    _payments()
    _refunds()
    _coupons()
    _days()
    _sandbox()
    _only_grow()


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, create_constraint=True, length=24, name=name)


def _about() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("lot_id", sa.Uuid(), sa.ForeignKey("parking_lot.id"), nullable=False),
        sa.Column("subject", _one_of("paidfor", *_SUBJECTS), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
    )


def _orders() -> None:
    op.create_table(
        "parking_order",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_about(),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("state", _one_of("orderstate", "pending", "paid", "failed", "expired"), nullable=False),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column("made_by", sa.Uuid(), index=True),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
    )
    op.create_index("ix_parking_order_subject", "parking_order", ["subject", "subject_id", "id"])
    op.create_index(
        "uq_parking_order_pending",
        "parking_order",
        ["subject", "subject_id"],
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )


def _payments() -> None:
    op.create_table(
        "parking_payment",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("order_id", sa.Uuid(), sa.ForeignKey("parking_order.id"), index=True),
        sa.Column("refunds", sa.Uuid(), sa.ForeignKey("parking_payment.id"), index=True),
        *_about(),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.CheckConstraint("fen <> 0 AND (fen < 0) = (refunds IS NOT NULL)", name="fen"),
        sa.UniqueConstraint("provider", "reference"),
    )
    op.create_index("ix_parking_payment_subject", "parking_payment", ["subject", "subject_id", "at"])
    op.create_index("ix_parking_payment_lot", "parking_payment", ["lot_id", "at", "id"])


def _refunds() -> None:
    op.create_table(
        "parking_refund",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("payment_id", sa.Uuid(), sa.ForeignKey("parking_payment.id"), nullable=False),
        *_about(),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("before_fen", sa.BigInteger(), nullable=False),
        sa.Column("of_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("state", _one_of("refundstate", "pending", "made", "failed"), nullable=False),
        sa.Column("error", sa.String(500), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime()),
        sa.Column("made_by", sa.Uuid()),
        sa.UniqueConstraint("payment_id", "before_fen"),
        sa.CheckConstraint("fen > 0 AND before_fen >= 0 AND before_fen + fen <= of_fen", name="fits"),
        sa.CheckConstraint("(state = 'made') = (made_at IS NOT NULL)", name="made"),
    )
    op.create_index("ix_parking_refund_subject", "parking_refund", ["subject", "subject_id"])


def _coupons() -> None:
    op.create_table(
        "parking_coupon",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.String(16), nullable=False, unique=True),
        sa.Column("lot_id", sa.Uuid(), sa.ForeignKey("parking_lot.id"), nullable=False),
        sa.Column("giver", sa.String(18), nullable=False, index=True),
        sa.Column("name", JsonDoc, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", UtcDateTime(), nullable=False),
        sa.Column("stay_id", sa.Uuid(), sa.ForeignKey("parking_stay.id"), index=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("used_at", UtcDateTime()),
        sa.CheckConstraint("(stay_id IS NULL) = (used_at IS NULL)", name="used"),
        sa.CheckConstraint("minutes >= 0 AND fen >= 0 AND (minutes = 0) <> (fen = 0)", name="gives"),
    )


def _days() -> None:
    op.create_table(
        "parking_day",
        sa.Column("lot_id", sa.Uuid(), sa.ForeignKey("parking_lot.id"), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("made_at", UtcDateTime()),
        sa.Column("ours", JsonDoc),
        sa.Column("theirs", JsonDoc),
    )
    op.create_index("ix_parking_day_day", "parking_day", ["day"])
    kinds = ("ours_only", "theirs_only", "amounts_differ", "wrong_amount", "not_owed")
    op.create_table(
        "parking_difference",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("lot_id", sa.Uuid(), sa.ForeignKey("parking_lot.id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("kind", _one_of("differencekind", *kinds), nullable=False),
        sa.Column("ours_fen", sa.BigInteger()),
        sa.Column("theirs_fen", sa.BigInteger()),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime()),
        sa.Column("settled_by", sa.String(120), nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        sa.UniqueConstraint("provider", "reference", "kind"),
    )
    op.create_index("ix_parking_difference_day", "parking_difference", ["lot_id", "day"])
    op.create_index(
        "ix_parking_difference_open",
        "parking_difference",
        ["lot_id"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def _sandbox() -> None:
    op.create_table(
        "parking_sandbox",
        sa.Column("reference", sa.String(64), primary_key=True),
        sa.Column("shop", sa.String(64), nullable=False),
        sa.Column("order_number", sa.String(64), nullable=False, index=True),
        sa.Column("asked_as", sa.String(64), unique=True),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_parking_sandbox_shop", "parking_sandbox", ["shop", "at"])


def _only_grow() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {_GROWING}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {_GROWING}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        )
        return
    for verb in _VERBS:
        op.execute(
            f"CREATE TRIGGER {_GROWING}_refuses_{verb.lower()} BEFORE {verb} ON {_GROWING}"
            f" BEGIN SELECT RAISE(ABORT, '{_GROWING} only grows: {verb} is refused'); END"
        )


def downgrade() -> None:
    """Drop the tables, and their triggers with them."""
    for table in _TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION {_FUNCTION}()")

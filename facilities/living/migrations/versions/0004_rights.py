"""Rights to park: own cars, reservations, passes, bays of firms, visitors."""

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision = "living_0004"
down_revision = "living_0003"
branch_labels = None
depends_on = "facilities_0002"

_WAITING = sa.text("state = 'waiting'")
_INSIDE = sa.text("state = 'inside'")


def upgrade() -> None:
    """Create the tables."""
    _cars()
    _reservations()
    _passes()
    _periods()
    _quotas()
    _visitors()
    op.create_index(
        "ix_parking_stay_right",
        "parking_stay",
        ["right_id"],
        sqlite_where=_INSIDE,
        postgresql_where=_INSIDE,
    )


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _aggregate() -> list[sa.Column[int]]:
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
    ]


def _in_a_zone() -> list[sa.Column[object]]:
    return [
        sa.Column("lot_id", sa.Uuid(), sa.ForeignKey("parking_lot.id"), nullable=False),
        sa.Column("zone_id", sa.Uuid(), sa.ForeignKey("parking_zone.id"), nullable=False),
    ]


def _cars() -> None:
    op.create_table(
        "parking_car",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("plate", sa.String(16), nullable=False, index=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("account_id", "plate"),
    )


def _reservations() -> None:
    op.create_table(
        "parking_reservation",
        sa.Column("id", sa.Uuid(), sa.ForeignKey("booking.id"), primary_key=True),
        *_in_a_zone(),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("plate", sa.String(16), nullable=False),
        sa.Index("ix_parking_reservation_car", "lot_id", "plate"),
        sa.Index("ix_parking_reservation_account", "account_id", "id"),
    )


def _passes() -> None:
    vehicle = _choice("vehicleclass", "small", "large", "nev_small", "nev_large", "motorcycle")
    op.create_table(
        "parking_pass",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *_aggregate(),
        *_in_a_zone(),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle", vehicle, nullable=False),
        sa.Column("bays", sa.Integer(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("state", _choice("passstate", "waiting", "active", "expired", "lapsed"), nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("suspended_for", sa.String(400)),
        sa.Column("changed_in", sa.String(7), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("bays > 0 AND grace_days >= 0 AND changes >= 0", name="numbers"),
        sa.CheckConstraint("(since IS NULL) = (until IS NULL) AND since <= until", name="days"),
        sa.Index("ix_parking_pass_holder", "holder_id", "id"),
        sa.Index("ix_parking_pass_lot", "lot_id", "id"),
    )
    op.create_table(
        "parking_pass_car",
        sa.Column("pass_id", sa.Uuid(), sa.ForeignKey("parking_pass.id"), primary_key=True),
        sa.Column("plate", sa.String(16), primary_key=True, index=True),
        sa.Column("number", sa.Integer(), nullable=False),
    )


def _periods() -> None:
    said = "since <= until AND months > 0 AND first >= 0 AND price_fen >= 0"
    op.create_table(
        "parking_pass_period",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("pass_id", sa.Uuid(), sa.ForeignKey("parking_pass.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("tariff", sa.Integer(), nullable=False),
        sa.Column("state", _choice("periodstate", "waiting", "paid", "lapsed"), nullable=False),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.Column("pay_by", UtcDateTime(), nullable=False),
        sa.Column("paid_at", UtcDateTime()),
        sa.CheckConstraint(said, name="period"),
        sa.CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="paid"),
        sa.UniqueConstraint("pass_id", "number"),
        sa.Index(
            "uq_parking_pass_period_waiting",
            "pass_id",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )
    op.create_table(
        "parking_pass_claim",
        sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("booking.id"), primary_key=True),
        sa.Column(
            "period_id", sa.Uuid(), sa.ForeignKey("parking_pass_period.id"), nullable=False, index=True
        ),
    )


def _quotas() -> None:
    op.create_table(
        "parking_quota_rule",
        sa.Column("zone_id", sa.Uuid(), sa.ForeignKey("parking_zone.id"), primary_key=True),
        *_aggregate(),
        sa.Column("lot_id", sa.Uuid(), sa.ForeignKey("parking_lot.id"), nullable=False),
        sa.Column("bays", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("bays >= 0", name="bays"),
    )
    op.create_table(
        "parking_quota",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *_aggregate(),
        *_in_a_zone(),
        sa.Column("firm", sa.String(18), nullable=False, index=True),
        sa.Column("bays", sa.Integer(), nullable=False),
        sa.Column("state", _choice("quotastate", "granted", "withdrawn"), nullable=False),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime()),
        sa.CheckConstraint("bays >= 0 AND (bays = 0) = (state = 'withdrawn')", name="bays"),
        sa.UniqueConstraint("zone_id", "firm"),
        sa.Index("ix_parking_quota_lot", "lot_id", "id"),
    )
    op.create_table(
        "parking_quota_car",
        sa.Column("quota_id", sa.Uuid(), sa.ForeignKey("parking_quota.id"), primary_key=True),
        sa.Column("plate", sa.String(16), primary_key=True, index=True),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    op.create_table(
        "parking_quota_claim",
        sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("booking.id"), primary_key=True),
        sa.Column("quota_id", sa.Uuid(), sa.ForeignKey("parking_quota.id"), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Index("ix_parking_quota_claim_month", "quota_id", "month"),
    )


def _visitors() -> None:
    op.create_table(
        "parking_visit",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *_aggregate(),
        sa.Column("lot_id", sa.Uuid(), sa.ForeignKey("parking_lot.id"), nullable=False),
        sa.Column("plate", sa.String(16), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("firm", sa.String(18), index=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", _choice("visitstate", "invited", "come", "cancelled"), nullable=False),
        sa.Column("stay_id", sa.Uuid(), sa.ForeignKey("parking_stay.id"), index=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at AND minutes > 0", name="numbers"),
        sa.CheckConstraint("(state = 'come') = (stay_id IS NOT NULL)", name="stay"),
        sa.Index("ix_parking_visit_car", "lot_id", "plate", "ends_at"),
        sa.Index("ix_parking_visit_host", "host_id", "id"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index("ix_parking_stay_right", "parking_stay")
    for table in (
        "parking_visit",
        "parking_quota_claim",
        "parking_quota_car",
        "parking_quota",
        "parking_quota_rule",
        "parking_pass_claim",
        "parking_pass_period",
        "parking_pass_car",
        "parking_pass",
        "parking_reservation",
        "parking_car",
    ):
        op.drop_table(table)

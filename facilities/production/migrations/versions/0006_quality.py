"""What follows a use of a machine: quality results, offers of money, disputes with evidence, ratings.

What was said or handed in as evidence only grows: the database itself refuses to change it.
"""

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision = "production_0006"
down_revision = "production_0005"
branch_labels = None
depends_on = None

_TABLES = (
    "machine_evidence",
    "machine_dispute",
    "machine_offer",
    "machine_quality",
    "machine_rating",
    "machine_firm_rating",
)
_GROWS = "machine_evidence"
_PARTIES = ("customer", "provider", "system")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, create_constraint=True, length=24, name=name)


def _booking() -> sa.Column[object]:
    return sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("machine_booking.id"), nullable=False)


def upgrade() -> None:
    """Create the tables."""
    _quality()
    _offers()
    _disputes()
    _ratings()
    _only_grow()


def _quality() -> None:
    states = ("none", "recorded", "proposed", "accepted", "conceded")
    op.create_table(
        "machine_quality",
        sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("machine_booking.id"), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", _one_of("qualitystate", *states), nullable=False),
        sa.Column("accepted_pieces", sa.Integer()),
        sa.Column("rejected_pieces", sa.Integer()),
        sa.Column("measured", sa.String(2000), nullable=False),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("answer_by", UtcDateTime()),
        sa.Column("settled_at", UtcDateTime()),
        sa.Column("report_sha256", sa.String(64)),
        sa.Column("report_name", sa.String(120)),
        sa.Column("report_type", sa.String(64)),
        sa.Column("report_size", sa.Integer()),
        sa.CheckConstraint("accepted_pieces >= 0 AND rejected_pieces >= 0", name="pieces"),
        sa.CheckConstraint("(state IN ('accepted','conceded')) = (answer_by IS NULL)", name="waits_until"),
        sa.CheckConstraint("(report_sha256 IS NULL) = (report_name IS NULL)", name="report"),
    )


def _offers() -> None:
    states = ("open", "agreed", "declined", "withdrawn", "lapsed")
    op.create_table(
        "machine_offer",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _booking(),
        sa.Column("about", _one_of("about", "concession", "settlement"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("party", _one_of("party", *_PARTIES), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(400), nullable=False),
        sa.Column("state", _one_of("offerstate", *states), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("ended_at", UtcDateTime()),
        sa.UniqueConstraint("booking_id", "about", "number"),
        sa.CheckConstraint("amount_fen >= 0", name="amount"),
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "ix_machine_offer_open",
        "machine_offer",
        ["booking_id", "about"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _disputes() -> None:
    states = ("open", "answered", "settled", "decided", "withdrawn")
    reasons = ("quality", "delay", "damage", "billing", "other")
    op.create_table(
        "machine_dispute",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _booking(),
        sa.Column("customer", sa.String(18), nullable=False),
        sa.Column("owner", sa.String(18), nullable=False),
        sa.Column("opened_by", _one_of("party", *_PARTIES), nullable=False),
        sa.Column("reason", _one_of("reason", *reasons), nullable=False),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("claimed_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", _one_of("disputestate", *states), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("answer_by", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime()),
        sa.Column("amount_fen", sa.BigInteger()),
        sa.Column("decision", sa.String(2000)),
        sa.Column("decided_by", sa.Uuid()),
        sa.CheckConstraint("claimed_fen > 0 AND amount_fen >= 0", name="amounts"),
        sa.CheckConstraint("(state IN ('open','answered')) = (closed_at IS NULL)", name="closed"),
        sa.CheckConstraint("(state IN ('settled','decided')) = (amount_fen IS NOT NULL)", name="amount"),
    )
    stands = sa.text("state <> 'withdrawn'")
    op.create_index(
        "ix_machine_dispute_one",
        "machine_dispute",
        ["booking_id"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )
    op.create_index("ix_machine_dispute_state", "machine_dispute", ["state", "id"])
    op.create_index("ix_machine_dispute_customer", "machine_dispute", ["customer", "id"])
    op.create_index("ix_machine_dispute_owner", "machine_dispute", ["owner", "id"])
    op.create_table(
        "machine_evidence",
        sa.Column("dispute_id", sa.Uuid(), sa.ForeignKey("machine_dispute.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("party", _one_of("party", *_PARTIES), nullable=False),
        sa.Column("text", sa.String(2000)),
        sa.Column("sha256", sa.String(64), index=True),
        sa.Column("file_name", sa.String(120)),
        sa.Column("media_type", sa.String(64)),
        sa.Column("size", sa.Integer()),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.CheckConstraint("(text IS NULL) <> (sha256 IS NULL)", name="text_or_file"),
        sa.CheckConstraint("(sha256 IS NULL) = (file_name IS NULL)", name="file"),
    )


def _ratings() -> None:
    op.create_table(
        "machine_rating",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _booking(),
        sa.Column("party", _one_of("party", *_PARTIES), nullable=False),
        sa.Column("firm", sa.String(18), nullable=False),
        sa.Column("rated", sa.String(18), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("shown_at", UtcDateTime()),
        sa.Column("answer", sa.String(500)),
        sa.Column("answered_at", UtcDateTime()),
        sa.Column("hidden_at", UtcDateTime()),
        sa.Column("hidden_by", sa.Uuid()),
        sa.Column("hidden_reason", sa.String(400)),
        sa.UniqueConstraint("booking_id", "party"),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answer"),
        sa.CheckConstraint("(hidden_at IS NULL) = (hidden_reason IS NULL)", name="hidden"),
        sa.CheckConstraint("shown_at IS NOT NULL OR (answer IS NULL AND hidden_at IS NULL)", name="shown"),
    )
    op.create_index("ix_machine_rating_rated", "machine_rating", ["rated", "id"])
    op.create_table(
        "machine_firm_rating",
        sa.Column("uscc", sa.String(18), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.CheckConstraint("count > 0 AND stars BETWEEN count AND 5 * count", name="sums"),
    )


def _only_grow() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {_GROWS}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {_GROWS}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_trade()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {_GROWS}_refuses_{verb.lower()} BEFORE {verb} ON {_GROWS}"
            f" BEGIN SELECT RAISE(ABORT, '{_GROWS} only grows: {verb} is refused'); END"
        )


def downgrade() -> None:
    """Drop the tables, and their triggers with them."""
    for table in _TABLES:
        op.drop_table(table)

"""The books: both sides of every charge as lines that only grow, the open month, the statements of others.

What was charged before there were books is entered with the time at which it was charged.
"""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "production_0004"
down_revision = "production_0003"
branch_labels = None
depends_on = None

_GROWING = ("posting", "monthly_statement")
_FUNCTION = "refuse_to_change_the_books"
_CLOSED = "refuse_to_post_into_a_closed_month"
_VERBS = ("UPDATE", "DELETE")
_REASONS = (
    "price",
    "overtime",
    "early",
    "refund",
    "fee",
    "deposit",
    "commission",
    "payment",
    "correction",
    "other",
)
_COLUMNS = "about, sequence, side, firm, other, reason, amount_fen, posted_at, what, line_id"
_REASON_OF = """CASE
    WHEN charge.reason IN ('deposit', 'deposit_back') THEN 'deposit'
    WHEN charge.reason = 'refund' THEN 'refund'
    WHEN charge.reason = 'no_show_fee' THEN 'fee'
    WHEN charge.reason IN ('overtime', 'early') THEN charge.reason
    ELSE 'price' END"""


def upgrade() -> None:
    """Create the tables, enter what there is, and let nothing be changed from then on."""
    op.create_table(
        "posting",
        sa.Column("about", sa.Uuid(), primary_key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("side", _one_of("side", "customer", "owner", "commission"), primary_key=True),
        sa.Column("firm", sa.String(18), nullable=False),
        sa.Column("other", sa.String(18), nullable=False),
        sa.Column("reason", _one_of("reason", *_REASONS), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", UtcDateTime(), nullable=False),
        sa.Column("what", JsonDoc, nullable=False),
        sa.Column("corrects", sa.Integer()),
        sa.Column("line_id", sa.Uuid()),
        sa.UniqueConstraint("about", "corrects", "side"),
        sa.UniqueConstraint("line_id", "side"),
        sa.CheckConstraint("amount_fen <> 0", name="amount"),
        sa.CheckConstraint("(corrects IS NULL) = (reason <> 'correction')", name="correction"),
    )
    op.create_index("ix_posting_firm", "posting", ["firm", "posted_at", "about", "sequence", "side"])
    op.create_table(
        "posting_books",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("open_since", UtcDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name="one"),
    )
    op.create_table(
        "monthly_statement",
        sa.Column("firm", sa.String(18), primary_key=True),
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("opening_fen", sa.BigInteger(), nullable=False),
        sa.Column("closing_fen", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_monthly_statement_month", "monthly_statement", ["month", "firm"])
    _enter_what_there_is()
    _only_grow()


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, create_constraint=True, length=24, name=name)


def _enter_what_there_is() -> None:
    numbered = f"""
        SELECT charge.booking_id AS about, charge.id AS line_id, {_REASON_OF} AS reason,
               charge.amount_fen, charge.made_at, charge.text, booking.customer, booking.owner,
               row_number() OVER (PARTITION BY charge.booking_id ORDER BY charge.id) AS sequence
        FROM machine_charge charge JOIN machine_booking booking ON booking.id = charge.booking_id
        WHERE charge.amount_fen <> 0"""  # noqa: S608 - of constants alone
    for side, firm, other, amount, where in (
        ("customer", "customer", "CASE reason WHEN 'deposit' THEN '' ELSE owner END", "amount_fen", ""),
        ("owner", "owner", "customer", "-amount_fen", "WHERE reason <> 'deposit'"),
    ):
        lines = f"SELECT about, sequence, '{side}', {firm}, {other}, reason, {amount}, made_at, text, line_id"
        op.execute(f"INSERT INTO posting ({_COLUMNS}) {lines} FROM ({numbered}) lines {where}")


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
        op.execute(
            f"CREATE FUNCTION {_CLOSED}() RETURNS trigger LANGUAGE plpgsql AS $$"  # noqa: S608
            " DECLARE since timestamptz; BEGIN SELECT open_since INTO since FROM posting_books;"
            " IF NEW.posted_at < since THEN"
            " RAISE EXCEPTION 'the month of % is closed', NEW.posted_at; END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER posting_of_an_open_month BEFORE INSERT ON posting"
            f" FOR EACH ROW EXECUTE FUNCTION {_CLOSED}()"
        )
        return
    for table in _GROWING:
        for verb in _VERBS:
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} only grows: {verb} is refused'); END"
            )
    op.execute(
        "CREATE TRIGGER posting_of_an_open_month BEFORE INSERT ON posting"
        " WHEN EXISTS (SELECT 1 FROM posting_books WHERE NEW.posted_at < open_since)"
        " BEGIN SELECT RAISE(ABORT, 'the month is closed'); END"
    )


def downgrade() -> None:
    """Drop the tables, and their triggers with them."""
    for table in (*_GROWING, "posting_books"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for function in (_FUNCTION, _CLOSED):
            op.execute(f"DROP FUNCTION {function}()")

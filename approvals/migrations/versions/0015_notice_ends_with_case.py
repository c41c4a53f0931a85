"""A notice may be stopped because its case has ended without a decision."""

from alembic import op

revision = "approvals_0015"
down_revision = "approvals_0014"
branch_labels = None
depends_on = None

_BEFORE = ("objection", "withdrawn")
_NOW = (*_BEFORE, "case_ended")


def upgrade() -> None:
    """Take down what such cases left standing: nothing can be decided on it any more."""
    _allow(_NOW)
    op.execute(
        "UPDATE public_notice SET state = 'stopped', stop_reason = 'case_ended', ended_on ="
        " CASE WHEN last_on < CURRENT_DATE THEN last_on ELSE CURRENT_DATE END"
        " WHERE state = 'running' AND case_id IN (SELECT id FROM approval_case WHERE ended_at IS NOT NULL)"
    )


def downgrade() -> None:
    """The former shape knows two reasons: the nearest is that the application went no further."""
    op.execute("UPDATE public_notice SET stop_reason = 'withdrawn' WHERE stop_reason = 'case_ended'")
    _allow(_BEFORE)


def _allow(reasons: tuple[str, ...]) -> None:
    """SQLite changes no CHECK: there the table is made anew and copied."""
    known = "stop_reason IN ({})".format(", ".join(f"'{reason}'" for reason in reasons))
    with op.batch_alter_table("public_notice") as notice:
        notice.drop_constraint(op.f("ck_public_notice_stopreason"), type_="check")
        notice.create_check_constraint(op.f("ck_public_notice_stopreason"), known)

"""Find the materials that hold a file: asked before a file is forgotten."""

from alembic import op

revision = "approvals_0002"
down_revision = "approvals_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index(op.f("ix_case_material_sha256"), "case_material", ["sha256"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_index(op.f("ix_case_material_sha256"), table_name="case_material")

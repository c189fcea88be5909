"""changes of many stems at once, so that they can be undone

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stem_edits",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_stem_edits_created_at", "stem_edits", ["created_at"])
    op.create_table(
        "edited_stems",
        sa.Column("edit_id", sa.String(length=36), nullable=False),
        sa.Column("stem_id", sa.String(length=32), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["edit_id"], ["stem_edits.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["stem_id"], ["stems.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("edit_id", "stem_id"),
    )
    op.create_index("ix_edited_stems_stem_id", "edited_stems", ["stem_id"])


def downgrade() -> None:
    op.drop_index("ix_edited_stems_stem_id", "edited_stems")
    op.drop_table("edited_stems")
    op.drop_index("ix_stem_edits_created_at", "stem_edits")
    op.drop_table("stem_edits")

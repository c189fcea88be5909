"""which model is searched, and where stems lie on the map

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "library_marks",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "map_points",
        sa.Column("stem_id", sa.String(length=32), nullable=False),
        sa.Column("model_id", sa.String(length=128), nullable=False),
        sa.Column("x", sa.Float(), nullable=False),
        sa.Column("y", sa.Float(), nullable=False),
        sa.Column("landmark", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["stem_id"], ["stems.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("model_id", "stem_id"),
    )
    op.create_index("ix_map_points_stem_id", "map_points", ["stem_id"])


def downgrade() -> None:
    op.drop_index("ix_map_points_stem_id", "map_points")
    op.drop_table("map_points")
    op.drop_table("library_marks")

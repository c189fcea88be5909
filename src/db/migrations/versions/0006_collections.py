"""collections of stems, the favourites among them

Revision: 0006, after 0005
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    made = op.create_table(
        "collections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "collected_stems",
        sa.Column("collection_id", sa.String(length=36), nullable=False),
        sa.Column("stem_id", sa.String(length=32), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["collection_id"], ["collections.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["stem_id"], ["stems.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("collection_id", "stem_id"),
    )
    op.create_index("ix_collected_stems_stem_id", "collected_stems", ["stem_id"])
    moment = datetime.now(UTC)
    favourites = {
        "id": "favourites", "name": "Favourites", "note": "",
        "created_at": moment, "changed_at": moment,
    }  # fmt: skip
    op.bulk_insert(made, [favourites])


def downgrade() -> None:
    op.drop_index("ix_collected_stems_stem_id", "collected_stems")
    op.drop_table("collected_stems")
    op.drop_table("collections")

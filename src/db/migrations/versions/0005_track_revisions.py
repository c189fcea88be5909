"""of which track another is a revision

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tracks", sa.Column("parent_id", sa.String(length=36), nullable=True))
    op.create_index("ix_tracks_parent_id", "tracks", ["parent_id"])


def downgrade() -> None:
    op.drop_index("ix_tracks_parent_id", "tracks")
    op.drop_column("tracks", "parent_id")

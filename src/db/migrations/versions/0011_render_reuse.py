"""What a track was made of, so that the same request is answered by it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("tracks", sa.Column("made_of", sa.String(length=32), nullable=True))
    op.create_index("ix_tracks_made_of", "tracks", ["made_of"])


def downgrade() -> None:
    op.drop_index("ix_tracks_made_of", "tracks")
    op.drop_column("tracks", "made_of")

"""chords and notes of stems

Revision: 0009, after 0008
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in _added():
        op.add_column("stems", column)


def downgrade() -> None:
    for column in reversed(_added()):
        op.drop_column("stems", column.name)


def _added() -> list[sa.Column[Any]]:
    return [
        sa.Column("chords", sa.JSON(), nullable=True),
        sa.Column("progression", sa.Text(), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=True),
    ]

"""a running number for every change of a stem

A later migration that rebuilds ``stems``, ``embeddings`` or ``kits`` on SQLite (batch
mode copies and drops the table) must set the triggers up again.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

from src.db.rows.changes import change_triggers

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stem_changes",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("stem_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("stem_id"),
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO stem_changes (stem_id) SELECT id FROM stems ORDER BY id")
    connection = op.get_bind()
    for statement in change_triggers(connection.dialect.name):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in ("stems", "embeddings", "kits"):
            op.execute(f"DROP TRIGGER note_{table} ON {table}")
        for function in ("note_stem_row()", "note_embedding_row()", "note_kit_row()"):
            op.execute(f"DROP FUNCTION {function}")
        op.execute("DROP FUNCTION note_stem(text)")
    else:
        for table in ("stems", "embeddings"):
            for action in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER note_{table}_{action}")
        op.execute("DROP TRIGGER note_kits_update")
    op.drop_table("stem_changes")

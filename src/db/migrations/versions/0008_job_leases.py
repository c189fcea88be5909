"""leases, requests and events of jobs

Revision: 0008, after 0007
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OPEN = sa.text("status IN ('queued', 'running')")


def upgrade() -> None:
    for column in _added():
        op.add_column("jobs", column)
    op.create_index("ix_jobs_turn", "jobs", ["status", "kind", "created_at", "id"])
    op.create_index(
        "ix_jobs_alone", "jobs", ["alone"],
        unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN,
    )  # fmt: skip
    op.create_index("ix_jobs_request_key", "jobs", ["request_key"], unique=True)
    op.create_index("ix_jobs_finished_at", "jobs", ["finished_at"])
    op.create_table(
        "job_events",
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "number"),
    )


def downgrade() -> None:
    op.drop_table("job_events")
    for name in ("ix_jobs_finished_at", "ix_jobs_request_key", "ix_jobs_alone", "ix_jobs_turn"):
        op.drop_index(name, "jobs")
    for column in _added():
        op.drop_column("jobs", column.name)


def _added() -> list[sa.Column[Any]]:
    return [
        sa.Column("attempt", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("deaths", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("worker", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alone", sa.String(length=32), nullable=True),
        sa.Column("request_key", sa.String(length=255), nullable=True),
        sa.Column("request_digest", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("events", sa.Integer(), nullable=False, server_default="0"),
    ]

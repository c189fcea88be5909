"""Refused files as the API tells them."""

from datetime import datetime

from pydantic import BaseModel, Field


class QuarantinedOut(BaseModel):
    """A file that is kept out of the library, and why."""

    id: str
    original_path: str = Field(description="Where it lay, below the kits folder or absolute")
    stored_as: str = Field(description="Its name in the quarantine folder")
    reason: str = Field(description="Short name of the reason", examples=["not_audio"])
    message: str = Field(description="The reason in words")
    size_bytes: int
    moved: bool = Field(description="False: it was left in its place")
    path: str | None = Field(description="Where it lies now; null: it is gone")
    quarantined_at: datetime


class Retried(BaseModel):
    """A refused file that gets another chance."""

    id: str
    path: str = Field(description="Where it lies now, below the kits folder or absolute")
    job_id: str | None = Field(description="The analysis that was started")

"""Refused files as the API tells them."""

from datetime import datetime

from pydantic import BaseModel, Field


class QuarantinedFile(BaseModel):
    """A file that is kept out of the library, and why."""

    id: str
    original_path: str = Field(description="Where it lay, below the kits folder or absolute")
    stored_as: str = Field(description="Its name in the quarantine folder")
    reason: str = Field(description="Short name of the reason", examples=["not_audio"])
    message: str = Field(description="The reason in words")
    size_bytes: int
    moved: bool = Field(description="False: it had to stay where it was")
    quarantined_at: datetime

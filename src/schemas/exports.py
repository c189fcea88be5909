"""Exports as the API takes and tells them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from src.schemas.common import Page

FormatName = Literal[
    "wav", "flac", "mp3", "stems", "midi", "dawproject", "reaper", "picture", "credits"
]


class ExportRequest(BaseModel):
    """Which formats a track is to be exported to."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"formats": ["stems", "midi"]}, {}]},
    )

    formats: list[FormatName] | None = Field(
        default=None, min_length=1, max_length=32, description="Left out: all of them"
    )


class ExportedFileRecord(BaseModel):
    """A file that was made. name: below the track's exports"""

    name: str = Field(examples=["stems/01 kick.wav"])
    format: FormatName
    bytes: int


class ExportsRecord(BaseModel):
    """What there is of a track, without the addresses that the API adds. zips: their names"""

    track_id: str
    formats: list[FormatName]
    files: list[ExportedFileRecord]
    zips: list[str]


class ExportedFile(ExportedFileRecord):
    """A file that can be downloaded."""

    url: str


class Exports(BaseModel):
    """What there is of a track."""

    track_id: str
    formats: list[FormatName] = Field(description="Every format there could be")
    files: list[ExportedFile]
    zips: list[str] = Field(description="Where all files, or all of one kind, come as one zip")


class DeletedExports(BaseModel):
    """What was removed of a track; it can be exported again."""

    track_id: str
    files: list[str] = Field(description="Names of the files that are gone")
    bytes: int = Field(description="How much room they took")


class ExportedTrack(BaseModel):
    """A track that has exports."""

    track_id: str
    prompt: str
    created_at: datetime
    bytes: int = Field(description="What its exports take on the disk")


class ExportsUse(Page[ExportedTrack]):
    """The tracks that have exports, and what all of them take together."""

    used_bytes: int
    limit_bytes: int | None = Field(description="MAX_EXPORTS_MB; null: no limit")

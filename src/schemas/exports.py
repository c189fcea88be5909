"""Exports as the API takes and tells them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

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


class ExportedFile(BaseModel):
    """A file that can be downloaded."""

    name: str = Field(examples=["stems/01 kick.wav"])
    format: FormatName
    bytes: int
    url: str


class Exports(BaseModel):
    """What there is of a track."""

    track_id: str
    formats: list[FormatName] = Field(description="Every format there could be")
    files: list[ExportedFile]
    zips: list[str] = Field(description="Where all files, or all of one kind, come as one zip")

"""What is on the disk, as the API tells it."""

from typing import Literal

from pydantic import BaseModel, Field


class FolderUseOut(BaseModel):
    """One folder with all that lies below it."""

    name: Literal["raw", "processed", "tracks"]
    path: str
    files: int
    bytes: int


class Storage(BaseModel):
    """The library's folders and their disk."""

    folders: list[FolderUseOut]
    free_bytes: int = Field(description="On the disk of the processed folder")
    total_bytes: int

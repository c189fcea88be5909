"""Collections as the API takes and tells them."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from src.schemas.common import Line, Text

MOST_AT_ONCE = 10_000
"""Stems that one request may put in or take out."""


def _plain_name(name: str) -> str:
    if not name:
        raise ValueError("must say something, got only spaces")
    return name


CollectionName = Annotated[
    Line,
    AfterValidator(_plain_name),
    Field(min_length=1, max_length=100, examples=["Dark drums for the album"]),
]
Note = Annotated[Text, Field(max_length=2000, description="Free words")]
Ids = Annotated[
    list[Annotated[Text, Field(max_length=32)]],
    Field(max_length=MOST_AT_ONCE, description="Ids of stems"),
]


class NewCollection(BaseModel):
    """A collection to be made. What a deletion answered brings the deleted one back."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=r"^[0-9a-zA-Z_-]{1,36}$")] | None = Field(
        default=None,
        description="Of a deleted one: palettes that name it find it again. Left out: a new one",
    )
    name: CollectionName
    note: Note = ""
    stem_ids: Ids = Field(default_factory=list)


class CollectionChanges(BaseModel):
    """What shall be different. What is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: CollectionName | None = None
    note: Note | None = None


class CollectedChanges(BaseModel):
    """Stems to be put in and taken out, both in one step."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"add": ["8c1f0e6a2b9d4c37"]}]}
    )

    add: Ids = Field(default_factory=list)
    remove: Ids = Field(default_factory=list)

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        both = set(self.add) & set(self.remove)
        if both:
            raise ValueError(f"a stem can't be added and removed at once, got {min(both)!r}")
        return self


class CollectionSummary(BaseModel):
    """A collection in a list."""

    id: str = Field(examples=["favourites"])
    name: str
    note: str
    stems: int = Field(description="How many stems lie in it")
    built_in: bool = Field(description="The favourites: always there, never renamed or deleted")
    created_at: datetime
    changed_at: datetime


class CollectionDetail(CollectionSummary):
    """A collection with what lies in it."""

    stem_ids: list[str] = Field(description="The newest first")


class CollectedAnswer(BaseModel):
    """What a change did."""

    id: str
    added: list[str] = Field(description="Stems that were not in it before")
    removed: list[str] = Field(description="Stems that were in it before")
    stems: int = Field(description="How many lie in it now")


class DeletedCollection(BaseModel):
    """What was lost; a new collection with these values brings it back."""

    id: str
    name: str
    note: str
    stem_ids: list[str]

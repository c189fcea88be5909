"""Many stems at once: which ones, what is said of them, and what came of it."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from src.schemas.common import Text
from src.schemas.stem_filters import RangeText
from src.schemas.stems import Category, ChordNames, KeyName, StemChanges, Tag

MOST_IDS = 100_000

StemIdText = Annotated[str, Field(pattern=r"^[0-9a-zA-Z_-]{1,32}$")]
_Bpm = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
_Seconds = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
Field_ = Literal[
    "bpm", "key", "category", "is_loop", "tags", "name", "licence", "user_rating", "chords"
]


class StemFilterBody(BaseModel):
    """The filters of the list of stems; those left out do not restrict."""

    model_config = ConfigDict(extra="forbid")

    category: list[Category] | Category | None = Field(default=None, description="Any of these")
    bpm: RangeText | None = Field(default=None, description="128 or 120..130")
    bpm_min: _Bpm | None = None
    bpm_max: _Bpm | None = None
    key: KeyName | None = None
    compatible: StrictBool = Field(default=False, description="Also keys that mix well with it")
    duration: RangeText | None = Field(default=None, description="Seconds, such as 1..4")
    duration_min_s: _Seconds | None = None
    duration_max_s: _Seconds | None = None
    loudness: RangeText | None = Field(default=None, description="LUFS, such as -20..-10")
    rating: RangeText | None = Field(default=None, description="1 to 5, such as 4..")
    licence: Annotated[Text, Field(max_length=100)] | None = Field(
        default=None, description='Part of its name; "none": without one'
    )
    collection: Annotated[Text, Field(max_length=36)] | None = Field(
        default=None, description="Id of a collection"
    )
    is_loop: StrictBool | None = Field(default=None, description="Loops or one-shots only")
    kit: Annotated[Text, Field(max_length=255)] | None = Field(
        default=None, description="Id or name of a kit"
    )
    tag: Tag | None = None
    chords: ChordNames | None = Field(
        default=None, description="Loops that go over these chords, in this order"
    )
    q: Annotated[Text, Field(max_length=200)] = Field(
        default="", description="Part of name, file or kit"
    )
    missing: StrictBool | None = Field(default=None, description="Whether its originals are gone")

    @model_validator(mode="after")
    def _restricts(self) -> Self:
        if not self.model_fields_set:
            raise ValueError('an empty filter would mean everything: say {"all": true} instead')
        return self


class StemSelection(BaseModel):
    """Which stems: exactly one of ids, filter and all."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"ids": ["8c1f0e6a2b9d4c37"]},
                {"filter": {"category": ["bass"], "kit": "Techno 138 Am"}},
                {"all": True},
            ]
        },
    )

    ids: list[StemIdText] | None = Field(default=None, min_length=1, max_length=MOST_IDS)
    filter: StemFilterBody | None = None
    all: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [name for name in ("ids", "filter", "all") if getattr(self, name) is not None]
        if len(given) != 1:
            told = " and ".join(given) or "none"
            raise ValueError(f"give exactly one of ids, filter and all, got {told}")
        return self


class BulkChanges(StemChanges):
    """What is said of many stems. null, or a name in take_back, takes corrections back."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"category": "bass", "add_tags": ["favourite"]}, {"tempo": "halve"}]
        },
    )

    take_back: list[Field_] = Field(default=[], description="Fields that the analysis tells again")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("changes must say something")
        given = {name for name in self.model_fields_set if getattr(self, name) is not None}
        both = sorted(given & {*self.take_back})
        if both:
            raise ValueError(f"take_back and a new value both name {', '.join(both)}")
        return self


class BulkEdit(StemSelection):
    """A change of many stems."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "filter": {"q": "808"},
                    "changes": {"category": "bass", "add_tags": ["sub"]},
                    "preview": True,
                }
            ]
        },
    )

    changes: BulkChanges
    preview: StrictBool = Field(default=False, description="Only tell what it would do")


class SkippedStem(BaseModel):
    """A stem that the change does not fit, and why."""

    id: str
    name: str
    code: str = Field(examples=["one_shot_tempo"])
    detail: str


class ChangedStem(BaseModel):
    """What a change did to a stem: the fields that hold another value now."""

    id: str
    name: str
    before: dict[str, Any]
    after: dict[str, Any]


class BulkEditRecord(BaseModel):
    """What a change of many stems did, without the address that the API adds."""

    edit_id: str | None = Field(description="To undo it; null: a preview, or nothing changed")
    preview: bool
    selected: int = Field(description="How many stems were meant")
    changed: int
    unchanged: int = Field(description="These said so already")
    skipped: int = Field(description="These it does not fit")
    skipped_stems: list[SkippedStem] = Field(description="The first of them")
    examples: list[ChangedStem] = Field(description="The first that changed")


class BulkEditAnswer(BulkEditRecord):
    """What a change of many stems did, or in a preview would do."""

    undo_url: str | None


class EditRecord(BaseModel):
    """A change of many stems, without the address that the API adds."""

    id: str
    created_at: datetime
    changes: dict[str, Any] = Field(description="What was said, as it was asked")
    changed: int
    undone_at: datetime | None


class EditOut(EditRecord):
    """A change of many stems that was made."""

    undo_url: str


class UndoAnswer(BaseModel):
    """What taking a change back did."""

    edit_id: str
    restored: int = Field(description="Stems that are as they were before")
    gone: int = Field(description="Stems that were removed from the library since")

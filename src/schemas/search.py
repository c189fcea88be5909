"""Answers of the search."""

from typing import Literal

from pydantic import BaseModel, Field

from src.schemas.stems import StemSummary


class SearchParts(BaseModel):
    """What a score is made of, each 0..1; null where it had no say."""

    sound: float | None = Field(description="How its sound fits prompt, likes or example")
    words: float | None = Field(description="How its name, kit, kind and tags fit the prompt")
    fit: float | None = Field(description="How tempo, key and sound go with what was named")
    feedback: float | None = Field(description="Your rating, and how often you used it")


class SearchHitOut(BaseModel):
    """A stem that fits, and why."""

    stem: StemSummary
    score: float = Field(description="0..1, higher fits better")
    similarity: float = Field(description="Of sound and what was asked: cosine of their vectors")
    words: float = Field(description="How well the words of name, kit and tags fit, 0..1")
    reasons: list[str] = Field(examples=[["sounds dark (0.92)", "name says kick"]])
    parts: SearchParts
    duplicates: list[str] = Field(description="With fold: ids of stems that sound the same")


class SearchAnswer(BaseModel):
    """The best hits, best first."""

    prompt: str
    chords: str | None = Field(
        description="The chords that the hits go over, from the filter or read in the prompt"
    )
    hits: list[SearchHitOut]
    limit: int
    offset: int
    total: int = Field(description="How many stems pass the filters")
    next_cursor: str | None = Field(description="For the next page; null: this is the last")
    embedder: str = Field(description="The model whose vectors were searched")
    did_you_mean: str | None = Field(
        description="The prompt with its typos mended, as it was searched for"
    )


class SuggestionOut(BaseModel):
    """What could be typed."""

    text: str
    kind: Literal["word", "tag", "kit", "category", "name"]
    count: int = Field(description="How many stems it finds")


class SuggestionsAnswer(BaseModel):
    """Completions, the more telling and frequent ones first."""

    suggestions: list[SuggestionOut]


class BpmBarOut(BaseModel):
    """One bar of the tempo histogram: from `from` up to, but not, `to`."""

    low: int = Field(serialization_alias="from")
    high: int = Field(serialization_alias="to")
    count: int


class FacetsAnswer(BaseModel):
    """How many of the stems that pass the filters have which value."""

    total: int
    category: dict[str, int]
    key: dict[str, int]
    tags: dict[str, int] = Field(description="The 50 most frequent")
    kit: dict[str, int] = Field(description="By name, the 50 largest")
    licence: dict[str, int]
    is_loop: dict[str, int] = Field(examples=[{"true": 3, "false": 4}])
    rating: dict[str, int]
    bpm: list[BpmBarOut]

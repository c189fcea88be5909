"""Answers of the search."""

from pydantic import BaseModel, Field

from src.schemas.stems import StemSummary


class SearchHitOut(BaseModel):
    """A stem that fits, and why."""

    stem: StemSummary
    score: float = Field(description="0..1, higher fits better")
    similarity: float = Field(description="Of sound and prompt: cosine of their vectors")
    words: float = Field(description="How well the words of name, kit and tags fit, 0..1")
    reasons: list[str] = Field(examples=[["sounds dark (0.92)", "name says kick"]])


class SearchAnswer(BaseModel):
    """The best hits, best first."""

    prompt: str
    hits: list[SearchHitOut]
    limit: int
    offset: int

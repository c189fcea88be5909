"""Answers to "what goes with this?"."""

from pydantic import BaseModel, Field

from src.schemas.revisions import ReasonOut
from src.schemas.stems import StemSummary


class MatchOut(BaseModel):
    """A stem that goes with what plays, and why."""

    stem: StemSummary
    score: float = Field(description="0..1, over all criteria")
    semitones: int = Field(description="The shift of this stem that the scores reckon with")
    reasons: list[ReasonOut] = Field(description="What could be judged; the rest says nothing")


class Matches(BaseModel):
    """What goes with a stem, best first."""

    stem_id: str
    beside: list[str]
    matches: list[MatchOut]
    limit: int

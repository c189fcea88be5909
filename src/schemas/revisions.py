"""Edits of a track as the API takes them, and what it tells of a track's choices."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from src.music.arranging import plan_edits
from src.music.arranging.plan_edits import LENGTH_BARS, LENGTH_S, LEVEL_DB
from src.music.model.ending import LONGEST_FADE_S
from src.music.model.plan import BPM, MAX_PART_NAME, MAX_SECTION_NAME, SECTION_BARS, SECTIONS
from src.schemas.common import MAX_SEED, Text
from src.schemas.stems import Category
from src.schemas.tracks import Finite

PartName = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=MAX_PART_NAME,
        description="Name of a part, as `explain` gives it",
        examples=["bass", "synth 2"],
    ),
]
Section = Annotated[Text, Field(min_length=1, max_length=MAX_SECTION_NAME, examples=["Drop 2"])]


Bar = Annotated[int, Field(ge=SECTION_BARS.low, le=SECTION_BARS.high)]


class _Edit(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SwapIn(_Edit):
    """Another stem for a part; without an id the next best one."""

    op: Literal["swap"]
    voice: PartName
    stem_id: Annotated[Text, Field(max_length=64)] | None = None

    def edit(self) -> plan_edits.Edit:
        """Convert to the edit of the plan."""
        return plan_edits.Swap(self.voice, self.stem_id)


class MuteIn(_Edit):
    """Silence a part or a whole category, in some sections or in all; `unmute` brings it back."""

    op: Literal["mute", "unmute"]
    voice: PartName
    sections: list[Section] = Field(default_factory=list, max_length=SECTIONS.high)

    def edit(self) -> plan_edits.Edit:
        """Convert to the edit of the plan."""
        return plan_edits.Mute(self.voice, tuple(self.sections), on=self.op == "mute")


class RerollIn(_Edit):
    """Play a section's details (who rests, fills, the hand) again; the stems stay."""

    op: Literal["reroll"]
    section: Section

    def edit(self) -> plan_edits.Edit:
        """Convert to the edit of the plan."""
        return plan_edits.Reroll(self.section)


class LevelIn(_Edit):
    """Make a part's category louder or quieter."""

    op: Literal["level"]
    voice: PartName
    gain_db: Finite = Field(ge=LEVEL_DB.low, le=LEVEL_DB.high)

    def edit(self) -> plan_edits.Edit:
        """Convert to the edit of the plan."""
        return plan_edits.Level(self.voice, self.gain_db)


class LengthIn(_Edit):
    """Another length, in bars or in seconds; sections keep their shares."""

    op: Literal["length"]
    bars: int | None = Field(default=None, ge=LENGTH_BARS.low, le=LENGTH_BARS.high)
    seconds: Finite | None = Field(default=None, gt=LENGTH_S.low, le=LENGTH_S.high)

    def edit(self) -> plan_edits.Edit:
        """Convert to the edit of the plan."""
        return plan_edits.SetLength(self.bars, self.seconds)


class TempoIn(_Edit):
    """Another tempo."""

    op: Literal["tempo"]
    bpm: Finite = Field(ge=BPM.low, le=BPM.high)

    def edit(self) -> plan_edits.Edit:
        """Convert to the edit of the plan."""
        return plan_edits.SetTempo(self.bpm)


class KeyIn(_Edit):
    """Another key, in any usual spelling."""

    op: Literal["key"]
    key: Annotated[Text, Field(min_length=1, max_length=20, examples=["F#m", "8A", "B flat major"])]

    def edit(self) -> plan_edits.Edit:
        """Convert to the edit of the plan."""
        return plan_edits.SetKey(self.key)


class MoodIn(_Edit):
    """Other moods: melodic parts that are not locked are chosen again."""

    op: Literal["mood"]
    moods: list[Annotated[Text, Field(min_length=1, max_length=40)]] = Field(
        min_length=1, max_length=8
    )

    def edit(self) -> plan_edits.Edit:
        """Convert to the edit of the plan."""
        return plan_edits.SetMoods(tuple(self.moods))


class EntryIn(_Edit):
    """With which bars of a section a part comes in and leaves; null leaves it as usual."""

    op: Literal["entry"]
    voice: PartName
    section: Section
    enters_bar: Bar | None = None
    exits_bar: Bar | None = None

    def edit(self) -> plan_edits.Edit:
        """Convert to the edit of the plan."""
        return plan_edits.SetEntry(self.voice, self.section, self.enters_bar, self.exits_bar)


class SectionRolesIn(_Edit):
    """Which categories alone may play in a section, and which may not."""

    op: Literal["roles"]
    section: Section
    only: list[Category] = Field(default_factory=list, max_length=32)
    without: list[Category] = Field(default_factory=list, max_length=32)

    def edit(self) -> plan_edits.Edit:
        """Convert to the edit of the plan."""
        return plan_edits.SetSectionRoles(self.section, tuple(self.only), tuple(self.without))


class EndingEditIn(_Edit):
    """Another ending: a fade of so many seconds, a cold end, or with null the form's own."""

    op: Literal["ending"]
    kind: Literal["fade", "cold"] | None = None
    fade_s: Finite = Field(default=0.0, ge=0.0, le=LONGEST_FADE_S)

    def edit(self) -> plan_edits.Edit:
        """Convert to the edit of the plan."""
        return plan_edits.SetEnding(self.kind, self.fade_s)


class ChordsIn(_Edit):
    """Other chords in a section, or with an empty name in all."""

    op: Literal["chords"]
    chords: Text = Field(
        max_length=1000,
        examples=["Am F C G", "Dm7:2 G7:2 Cmaj7:4"],
        description="A bar each, or with beats; empty: everything stays on the tonic",
    )
    section: Annotated[Text, Field(max_length=MAX_SECTION_NAME)] = ""

    def edit(self) -> plan_edits.Edit:
        """Convert to the edit of the plan."""
        return plan_edits.SetChords(self.chords, self.section)


EditIn = Annotated[
    SwapIn
    | MuteIn
    | RerollIn
    | LevelIn
    | LengthIn
    | TempoIn
    | KeyIn
    | MoodIn
    | EntryIn
    | SectionRolesIn
    | EndingEditIn
    | ChordsIn,
    Field(discriminator="op"),
]


class RevisionRequest(BaseModel):
    """What shall be different. Stems that no edit names stay as they are."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"edits": [{"op": "swap", "voice": "bass"}, {"op": "reroll", "section": "Drop"}]},
                {"edits": [{"op": "mood", "moods": ["bright"]}], "locked": ["pad"]},
            ]
        },
    )

    edits: list[EditIn] = Field(min_length=1, max_length=64)
    locked: list[PartName] = Field(
        default_factory=list, max_length=64, description="Parts that keep their stem in any case"
    )
    seed: int | None = Field(
        default=None, ge=0, le=MAX_SEED, description="Left out: that of the track"
    )


class ReasonOut(BaseModel):
    """One criterion of a choice. score: 0..1"""

    criterion: str
    score: float
    text: str


class ChoiceOut(BaseModel):
    """Who plays a part, and why."""

    model_config = ConfigDict(extra="ignore")

    voice: str
    stem_id: str
    name: str
    category: str
    asked_category: str
    sections: list[str]
    score: float
    kit: str | None = None
    licence: str | None = None
    reasons: list[ReasonOut] = Field(default_factory=list)
    runners_up: list[str] = Field(default_factory=list, description="Names of the next best stems")


class Explanation(BaseModel):
    """The choices of a track, the most important part first."""

    track_id: str
    voices: list[ChoiceOut]


class SwapSuggestion(BaseModel):
    """A stem that could play a part instead."""

    stem_id: str
    name: str
    category: str
    kit: str | None
    bpm: float | None
    key: str | None
    score: float
    reasons: list[ReasonOut]


class SwapSuggestions(BaseModel):
    """Best first."""

    track_id: str
    voice: str
    stems: list[SwapSuggestion]


def choice_out(choice: dict[str, Any], part: str) -> ChoiceOut:
    """Convert a choice to the form in which a track's row keeps it."""
    return ChoiceOut.model_validate({**choice, "voice": part})

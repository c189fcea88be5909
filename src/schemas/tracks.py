"""Plans and tracks as the API takes and tells them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from src.music.model.ending import LONGEST_FADE_S
from src.music.model.palette import MOST_NAMED
from src.music.model.plan import (
    ANSWER_BARS,
    BEATS_PER_BAR,
    BPM,
    ENERGY,
    GAIN_DB,
    MAX_SECTION_NAME,
    MAX_TEXT,
    QUERIES,
    SECTION_BARS,
    SECTIONS,
    STEMS,
    SWING,
    TARGET_LUFS,
    VARIATION,
)
from src.music.model.planned_chords import CHORD_BEATS, CHORDS
from src.schemas.common import MAX_SEED, Line, Text
from src.schemas.stems import Category

PROMPT = "driving industrial techno 138 bpm"
Word = Annotated[Text, Field(max_length=100)]
CollectionId = Annotated[Text, Field(max_length=36)]
KitName = Annotated[Text, Field(max_length=255)]
Note = Annotated[Text, Field(max_length=MAX_TEXT)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
MasteringName = Literal["streaming", "club", "apple", "premaster"]
MASTERING = (
    "streaming: -14 LUFS, -1 dBTP; club: -8, -1; apple: -16, -1; premaster: no limiter and"
    " no bus compressor, peaks at -6 dBFS. Left out: the engine's own levels"
)


class PaletteIn(BaseModel):
    """Only stems of these may play; what they have no stem for is left out, with a warning."""

    model_config = ConfigDict(extra="forbid")

    collections: list[CollectionId] = Field(
        default_factory=list, max_length=MOST_NAMED, description='Ids, such as "favourites"'
    )
    kits: list[KitName] = Field(
        default_factory=list, max_length=MOST_NAMED, description="Ids or names of kits"
    )


class PlanRequest(BaseModel):
    """What the track should be, in words: English, German or Russian."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"prompt": PROMPT}, {"prompt": PROMPT, "seed": 7}]},
    )

    prompt: Line = Field(
        min_length=1,
        max_length=MAX_TEXT,
        description="Genre, tempo, key, mood, instruments wanted and not wanted, length",
        examples=[PROMPT],
    )
    seed: int | None = Field(
        default=None, ge=0, le=MAX_SEED, description="Same seed, same track; left out: a new one"
    )
    length: Text | None = Field(
        default=None,
        max_length=40,
        description="Length in words, as it could stand in the prompt",
        examples=["3 minutes", "64 bars"],
    )
    mastering: MasteringName | None = Field(default=None, description=MASTERING)
    palette: PaletteIn | None = Field(default=None, description="Left out: the whole library")


class StemQueryIn(BaseModel):
    """What a section asks of the library."""

    model_config = ConfigDict(extra="forbid")

    category: Category
    tags: list[Word] = Field(default_factory=list, max_length=32)
    count: int = Field(default=1, ge=STEMS.low, le=STEMS.high)
    text: Text = Field(default="", max_length=MAX_TEXT, description="Free words for the search")
    pattern: Text | None = Field(default=None, max_length=100, description="Name of a step pattern")
    gain_db: Finite = Field(default=0.0, ge=GAIN_DB.low, le=GAIN_DB.high)
    answer_bars: int = Field(
        default=0,
        ge=ANSWER_BARS.low,
        le=ANSWER_BARS.high,
        description="Turns of call and answer, with a count above 1",
    )
    enters_bar: int | None = Field(
        default=None,
        ge=SECTION_BARS.low,
        le=SECTION_BARS.high,
        description="Bar of the section, from 1, with which it comes in; null: as the genre has it",
    )
    exits_bar: int | None = Field(
        default=None,
        ge=SECTION_BARS.low + 1,
        le=SECTION_BARS.high,
        description="Bar of the section with which it is silent again; null: it stays",
    )


class PlannedChordIn(BaseModel):
    """A chord of a section and its length."""

    model_config = ConfigDict(extra="forbid")

    chord: Text = Field(max_length=16, examples=["Am", "F#m7b5", "C/E"])
    beats: Finite = Field(default=4.0, ge=CHORD_BEATS.low, le=CHORD_BEATS.high)


class SectionIn(BaseModel):
    """A block of bars with the same roles."""

    model_config = ConfigDict(extra="forbid")

    section: Line = Field(default="", max_length=MAX_SECTION_NAME)
    bars: int = Field(ge=SECTION_BARS.low, le=SECTION_BARS.high)
    stem_queries: list[StemQueryIn] = Field(default_factory=list, max_length=QUERIES.high)
    energy: Finite = Field(default=0.5, ge=ENERGY.low, le=ENERGY.high)
    fill: bool = False
    variation: int = Field(
        default=0,
        ge=VARIATION.low,
        le=VARIATION.high,
        description="Another number plays its details anew",
    )
    muted: list[Word] = Field(
        default_factory=list, max_length=64, description="Parts or categories silent in it"
    )
    only: list[Category] = Field(
        default_factory=list,
        max_length=32,
        description="Beside these categories nothing may play in it; empty allows all",
    )
    without: list[Category] = Field(
        default_factory=list, max_length=32, description="Categories that may not play in it"
    )
    genre: Text = Field(
        default="", max_length=64, description="Whose patterns it is played by; empty: the plan's"
    )
    silent: bool = Field(default=False, description="A rest in which nothing plays")
    chords: list[PlannedChordIn] = Field(
        default_factory=list,
        max_length=CHORDS.high,
        description="Repeated until it ends; empty: everything stays on the tonic",
    )
    chords_asked: bool = Field(
        default=False, description="Loops follow these chords and bring none of their own"
    )


class EndingIn(BaseModel):
    """How the track ends: a fade to silence with its last beat, or a stop on it."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["fade", "cold"]
    fade_s: Finite = Field(
        default=0.0, ge=0.0, le=LONGEST_FADE_S, description="Length of a fade in seconds"
    )


class RequestedSoundIn(BaseModel):
    """An instrument that the prompt asks for by name."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(max_length=MAX_TEXT)
    category: Text = Field(max_length=32)
    text: Text = Field(default="", max_length=MAX_TEXT)
    gain_db: Finite = 0.0


class UnderstoodWordsIn(BaseModel):
    """Words of the prompt, the field of the plan that they made, and its value."""

    model_config = ConfigDict(extra="forbid")

    words: Text = Field(max_length=MAX_TEXT)
    field: Text = Field(max_length=32)
    value: Text = Field(max_length=MAX_TEXT)


class ReportedWordsIn(BaseModel):
    """Words of the prompt that are not played: why, by a code, with the values of its sentence."""

    model_config = ConfigDict(extra="allow")

    code: Text = Field(max_length=32, examples=["not_understood"])
    words: Text = Field(max_length=MAX_TEXT)


class Plan(BaseModel):
    """An arrangement plan: readable, editable, and nothing in it names a file."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "bpm": 138,
                    "key": "Am",
                    "structure": [
                        {
                            "section": "Intro",
                            "bars": 16,
                            "stem_queries": [{"category": "atmo", "tags": ["dark"], "count": 1}],
                        }
                    ],
                }
            ]
        },
    )

    bpm: Finite = Field(ge=BPM.low, le=BPM.high)
    key: Text = Field(default="Am", max_length=8, examples=["Am", "F#m", "C"])
    structure: list[SectionIn] = Field(min_length=SECTIONS.low, max_length=SECTIONS.high)
    genre: Text = Field(default="default", max_length=32)
    prompt: Line = Field(default="", max_length=MAX_TEXT)
    moods: list[Word] = Field(default_factory=list, max_length=64)
    excluded: list[Note] = Field(default_factory=list, max_length=64)
    swing: Finite = Field(default=0.0, ge=SWING.low, le=SWING.high)
    swing_note: Literal[8, 16] = Field(
        default=16, description="Every second one of these notes comes late"
    )
    time_signature: Text | None = Field(
        default=None,
        max_length=5,
        examples=["3/4", "6/8"],
        description="4/4 where it is left out; bpm counts dotted quarters in 6/8, 9/8 and 12/8",
    )
    beats_per_bar: float | None = Field(
        default=None,
        ge=BEATS_PER_BAR.low,
        le=BEATS_PER_BAR.high,
        description="Follows from the time signature; older clients give it alone, in quarters",
    )
    target_lufs: Annotated[Finite, Field(ge=TARGET_LUFS.low, le=TARGET_LUFS.high)] | None = None
    mastering: MasteringName | None = Field(default=None, description=MASTERING)
    notes: list[Note] = Field(default_factory=list, max_length=256)
    pinned: dict[Word, Word] = Field(
        default_factory=dict,
        max_length=64,
        description="Name of a part -> id of the stem that plays it",
    )
    avoided: list[Word] = Field(
        default_factory=list, max_length=1000, description="Ids of stems that are not chosen"
    )
    only_roles: list[Category] = Field(
        default_factory=list,
        max_length=32,
        description="Beside these categories nothing may play; empty allows all",
    )
    palette: PaletteIn | None = Field(default=None, description="null: the whole library")
    ending: EndingIn | None = Field(default=None, description="null: as the form ends")
    style: Text = Field(default="", max_length=32, description="Of the genre")
    scale: Text = Field(default="", max_length=32, examples=["dorian"])
    feel: Text = Field(default="", max_length=32, examples=["half-time"])
    chords: list[Word] = Field(default_factory=list, max_length=1000)
    progression: list[Word] = Field(
        default_factory=list, max_length=1000, description="Roman numerals"
    )
    requested: list[RequestedSoundIn] = Field(default_factory=list, max_length=256)
    understood: list[UnderstoodWordsIn] = Field(default_factory=list, max_length=1000)
    reported: list[ReportedWordsIn] = Field(
        default_factory=list, max_length=1000, description="What of the prompt is not played"
    )


class PlanAnswer(BaseModel):
    """A plan and what it will become."""

    plan: Plan
    seed: int
    bars: int
    duration_s: float


class TrackRequest(BaseModel):
    """A plan to be rendered."""

    model_config = ConfigDict(extra="forbid")

    plan: Plan
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED)


class MixFigures(BaseModel):
    """What was measured on the finished file. A level of silence is null."""

    model_config = ConfigDict(extra="allow")

    loudness_lufs: float | None = Field(description="Integrated (ITU-R BS.1770-4)")
    short_term_max_lufs: float | None = Field(description="Loudest 3 s (EBU Tech 3341)")
    momentary_max_lufs: float | None = Field(description="Loudest 0.4 s (EBU Tech 3341)")
    loudness_range_lu: float = Field(description="Loudness range (EBU Tech 3342)")
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None
    stereo_correlation: float = Field(description="1 mono, 0 unrelated, -1 opposite channels")
    preset: str = Field(description="Name of the levels asked for, or custom")
    target_lufs: float | None = Field(description="null for a premaster")
    ceiling_dbtp: float
    reached: bool = Field(description="Within 0.3 LU of the target")
    missed_by: float | None = Field(description="LU above (+) or below (-) the target")
    shortfall: str = Field(description="Why it was missed: peaks, level or silence")
    gain_db: float = Field(description="In front of the limiter")
    compression_db: float = Field(description="Largest reduction by the bus compressor")
    rounding_db: float = Field(description="By how much the highest peak was rounded")
    limiting_db: float = Field(description="Largest reduction by the limiter")
    limiting_mean_db: float = Field(description="Its mean reduction over the whole track")


class GeneratedTrack(BaseModel):
    """A finished track: where it lies, and how it came about."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "track_path": "generated_tracks/20260726_150000.wav",
                    "track_id": "5f2c9d0e",
                    "seed": 7,
                    "duration_s": 180.5,
                    "loudness_lufs": -14.0,
                    "true_peak_dbtp": -1.0,
                    "warnings": [],
                    "plan": {"bpm": 138, "key": "Am", "structure": []},
                    "stems": [{"stem_id": "8c1f0e6a2b9d4c37", "category": "kick"}],
                }
            ]
        },
    )

    track_path: str = Field(description="The WAV, below the engine's home folder")
    track_id: str
    file_url: str = Field(description="Where it can be downloaded")
    reused: bool = Field(
        default=False,
        description="It was there: the same plan, seed and library had been rendered before."
        " With `reuse=false` it is rendered again",
    )
    seed: int
    duration_s: float
    loudness_lufs: float | None
    true_peak_dbtp: float | None
    reached: bool = Field(default=False, description="Whether its loudness is what was asked for")
    mix: MixFigures | None = Field(default=None, description="What was measured on the file")
    warnings: list[str] = Field(description="What was asked for and could not be given")
    plan: dict[str, Any]
    stems: list[dict[str, Any]] = Field(description="Each stem used, with the reasons")


class TrackFields(BaseModel):
    """What every track is described by."""

    id: str
    prompt: str
    bpm: float
    key: str
    genre: str
    seed: int
    title: str = Field(default="", description="Its prompt, or its genre and tempo, and its edits")
    parent_id: str | None = Field(default=None, description="The track that this is a revision of")
    parent_deleted: bool = Field(default=False, description="Whether that one is gone")
    edits: list[dict[str, Any]] = Field(
        default_factory=list, description="What was changed of it, as `POST .../revisions` took it"
    )
    duration_s: float
    loudness_lufs: float | None
    true_peak_dbtp: float | None
    created_at: datetime
    exists: bool = Field(description="Whether its file is still there")


class TrackRecord(TrackFields):
    """A track in a list, without the address that the API adds.

    file_name: of its WAV; outside: whether that lies beyond the tracks folder
    """

    file_name: str
    outside: bool = False


class TrackDetailRecord(TrackRecord):
    """A track with its plan and the report of its making, without its address."""

    plan: dict[str, Any]
    report: dict[str, Any]


class TrackSummary(TrackFields):
    """A track in a list."""

    file_url: str


class TrackDetail(TrackSummary):
    """A track with its plan and the report of its making."""

    plan: dict[str, Any]
    report: dict[str, Any]


class TrackWaveform(BaseModel):
    """The outline of a track, for drawing: per point the lowest and highest sample."""

    track_id: str
    duration_s: float
    points: int
    minimum: list[float] = Field(description="-1..0, over all channels")
    maximum: list[float] = Field(description="0..1, over all channels")

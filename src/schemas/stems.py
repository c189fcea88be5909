"""Stems as the API tells and takes them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, model_validator

from src.core.errors import InvalidInputError
from src.core.plain_text import one_line
from src.music.evidence.corrections import FASTEST_BPM, MOST_TAGS, SLOWEST_BPM, TempoChange
from src.music.theory.keys import KEYS, parse_key
from src.music.theory.progressions import chords_said
from src.schemas.common import Line, Text, storable

Category = Literal[
    "kick", "snare", "clap", "hihat", "cymbal", "tom", "percussion", "drums", "bass", "synth",
    "lead", "pad", "keys", "guitar", "strings", "brass", "vocal", "fx", "atmo", "other",
]  # fmt: skip
"""The twenty kinds of stems."""


def canonical_key(text: str) -> str:
    """Spell a key as the library does. Raises ValueError for what is no key."""
    try:
        return parse_key(storable(text))
    except InvalidInputError as error:
        raise ValueError(error.message) from error


def _key_or_none_at_all(text: str) -> str:
    return text and canonical_key(text)


def _not_blank(name: str) -> str:
    if not name:
        raise ValueError("must say something, got only spaces")
    return name


def _plain_tag(tag: str) -> str:
    cleaned = one_line(storable(tag).lower())
    if not cleaned or any(sign in cleaned for sign in '"\\$'):
        raise ValueError('must not be empty or hold ", \\ or $')
    return cleaned


KeyName = Annotated[
    str,
    AfterValidator(canonical_key),
    Field(
        max_length=16,
        description="A key: Am, F#m, Bb, 8A, a-Moll ... It is answered as one of "
        + ", ".join(KEYS),
        examples=["Am"],
    ),
]


def _chord_names(text: str) -> str:
    try:
        chords_said(storable(text), beats=1.0)
    except InvalidInputError as error:
        raise ValueError(error.message) from error
    return text


def _chords_or_none_at_all(text: str) -> str:
    return text and _chord_names(text)


ChordNames = Annotated[str, AfterValidator(_chord_names), Field(min_length=1, max_length=500)]
"""Chords in a row: "Am F C G"."""

Tag = Annotated[str, AfterValidator(_plain_tag), Field(min_length=1, max_length=48)]


class Fact(BaseModel):
    """One thing known about a stem: its value, how sure that is, and who says so."""

    value: Any = Field(description="null: unknown, or it has none")
    confidence: float = Field(description="0..1; 1 for what the user said")
    source: str = Field(
        description="user, filename, metadata, kit (stems that lie with it) or audio",
        examples=["audio"],
    )


class ChordSpan(BaseModel):
    """A chord of a loop, for as long as it lasts."""

    chord: str = Field(description="As it sounds in the file", examples=["Am", "C/E"])
    beats: float = Field(description="In beats of the tempo that the stem has now")
    confidence: float = Field(description="0..1; 1 for what the user said")


class NoteSpan(BaseModel):
    """A note of a melodic loop."""

    pitch: int = Field(description="MIDI number, 60 is middle C")
    start_s: float = Field(description="Seconds from the start of the file")
    length_s: float
    velocity: int = Field(description="1..127")


class StemRecord(BaseModel):
    """What every stem is described by, without the addresses that the API adds."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "8c1f0e6a2b9d4c37",
                    "name": "Techno_Bass_Loop_138_Am",
                    "kit": "Techno 138 Am",
                    "category": "bass",
                    "is_loop": True,
                    "bpm": 138.0,
                    "key": "Am",
                    "duration_s": 6.957,
                    "tags": {"dark": 0.91, "distorted": 0.74},
                }
            ]
        }
    )

    id: str
    name: str
    kit: str | None = Field(description="Name of its kit; null: it lies in none")
    kit_id: str | None
    category: Category
    is_loop: bool
    bpm: float | None = Field(description="Beats per minute; null: one-shot, or unknown")
    key: str | None = Field(description="Key, of a tonal one-shot its root note")
    camelot: str | None = Field(description="The key's place on the Camelot wheel")
    bars: float | None
    progression: str | None = Field(
        description="Triads that a tonal loop goes through; null: none, or not known",
        examples=["Am F C G"],
    )
    duration_s: float = Field(description="Seconds")
    channels: int
    tags: dict[str, float] = Field(description="Tag and how well it fits, 0..1")
    loudness_lufs: float | None = Field(description="Integrated loudness; null: not measurable")
    true_peak_dbtp: float | None
    user_rating: int | None
    licence: str | None
    original_file: str = Field(description="Below the kits folder, or absolute outside of it")
    missing: bool = Field(description="Whether every original of it is gone")
    warnings: list[str]
    corrected: list[str] = Field(description="Which fields the user corrected")
    imported_at: datetime


class StemLinks(BaseModel):
    """Where a stem can be heard and seen."""

    audio_url: str
    waveform_url: str


class StemSummary(StemLinks, StemRecord):
    """A stem in a list."""


class StemDetailRecord(StemRecord):
    """All that is known about a stem, without addresses."""

    path: str = Field(description="The standardised copy, below the processed folder")
    content_hash: str = Field(description="SHA-256 of the original's bytes")
    original_sample_rate: int = Field(description="Hz")
    downbeat_s: float = Field(description="Where its first downbeat lies, in seconds")
    quality_ok: bool
    analysis_version: str
    facts: dict[str, Fact] = Field(
        description="bpm, key, category, is_loop as they hold now, with their sources"
    )
    analysis: dict[str, dict[str, Any]] = Field(
        description="What the machine found, whatever the user said: per field its value, and "
        "of facts their confidence and source"
    )
    corrections: dict[str, Any] = Field(description="What the user said, per field")
    chords: list[ChordSpan] | None = Field(
        description="From its first downbeat on; null: no tonal loop, or not known"
    )
    notes: list[NoteSpan] | None = Field(
        description="Of a melodic loop whose notes were analysed; null: they were not"
    )
    features: dict[str, float] = Field(description="Descriptors of the sound")
    places: list[str] = Field(description="Every file that has exactly this content")


class StemDetail(StemLinks, StemDetailRecord):
    """All that is known about a stem."""


class StemChanges(BaseModel):
    """What can be said of one stem and of many.

    Fields left out stay as they are; null takes an earlier correction back, so that the analysis
    speaks again.
    """

    model_config = ConfigDict(extra="forbid")

    bpm: (
        Annotated[float, Field(ge=SLOWEST_BPM, le=FASTEST_BPM, allow_inf_nan=False)]
        | Literal[0]
        | None
    ) = Field(default=None, description="Beats per minute; 0: it has no tempo")
    tempo: TempoChange | None = Field(
        default=None, description="Twice or half the tempo that it has now; bars follow"
    )
    key: Annotated[str, Field(max_length=16), AfterValidator(_key_or_none_at_all)] | None = Field(
        default=None, description='A key or root note (Am, F#m, Bb, 8A ...); "": it has none'
    )
    category: Category | None = None
    is_loop: StrictBool | None = None
    tags: list[Tag] | None = Field(
        default=None, max_length=MOST_TAGS, description="All its tags, instead of those it has"
    )
    add_tags: list[Tag] = Field(
        default=[], max_length=MOST_TAGS, description="Tags that it gets beside those it has"
    )
    remove_tags: list[Tag] = Field(default=[], max_length=MOST_TAGS)
    licence: Annotated[Text, Field(max_length=2000)] | None = None
    chords: Annotated[str, AfterValidator(_chords_or_none_at_all), Field(max_length=500)] | None = (
        Field(
            default=None,
            description='Chords of the loop, alike in length or with beats: "Am F C G",'
            ' "Am:6 G:2"; "": it has none',
        )
    )
    user_rating: Annotated[int, Field(ge=1, le=5, strict=True)] | None = Field(
        default=None, description="1 (never use) to 5 (a favourite)"
    )

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.tempo is not None and "bpm" in self.model_fields_set:
            raise ValueError("give either bpm or tempo, not both")
        if (self.add_tags or self.remove_tags) and "tags" in self.model_fields_set:
            raise ValueError("give either tags, or add_tags and remove_tags")
        both = sorted({*self.add_tags} & {*self.remove_tags})
        if both:
            raise ValueError(f"add_tags and remove_tags both name {', '.join(both)}")
        return self


class StemCorrection(StemChanges):
    """What the user says about a stem.

    Fields left out stay as they are; null takes an earlier correction back, so that the analysis
    speaks again.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"bpm": 138, "key": "Am", "user_rating": 5}, {"tempo": "double"}, {"bpm": None},
            ]
        },
    )  # fmt: skip

    name: Annotated[Line, AfterValidator(_not_blank), Field(max_length=255)] | None = None


class Deleted(BaseModel):
    """What a deletion did."""

    id: str
    originals_moved: list[str] = Field(
        default_factory=list, description="Originals that now lie in quarantine"
    )
    originals_left: list[str] = Field(
        default_factory=list, description="Originals that stay in their place, left alone"
    )
    note: str = ""


class Waveform(BaseModel):
    """The outline of a sound, for drawing: per point the lowest and highest sample."""

    stem_id: str
    duration_s: float
    points: int = Field(description="How many there are; short sounds have fewer than asked for")
    minimum: list[float] = Field(description="-1..0, over all channels")
    maximum: list[float] = Field(description="0..1, over all channels")


class UploadedFile(BaseModel):
    """What became of one file of an upload."""

    name: str = Field(description="As it was sent; of a zip's member with the zip's name before it")
    status: Literal["accepted", "known", "refused"] = Field(
        description="known: the same content is there already, nothing was stored"
    )
    path: str | None = Field(default=None, description="Where it lies below the kits folder")
    size_bytes: int = 0
    stem_id: str | None = Field(default=None, description="Of known content, where analysed")
    reason: str | None = Field(default=None, description="Why it was refused", examples=["empty"])
    detail: str = ""


class UploadAnswer(BaseModel):
    """What became of an upload."""

    files: list[UploadedFile]
    accepted: int
    known: int
    refused: int
    job_id: str | None = Field(default=None, description="The analysis that was started")

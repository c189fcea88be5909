"""Requests for music from words, and what is answered."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from src.schemas.common import Text

Finite = Annotated[float, Field(allow_inf_nan=False)]
Sound = Annotated[str, Field(description="A sound file as base64, or a data URL")]


class WindowIn(BaseModel):
    """A part of the source, in seconds."""

    model_config = ConfigDict(extra="forbid")

    start_s: Finite
    end_s: Finite


class GenerationRequest(BaseModel):
    """What the music should be. Limits are the model's; what is beyond them gets 422."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"prompt": "warm dub techno, deep chords, tape hiss", "duration": 60},
                {"prompt": "driving techno", "duration": 30, "bpm": 138, "key": "Am", "seed": 7},
            ]
        },
    )

    prompt: Text = Field(description="Genre, mood, instruments; with style up to 511 characters")
    duration: Finite = Field(default=60.0, description="Seconds, 10 to 600; of text2music alone")
    lyrics: Text = Field(default="", description="Up to 4095 characters; [verse], [chorus], ...")
    style: Text = Field(default="", description="Joined to the prompt")
    reference_audio: Sound | None = Field(default=None, description="Whose timbre it takes")
    source_audio: Sound | None = Field(
        default=None, description="What all tasks but text2music listen to, 10 to 600 s"
    )
    bpm: Finite | None = Field(default=None, description="30 to 300")
    key: Text | None = Field(default=None, description='"Am", "F# major", "8A"')
    time_signature: int | None = Field(default=None, description="Beats in a bar: 2, 3, 4 or 6")
    language: Text = Field(default="unknown", description='Of the lyrics: "en", "de", ...')
    seed: int | None = Field(default=None, description="Same request and seed, same sound")
    variants: int = Field(default=1, description="1 to 8, each with a seed one higher")
    task: Text = Field(
        default="text2music",
        description="text2music, cover, repaint; on base checkpoints lego, extract, complete too",
    )
    window: WindowIn | None = Field(default=None, description="What repaint makes anew")
    track_names: list[Text] = Field(
        default_factory=list, max_length=12, description="Of lego and extract one: drums, bass, ..."
    )
    cover_strength: Finite = Field(default=1.0, description="0 to 1: how near to its source")
    lora_id: Text | None = Field(default=None, description="An adapter")
    style_id: Text | None = Field(default=None, description="The same by its other name")
    lora_strength: Finite = Field(default=1.0, description="0 to 2")
    format: Literal["wav", "flac", "mp3"] = "wav"

    @model_validator(mode="after")
    def _one_adapter(self) -> "GenerationRequest":
        if None not in (self.lora_id, self.style_id) and self.lora_id != self.style_id:
            raise ValueError("lora_id and style_id name the same thing: give one of them")
        return self

    def fields(self) -> dict[str, Any]:
        """Return the request by the names of the engine's own request, the sounds left out."""
        window = self.window
        return {
            "prompt": self.prompt,
            "lyrics": self.lyrics,
            "style": self.style,
            "duration_s": self.duration,
            "tempo_bpm": self.bpm,
            "key": self.key,
            "time_signature": self.time_signature,
            "language": self.language,
            "variants": self.variants,
            "task": self.task,
            "window_s": None if window is None else (window.start_s, window.end_s),
            "track_names": tuple(self.track_names),
            "cover_strength": self.cover_strength,
            "lora_id": self.lora_id or self.style_id,
            "lora_strength": self.lora_strength,
        }


class DreamedStemRequest(BaseModel):
    """A stem that a track lacks. Without `source_audio` it is made of words alone."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"category": "bass", "track": "night drive", "prompt": "rolling analogue bass",
                 "tempo_bpm": 124, "key": "Am"}
            ]
        },
    )  # fmt: skip

    category: Text = Field(description="bass, drums, pad, keys, ...; no kick, snare or clap alone")
    track: Text = Field(min_length=1, max_length=100, description="Names the kit: dreamed/<track>")
    prompt: Text = Field(description="What it should sound like")
    tempo_bpm: Finite = Field(description="30 to 300")
    bars: int = Field(default=8, description="8 or 16")
    key: Text | None = Field(default=None, description="Needed by what has a key")
    beats_per_bar: int = Field(default=4, description="2, 3, 4 or 6")
    seed: int = Field(default=0, description="The first that is tried")
    tries: int = Field(default=3, description="1 to 8 seeds, until one fits")
    source_audio: Sound | None = Field(
        default=None, description="At least 30 s of the track so far; needs a base checkpoint"
    )


class GenerationResponse(BaseModel):
    """The task that makes it; its status is asked for by the id."""

    task_id: str
    status: Literal["pending", "success", "failed"] = "pending"


class GeneratorOut(BaseModel):
    """A worker that can make music now."""

    name: str
    model: str
    revision: str
    family: str
    licence: str
    device: str
    tasks: list[str]


class GeneratorsOut(BaseModel):
    """Who can make music now; where nobody can, what to start."""

    workers: list[GeneratorOut]
    how_to_start: str | None

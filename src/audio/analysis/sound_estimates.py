"""All estimates of one sound: tempo, key, note, category, tags, from one shared spectrum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from src.audio.analysis.attributes import tags_of
from src.audio.analysis.categories import CategoryModel, category_scores
from src.audio.analysis.descriptors import describe
from src.audio.analysis.key import Chroma, KeyEstimate, chroma_of, estimate_key
from src.audio.analysis.loop_shape import LoopCues, loop_cues, loop_probability
from src.audio.analysis.onsets import OnsetStrength, loudest_channel_mix, onset_strength
from src.audio.analysis.pitch import (
    PITCH_RATE,
    Mono,
    PitchedNote,
    low_rate,
    melody_chroma,
    note_of,
    track_pitch,
)
from src.audio.analysis.spectrum import Spectrum, loudest_stretch, short_time_spectrum
from src.audio.analysis.tempo import Rhythm, TempoEstimate, estimate_tempo, extent_of
from src.audio.analysis.tempo_octaves import Playing, playing_of
from src.audio.basics.validation import Audio, valid_audio

_BACKBEAT = ("snare", "clap")
_MOSTLY = 0.5


@dataclass(frozen=True)
class SoundEstimates:
    """What the sound of a clip tells; nothing of names or metadata.

    features: finite numbers (descriptors.describe)
    categories: probability of each category, summing to 1
    tags: tag -> score in 0..1
    loop_cues, loop_probability: what speaks for a loop, and the chance in 0..1 that it is one
    tempo: as if the clip were a loop; None where nothing begins
    note: as if it were one note; None where nothing is periodic
    key: as if it were a melody or chords; None where nothing is tonal
    chroma: what the key was read from
    low: shape (samples,), at most PITCH_RATE Hz; what chroma and note were read from
    onsets: how strongly something begins, over time
    playing: what plays over time, coarsely
    window_s: (start, length) of what was analysed; None for the whole clip
    """

    features: dict[str, float]
    categories: dict[str, float]
    tags: dict[str, float]
    loop_cues: LoopCues
    loop_probability: float
    tempo: TempoEstimate | None
    note: PitchedNote | None
    key: KeyEstimate | None
    chroma: Chroma
    low: Mono
    onsets: OnsetStrength
    playing: Playing
    window_s: tuple[float, float] | None


def estimate_sound(
    audio: Audio,
    *,
    sample_rate: int,
    proposed_bpm: Sequence[float] = (),
    category_hints: Mapping[str, float] | None = None,
    model: CategoryModel | None = None,
) -> SoundEstimates:
    """Estimate everything that the sound of a clip tells.

    audio: float32, shape (channels, samples); longer than 30 s: its loudest 30 s
    proposed_bpm: tempos that names or metadata give, to be weighed with the others
    category_hints: category -> weight from elsewhere, which helps to read the rhythm
    model: tells the category; None takes the one that ships

    Channels of opposite sign, which cancel in a mono mix, are analysed as the loudest one.
    An empty or silent clip gives defaults, no tempo, no note and no key.
    """
    audio = valid_audio(audio)
    block, first = loudest_stretch(audio, sample_rate=sample_rate)
    mono = loudest_channel_mix(block)
    spectrum, features = _described(audio, block, mono, sample_rate)
    categories = category_scores(features, model=model)
    rate = sample_rate / spectrum.hop
    strength = onset_strength(spectrum.magnitude, spectrum.freqs_hz, frame_rate=rate)
    extent = extent_of(audio, sample_rate=sample_rate)
    rhythm = rhythm_of(category_hints or categories)
    tempo = estimate_tempo(strength, extent, rhythm=rhythm, proposals=proposed_bpm)
    cues = loop_cues(mono, strength, extent, tempo, sample_rate=sample_rate)
    part = block.shape[1] < audio.shape[1]
    return SoundEstimates(
        features,
        categories,
        tags_of(features),
        cues,
        loop_probability(cues),
        tempo,
        *_tones(mono, sample_rate),
        onsets=strength,
        playing=playing_of(spectrum, frame_rate=rate, first_s=first / sample_rate if part else 0.0),
        window_s=(first / sample_rate, mono.size / sample_rate) if part else None,
    )


def _described(
    audio: Audio, block: Audio, mono: Mono, sample_rate: int
) -> tuple[Spectrum, dict[str, float]]:
    """Compute the shared spectrum and the descriptors; where channels cancel, of the loudest
    one.
    """
    mean = block.mean(axis=0)
    cancels = block.shape[0] > 1 and float(mean @ mean) < 0.05 * float(mono @ mono)
    listened = mono[None] if cancels else block
    spectrum = short_time_spectrum(listened, sample_rate=sample_rate)
    features = describe(listened, sample_rate=sample_rate, spectrum=spectrum)
    features["duration_s"] = float(f"{audio.shape[1] / sample_rate:.6g}")
    if cancels:
        features |= {"width": 1.0, "correlation": -1.0}
    return spectrum, features


def _tones(
    mono: Mono, sample_rate: int
) -> tuple[PitchedNote | None, KeyEstimate | None, Chroma, Mono]:
    """Estimate the note and the key of a clip from its pitch track and chroma."""
    low, rate = low_rate(mono, sample_rate=sample_rate), min(sample_rate, PITCH_RATE)
    track = track_pitch(low, rate=rate)
    chroma = chroma_of(low, rate=rate)
    return note_of(track), estimate_key(chroma, melody_chroma(track)), chroma, low


def rhythm_of(categories: Mapping[str, float]) -> Rhythm:
    """Choose the repetition to expect: snares and claps play every second beat, kits mix."""
    if sum(categories.get(name, 0.0) for name in _BACKBEAT) > _MOSTLY:
        return "backbeat"
    return "drums" if categories.get("drums", 0.0) > _MOSTLY else "any"

"""Conforming a clip to another length and pitch."""

import numpy as np
from python_stretch.Signalsmith import Stretch

from src.audio.basics.fades import SEAM_S, crossfade, seamless_loop
from src.audio.basics.validation import Audio, valid_audio
from src.audio.processing.slices import respaced, with_own_attacks
from src.core.errors import InvalidInputError

MIN_RATIO, MAX_RATIO = 0.125, 8.0
_SEED = 20_261_121
_TONALITY_HZ = 8000.0
_CONTEXT_S = 0.25


def conform(
    audio: Audio,
    *,
    sample_rate: int,
    length_samples: int,
    semitones: float = 0.0,
    percussive: bool = False,
    looped: bool = True,
) -> Audio:
    """Bring a clip to an exact length and pitch, deterministically.

    audio: float32, shape (channels, samples)
    length_samples: length asked for, an eighth to eight times that of the clip
    semitones: pitch shift at the new length
    percussive: hits keep their attacks and are only set closer together or further apart
    looped: the clip follows itself, so that its end prepares for its start

    Returns shape (channels, length_samples). The same length without a shift gives the clip
    itself, bit for bit. An empty clip gives silence.

    Everything else goes through Signalsmith Stretch (G. Luff), which keeps the channels in
    phase with each other; drums that slow down get their own attacks back afterwards.
    """
    audio = valid_audio(audio)
    samples = audio.shape[1]
    if length_samples < 0:
        raise InvalidInputError(f"length_samples must be at least 0, got {length_samples}")
    if samples == length_samples and semitones == 0:
        return audio
    if samples == 0 or length_samples == 0 or not audio.any():
        return np.zeros((audio.shape[0], length_samples), np.float32)
    _check_ratio(samples, length_samples)
    if looped:
        audio = seamless_loop(audio, sample_rate=sample_rate)
    if percussive and semitones == 0:
        moved = _by_hits(audio, sample_rate, length_samples, looped)
        return seamless_loop(moved, sample_rate=sample_rate) if looped else moved
    return _stretched(audio, sample_rate, length_samples, semitones, looped)


def _check_ratio(samples: int, length_samples: int) -> None:
    if not MIN_RATIO <= length_samples / samples <= MAX_RATIO:
        raise InvalidInputError(
            f"a clip can be stretched by {MIN_RATIO:g} to {MAX_RATIO:g} times, "
            f"got {length_samples / samples:.3g} ({samples} to {length_samples} samples)"
        )


def _by_hits(audio: Audio, sample_rate: int, length_samples: int, looped: bool) -> Audio:
    if length_samples < audio.shape[1]:
        return respaced(audio, sample_rate=sample_rate, length_samples=length_samples)
    stretched = _stretched(audio, sample_rate, length_samples, 0.0, looped)
    return with_own_attacks(stretched, audio, sample_rate=sample_rate)


def _stretched(
    audio: Audio, sample_rate: int, length_samples: int, semitones: float, looped: bool
) -> Audio:
    """Stretch with surroundings on both sides, and cut the middle out."""
    samples = audio.shape[1]
    context = round(_CONTEXT_S * sample_rate)
    if looped:
        positions = np.arange(-context, samples + context)
        surrounded = np.take(audio, positions, axis=1, mode="wrap")
    else:
        surrounded = np.pad(audio, ((0, 0), (context, context)))
    engine = Stretch(_SEED)
    engine.preset(audio.shape[0], float(sample_rate))
    engine.timeFactor = samples / length_samples
    if semitones != 0:
        engine.setTransposeSemitones(semitones, _TONALITY_HZ / sample_rate)
    whole = np.asarray(engine.process(np.ascontiguousarray(surrounded)), np.float32)
    start = round(context * length_samples / samples)
    out = np.zeros((audio.shape[0], length_samples), np.float32)
    block = whole[:, start : start + length_samples]
    out[:, : block.shape[1]] = block
    if looped:
        seam = min(round(SEAM_S * sample_rate), length_samples // 4, start)
        if seam > 0:
            out[:, -seam:] = crossfade(out[:, -seam:], whole[:, start - seam : start])
    return out

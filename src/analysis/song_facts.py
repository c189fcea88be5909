"""From the sound of a whole song to what is measured of it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from src.audio.analysis.onsets import loudest_channel_mix
from src.audio.analysis.pitch import PITCH_RATE, low_rate
from src.audio.basics.validation import Audio, valid_audio
from src.audio.metering.loudness import integrated_loudness
from src.audio.metering.true_peak import true_peak_dbtp
from src.audio.songs.bars import Bars, bar_features, beat_chroma, find_bars
from src.audio.songs.keys import SongKey, song_key
from src.audio.songs.onsets import FRAME_RATE, SongOnsets, song_onsets
from src.audio.songs.sections import find_sections
from src.audio.songs.tempo_octave import repetition, tempo_and_beats
from src.music.theory.keys import key_name
from src.tagging.records import SongMeasures

WINDOW_BEATS = 16
JUMP = 0.04
"""A tempo that leaves its neighbourhood by more than this share has changed, not drifted."""

_FULL_SCALE = 0.999
_SILENT_DBFS = -60.0
_BLOCK_S = 0.1
_LEAST_CONFIDENCE = 0.1

Values = NDArray[np.float64]


def analyse_song(audio: Audio, *, sample_rate: int) -> SongMeasures:
    """Measure tempo, bars, key, sections, loudness and faults of a whole song.

    audio: float32, shape (channels, samples). What a song does not have stays None or empty:
    silence has neither tempo nor key.
    """
    sound = valid_audio(audio)
    duration_s = sound.shape[1] / sample_rate
    if not sound.size or not sound.any():
        return SongMeasures(duration_s, silent=1.0)
    onsets = song_onsets(sound, sample_rate=sample_rate)
    low = low_rate(loudest_channel_mix(sound), sample_rate=sample_rate)
    key = song_key(low, rate=min(PITCH_RATE, sample_rate))
    loudness = integrated_loudness(sound, sample_rate=sample_rate)
    return SongMeasures(
        duration_s=duration_s,
        **_rhythm(onsets, low, min(PITCH_RATE, sample_rate)),
        **_tonality(key),
        loudness_lufs=loudness if np.isfinite(loudness) else None,
        true_peak_dbtp=true_peak_dbtp(sound, sample_rate=sample_rate),
        clipped=float(np.mean(np.abs(sound) >= _FULL_SCALE)),
        silent=_silent_share(sound, sample_rate),
    )


def song_tempo_bpm(beats_s: Values) -> float:
    """Tempo of most of a song: the median over runs of sixteen beats, in BPM."""
    lag = min(WINDOW_BEATS, beats_s.size - 1)
    return float(60.0 * lag / np.median(beats_s[lag:] - beats_s[:-lag]))


def _rhythm(onsets: SongOnsets, low: NDArray[np.float32], rate: int) -> dict[str, Any]:
    found = tempo_and_beats(onsets)
    if found is None:
        return {}
    _, beats_s = found
    chroma = beat_chroma(low, beats_s, rate=rate)
    bars = find_bars(onsets, beats_s, chroma)
    confidence = _steadiness(onsets, beats_s)
    if confidence < _LEAST_CONFIDENCE:
        return {}
    drift, changes = _tempo_faults(beats_s)
    return {
        "bpm": song_tempo_bpm(beats_s),
        "bpm_confidence": confidence,
        "drift": drift,
        "tempo_changes": changes,
        "beats_per_bar": None if bars is None else bars.beats_per_bar,
        "sections": _sections(onsets, beats_s, chroma, bars),
    }


def _sections(
    onsets: SongOnsets, beats_s: Values, chroma: Values, bars: Bars | None
) -> tuple[tuple[float, str], ...]:
    if bars is None:
        return ()
    starts_s = beats_s[bars.downbeats]
    found = find_sections(bar_features(onsets, beats_s, chroma, bars))
    return tuple((round(float(starts_s[one.first_bar]), 3), one.label) for one in found)


def _steadiness(onsets: SongOnsets, beats_s: Values) -> float:
    """Rate how far beats stand out of what lies between, and repeat bar by bar, as 0 to 1."""
    if beats_s.size < 8:
        return 0.0
    at = np.round(beats_s * FRAME_RATE).astype(int)
    around = np.clip(at[:, None] + np.arange(-2, 3), 0, onsets.strength.size - 1)
    hit = float(onsets.strength[around].max(axis=1).mean() / (onsets.strength.mean() + 1e-9))
    repeats = repetition(onsets, beats_s, 4) if beats_s.size > 8 else 0.0
    return float(np.clip((hit - 1.5) / 5.0 + 0.5 * max(repeats, 0.0), 0.0, 1.0))


def _tempo_faults(beats_s: Values) -> tuple[float, int]:
    """Farthest that the tempo goes from its median (nine tenths of the song), and its jumps."""
    lag = WINDOW_BEATS
    if beats_s.size < 3 * lag:
        return 0.0, 0
    local = 60.0 * lag / (beats_s[lag:] - beats_s[:-lag])
    drift = float(np.quantile(np.abs(local / np.median(local) - 1.0), 0.9))
    ratio = local[lag:] / local[:-lag]
    jumped = np.abs(ratio - 1.0) > JUMP
    before, after = local[:-lag][jumped], local[lag:][jumped]
    steady = (
        np.count_nonzero(np.abs(local / before.mean() - 1.0) < JUMP / 2) > lag
        and np.count_nonzero(np.abs(local / after.mean() - 1.0) < JUMP / 2) > lag
        if before.size
        else False
    )
    runs = int(np.count_nonzero(np.diff(jumped.astype(int), prepend=0) == 1))
    return drift, runs if steady else 0


def _tonality(key: SongKey | None) -> dict[str, Any]:
    if key is None:
        return {}
    changes = tuple(
        (one.start_s, key_name(one.tonic, minor=one.minor)) for one in key.stretches[1:]
    )
    return {
        "key": key_name(key.tonic, minor=key.minor),
        "key_confidence": key.confidence,
        "key_changes": changes,
    }


def _silent_share(audio: Audio, sample_rate: int) -> float:
    block = max(1, round(_BLOCK_S * sample_rate))
    whole = audio.shape[1] // block * block
    if not whole:
        return 0.0
    blocks = audio[:, :whole].reshape(audio.shape[0], -1, block)
    power = np.einsum("cbs,cbs->b", blocks, blocks) / (block * audio.shape[0])
    return float(np.mean(power < 10.0 ** (_SILENT_DBFS / 10.0)))

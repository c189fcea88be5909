"""Whether what a model made may be called a success, and how near it is to what was asked for.

ACE-Step is known to give silence or NaN now and then, and its own pipeline lifts any output to
full scale, so all of this is judged on the decoded sound before its level is touched.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from src.audio.basics.validation import Audio
from src.core.errors import GenerationFailedError
from src.generation.protocol import GeneratedMusic
from src.generation.request import MusicRequest
from src.music.theory.keys import key_name, relative_key
from src.music.theory.tempo import tempo_relation

SILENT_DBFS = -60.0
"""A peak below this is silence with a residue."""

PEAK_DBFS = -1.0
MOST_GAIN_DB = 12.0
"""What is quieter than the highest level minus this stays quieter: noise is not made music."""

SHORTEST_SHARE = 0.995
"""So much of the length that was asked for must be there; the latents come in steps of 40 ms."""

TEMPO_TOLERANCE = 0.03
"""A measured tempo within this share, in half or double time too, is the one asked for."""

_HEARD_CONFIDENCE = 0.35
"""Below this a measured key or tempo contradicts nobody."""


@dataclass(frozen=True)
class Judgement:
    """What was measured. Levels are the model's own, before gain_db was applied.

    tempo_bpm, key: as measured; None where nothing begins, or nothing is tonal
    warnings: where it is not what was asked for, in words
    """

    seed: int
    duration_s: float
    peak_dbfs: float
    loudness_lufs: float | None
    gain_db: float
    tempo_bpm: float | None
    tempo_confidence: float
    key: str | None
    key_confidence: float
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Write it as JSON can hold it."""
        return {**asdict(self), "warnings": list(self.warnings)}


def judge(
    music: GeneratedMusic, request: MusicRequest, *, expected_s: float
) -> tuple[Audio, Judgement]:
    """Check one variant, cut it to its length and bring its peak to -1 dBFS.

    expected_s: how long it has to be

    Returns a new array, float32, shape (2, samples), and what was measured. The gain is at most
    12 dB. Raises GenerationFailedError (``not_finite``, ``silent``, ``wrong_length``).
    """
    audio = _sound(music, expected_s)
    peak_dbfs = _dbfs(float(np.abs(audio).max(initial=0.0)))
    if peak_dbfs < SILENT_DBFS:
        raise GenerationFailedError(
            f"the model made silence: its peak is {peak_dbfs:.0f} dBFS. Another seed may help",
            code="silent",
        )
    from src.audio.metering.loudness import integrated_loudness

    loudness = integrated_loudness(audio, sample_rate=music.sample_rate)
    gain_db = min(PEAK_DBFS - peak_dbfs, MOST_GAIN_DB)
    levelled = audio * np.float32(10.0 ** (gain_db / 20.0))
    tempo_bpm, tempo_sure, key, key_sure = _measured(audio, music.sample_rate)
    warnings = [*_tempo_warnings(tempo_bpm, tempo_sure, request.tempo_bpm)]
    warnings += _key_warnings(key, key_sure, request.key)
    if PEAK_DBFS - peak_dbfs > MOST_GAIN_DB:
        warnings.append(f"very quiet: the model's peak is {peak_dbfs:.0f} dBFS")
    judgement = Judgement(
        music.seed, audio.shape[1] / music.sample_rate, peak_dbfs,
        loudness if np.isfinite(loudness) else None, gain_db,
        tempo_bpm, tempo_sure, key, key_sure, tuple(warnings),
    )  # fmt: skip
    return levelled, judgement


def _sound(music: GeneratedMusic, expected_s: float) -> Audio:
    """Return the part of the sound that was asked for, once it is finite and long enough."""
    if not np.isfinite(music.audio).all():
        share = 1.0 - float(np.isfinite(music.audio).mean())
        raise GenerationFailedError(
            f"the model made {share:.1%} of samples that are no numbers: half precision may have"
            " overflowed",
            code="not_finite",
        )
    expected = round(expected_s * music.sample_rate)
    if music.audio.shape[1] < SHORTEST_SHARE * expected:
        raise GenerationFailedError(
            f"the model made {music.audio.shape[1] / music.sample_rate:.2f} s of"
            f" {expected_s:.2f} s",
            code="wrong_length",
        )
    return music.audio[:, :expected]


def _measured(audio: Audio, sample_rate: int) -> tuple[float | None, float, str | None, float]:
    """Estimate tempo and key from the sound alone, each with its confidence in 0..1."""
    from src.audio.analysis.sound_estimates import estimate_sound

    estimates = estimate_sound(audio, sample_rate=sample_rate)
    tempo, key = estimates.tempo, estimates.key
    return (
        None if tempo is None else tempo.bpm,
        0.0 if tempo is None else tempo.confidence,
        None if key is None else key_name(key.tonic, minor=key.minor),
        0.0 if key is None else key.confidence,
    )


def _tempo_warnings(measured: float | None, sure: float, requested: float | None) -> list[str]:
    if requested is None:
        return []
    if measured is None:
        return [f"tempo: {requested:g} BPM were asked for, no beat can be measured"]
    if abs(tempo_relation(measured, requested).factor - 1.0) <= TEMPO_TOLERANCE:
        return []
    doubt = "" if sure >= _HEARD_CONFIDENCE else ", unsurely"
    return [f"tempo: {requested:g} BPM were asked for, {measured:.1f} measured{doubt}"]


def _key_warnings(measured: str | None, sure: float, requested: str | None) -> list[str]:
    if requested is None or measured in (requested, relative_key(requested)):
        return []
    if measured is None or sure < _HEARD_CONFIDENCE:
        return [f"key: {requested} was asked for, none can be measured surely"]
    return [f"key: {requested} was asked for, {measured} measured"]


def _dbfs(level: float) -> float:
    return float(20.0 * np.log10(max(level, 1e-10)))

"""Tempo of loops, from their length and their rhythm.

Most loops are cut to a whole number of bars, so that only a handful of tempos make sense:
those that fit whole beats into the length. They are ranked by how well the rhythm repeats at
their beats and bars, by the count of beats (powers of two are usual) and by how common the
tempo is. Tempos that do not fit the length compete at a handicap, for files with tails.

Sources: candidates from the length as in Font and Serra (ISMIR 2016, "Tempo estimation for
music loops"); a log-normal prior as in Ellis (2007); repetition of onsets band by band as in
Scheirer (1998).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from src.audio.analysis.onsets import OnsetStrength
from src.audio.basics.validation import Audio

SLOWEST_BPM, FASTEST_BPM = 55.0, 215.0
USUAL_BPM, USUAL_SPREAD = 122.0, 0.48
"""Centre of the tempo prior, and its standard deviation in octaves."""

BEATS_PER_BAR = 4

Rhythm = Literal["backbeat", "drums", "any"]
"""What is known of the stem: snares and claps repeat every second beat; kits mix both."""

_LAGS_IN_BEATS = {
    "any": {0.5: 0.4, 1.0: 1.0, 2.0: 0.9, 4.0: 0.7},
    "drums": {0.5: 0.3, 1.0: 0.8, 2.0: 1.2, 4.0: 0.8},
    "backbeat": {0.5: 0.2, 1.0: -1.2, 2.0: 1.6, 4.0: 0.5},
}
_TRIMMED_COST, _FREE_COST = 0.7, 0.8
_WHOLE_TEMPO_BONUS, _WHOLE_TEMPO_MISS = 0.5, 0.03
_ODD_COUNT_COST, _BROKEN_BAR_COST = 0.5, 1.2
_FAMILY_TEMPERATURE, _OCTAVE_TEMPERATURE = 0.3, 0.45
_CLOCK_SHARE = 0.3
_SMALLEST_TRIM_S = 0.02
_FREE_STEP = 1.004
_BLOCK = 1 << 16
_INTEGER_PULL = 0.004

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Extent:
    """Where the sound lies in its file, in seconds: whole length, first and last sound."""

    duration_s: float
    first_s: float
    last_s: float


@dataclass(frozen=True)
class TempoCandidate:
    """A tempo and how well it explains the clip.

    score: log odds, comparable within one clip only
    beats: whole beats from start_s to the end, None where the tempo does not fit the length
    repetition: how alike onsets are one, two and four beats later; about 0..3
    """

    bpm: float
    score: float
    beats: int | None
    start_s: float
    repetition: float


@dataclass(frozen=True)
class TempoEstimate:
    """The tempo of a loop.

    confidence: probability in 0..1 that the tempo is right, octave included
    downbeat_s: where the first beat lies
    bar_exact: whether the file is cut to whole beats from the first beat to its end
    best: the tempo with what speaks for it
    candidates: up to five tempos with their probabilities, likeliest first, the best one with
        its confidence; half and double of the best are among them where they are usual tempos
    """

    bpm: float
    confidence: float
    downbeat_s: float
    bar_exact: bool
    best: TempoCandidate
    candidates: tuple[tuple[float, float], ...]


def extent_of(audio: Audio, *, sample_rate: int) -> Extent:
    """Find where a clip sounds in any channel: more than -50 dB of its peak.

    audio: float32, shape (channels, samples), of any length; read block by block. Silence
    and an empty clip sound nowhere: first and last are 0 and the duration.
    """
    samples = audio.shape[1]
    duration_s = samples / sample_rate
    blocks = [audio[:, start : start + _BLOCK] for start in range(0, samples, _BLOCK)]
    peaks = [max(float(block.max()), -float(block.min())) for block in blocks]
    least = max(peaks, default=0.0) * 10.0 ** (-50.0 / 20.0)
    sounding = [position for position, peak in enumerate(peaks) if peak > least]
    if not sounding:
        return Extent(duration_s, 0.0, duration_s)
    head = (np.abs(blocks[sounding[0]]) > least).any(axis=0)
    tail = (np.abs(blocks[sounding[-1]]) > least).any(axis=0)
    first = sounding[0] * _BLOCK + int(np.argmax(head))
    last = sounding[-1] * _BLOCK + tail.size - int(np.argmax(tail[::-1]))
    return Extent(duration_s, first / sample_rate, last / sample_rate)


def estimate_tempo(
    strength: OnsetStrength,
    extent: Extent,
    *,
    rhythm: Rhythm = "any",
    proposals: Sequence[float] = (),
) -> TempoEstimate | None:
    """Estimate the likeliest tempo of a loop.

    strength: onset strength of the whole clip, from its start
    proposals: tempos of others (a name, metadata); they are ranked with the rest

    None where nothing can be said: no onsets, or too short for a beat at any tempo.
    """
    repetition = Repetition.of(strength)
    if repetition is None or extent.duration_s * FASTEST_BPM / 60.0 < 1.0:
        return None
    ranked = rank_tempos(repetition, extent, rhythm=rhythm, proposals=proposals)
    if not ranked:
        return None
    best = ranked[0]
    if best.beats is None:
        best = _refined(best, strength)
        ranked = (best, *ranked[1:])
    chances = _probabilities(ranked)
    return TempoEstimate(
        bpm=best.bpm,
        confidence=float(chances[0]),
        downbeat_s=best.start_s,
        bar_exact=best.beats is not None,
        best=best,
        candidates=_likeliest(ranked, chances),
    )


@dataclass(frozen=True)
class Repetition:
    """How alike the onsets are to themselves some time later, all bands together.

    values: autocorrelation by frame, 1 at lag 0; about 0 where nothing repeats
    """

    values: Values
    frame_rate: float

    @classmethod
    def of(cls, strength: OnsetStrength) -> "Repetition | None":
        """Sum of the autocorrelations of all bands. None where nothing begins."""
        bands = strength.bands - strength.bands.mean(axis=1, keepdims=True)
        frames = bands.shape[1]
        if frames < 8 or float(np.abs(bands).max()) < 1e-4:
            return None
        size = fft.next_fast_len(2 * frames, real=True)
        spectra = fft.rfft(bands, size, axis=1)
        power = np.square(spectra.real).sum(axis=0) + np.square(spectra.imag).sum(axis=0)
        raw = fft.irfft(power, size)[:frames].astype(np.float64)
        overlap = np.maximum(1.0 - np.arange(frames) / frames, 0.25)
        return cls(raw / raw[0] / overlap, strength.frame_rate)

    def after(self, lag_s: Values) -> Values:
        """Likeness at lags in seconds, at least 0; lags beyond the clip give 0."""
        frames = np.arange(self.values.size) / self.frame_rate
        return np.maximum(np.interp(lag_s, frames, self.values, right=0.0), 0.0)

    def at_tempos(self, bpm: Values, rhythm: Rhythm) -> Values:
        """Rate how well the rhythm repeats at each tempo's beats and bars."""
        score = np.zeros_like(bpm)
        for beats, weight in _LAGS_IN_BEATS[rhythm].items():
            score += weight * self.after(beats * 60.0 / bpm)
        return score


def rank_tempos(
    repetition: Repetition, extent: Extent, *, rhythm: Rhythm, proposals: Sequence[float]
) -> tuple[TempoCandidate, ...]:
    """Rank all tempos worth considering, best first; of equal ones the better scored stays."""
    candidates = [
        candidate
        for start_s, end_s, cost in _spans(extent)
        for candidate in _exact(repetition, start_s, end_s, cost, rhythm)
    ]
    candidates += _free(repetition, extent, rhythm, proposals)
    candidates.sort(key=lambda candidate: -candidate.score)
    if candidates:
        candidates += _at(
            np.asarray([candidates[0].bpm / 2.0, candidates[0].bpm * 2.0]),
            repetition,
            extent,
            rhythm,
        )
        candidates.sort(key=lambda candidate: -candidate.score)
    kept: list[TempoCandidate] = []
    for candidate in candidates:
        if all(abs(candidate.bpm / other.bpm - 1.0) > 0.012 for other in kept):
            kept.append(candidate)
    return tuple(kept)


def cut_by_the_clock(duration_s: float) -> bool:
    """Tell whether a length is a whole number of half seconds to 2 ms.

    Single sounds and textures are often cut so; that they then hold whole beats at 120 or 60
    is no evidence of a tempo.
    """
    return abs(2.0 * duration_s - round(2.0 * duration_s)) < 0.004


def _spans(extent: Extent) -> Iterable[tuple[float, float, float]]:
    """Stretches of the file that may be whole bars: start, end, cost of believing it."""
    yield 0.0, extent.duration_s, 0.0
    leads = extent.first_s > _SMALLEST_TRIM_S
    trails = extent.duration_s - extent.last_s > _SMALLEST_TRIM_S
    if leads:
        yield extent.first_s, extent.duration_s, _TRIMMED_COST
    if trails:
        yield 0.0, extent.last_s, _TRIMMED_COST
    if leads and trails:
        yield extent.first_s, extent.last_s, _TRIMMED_COST


def _exact(
    repetition: Repetition, start_s: float, end_s: float, cost: float, rhythm: Rhythm
) -> Iterable[TempoCandidate]:
    """Tempos at which a stretch is a whole number of beats."""
    span_s = end_s - start_s
    counts = np.arange(1, math.ceil(span_s * FASTEST_BPM / 60.0) + 1)
    bpm = np.asarray(counts * 60.0 / max(span_s, 1e-3), np.float64)
    fits = (bpm >= SLOWEST_BPM) & (bpm <= FASTEST_BPM)
    counts, bpm = counts[fits], bpm[fits]
    alike = repetition.at_tempos(bpm, rhythm)
    whole = np.abs(bpm - np.round(bpm)) < _WHOLE_TEMPO_MISS
    scores = alike + _prior(bpm) - cost + _WHOLE_TEMPO_BONUS * whole
    for tempo, beats, likeness, worth in zip(bpm, counts, alike, scores, strict=True):
        score = float(worth) - _count_cost(int(beats))
        yield TempoCandidate(float(tempo), score, int(beats), start_s, float(likeness))


def _free(
    repetition: Repetition, extent: Extent, rhythm: Rhythm, proposals: Sequence[float]
) -> Iterable[TempoCandidate]:
    """Tempos that the rhythm itself suggests, or somebody else does, whatever the length."""
    steps = math.floor(math.log(FASTEST_BPM / SLOWEST_BPM) / math.log(_FREE_STEP))
    bpm = np.asarray(SLOWEST_BPM * _FREE_STEP ** np.arange(steps + 1), np.float64)
    alike = repetition.at_tempos(bpm, rhythm)
    is_peak = (alike[1:-1] > alike[:-2]) & (alike[1:-1] >= alike[2:]) & (alike[1:-1] > 0.3)
    peaks = np.concatenate([bpm[1:-1][is_peak], np.asarray(proposals, np.float64)])
    yield from _at(peaks, repetition, extent, rhythm)


def _at(
    bpm: Values, repetition: Repetition, extent: Extent, rhythm: Rhythm
) -> Iterable[TempoCandidate]:
    """Given tempos as candidates whatever the length; those out of range are left out."""
    bpm = bpm[(bpm >= SLOWEST_BPM) & (bpm <= FASTEST_BPM)]
    likeness = repetition.at_tempos(bpm, rhythm)
    start_s = extent.first_s if extent.first_s > _SMALLEST_TRIM_S else 0.0
    for tempo, alike_here, prior in zip(bpm, likeness, _prior(bpm), strict=True):
        score = float(alike_here + prior) - _FREE_COST
        yield TempoCandidate(float(tempo), score, None, start_s, float(alike_here))


def _prior(bpm: Values) -> Values:
    octaves: Values = np.log2(bpm / USUAL_BPM)
    prior: Values = -0.5 * np.square(octaves / USUAL_SPREAD)
    return prior


def _count_cost(beats: int) -> float:
    """Loops are mostly 1, 2, 4, 8 or 16 bars; sometimes 3 or 6; hardly ever broken."""
    if beats >= BEATS_PER_BAR and beats & (beats - 1) == 0:
        return 0.0
    if beats == 2 or (beats % 12 == 0 and (beats // 12) & (beats // 12 - 1) == 0):
        return _ODD_COUNT_COST
    return _BROKEN_BAR_COST


def _probabilities(ranked: Sequence[TempoCandidate]) -> Values:
    """Probability of each tempo: of its family of octaves, times that of its octave.

    Scores are taken as log odds. A length that holds a usual count of beats at a whole
    tempo is hardly chance, so that it counts even where little repeats: but not where the
    length is as well a round time on the clock.
    """
    best = ranked[0]
    scores = np.array([candidate.score - best.score for candidate in ranked])
    octaves = np.abs(np.log2([candidate.bpm / best.bpm for candidate in ranked]))
    family = np.abs(octaves - np.round(octaves)) < 0.02
    weights = np.exp(scores / _FAMILY_TEMPERATURE)
    share = float(weights[family].sum() / weights.sum())
    rhythmic = min(1.0, max(0.0, best.repetition) / 0.8)
    if best.beats is not None and cut_by_the_clock(best.beats * 60.0 / best.bpm):
        share *= _CLOCK_SHARE + (1.0 - _CLOCK_SHARE) * rhythmic
    elif best.beats is None:
        share *= 0.5 + 0.35 * rhythmic
    elif _count_cost(best.beats) > 0.0 or best.start_s > 0.0:
        share *= 0.6 + 0.25 * rhythmic
    elif abs(best.bpm - round(best.bpm)) < _WHOLE_TEMPO_MISS:
        share = 0.85 + 0.15 * share
    odds = np.where(family, np.exp(scores / _OCTAVE_TEMPERATURE), 0.0)
    weights[family] = 0.0
    others = float(weights.sum())
    chances: Values = share * odds / odds.sum()
    if others > 0.0:
        chances += (1.0 - share) * weights / others
    return chances


def _likeliest(
    ranked: Sequence[TempoCandidate], chances: Values
) -> tuple[tuple[float, float], ...]:
    """Choose the best tempo, its half and double, and the likeliest others: five, likeliest
    first.
    """
    best = ranked[0].bpm
    related = [
        position
        for position, candidate in enumerate(ranked)
        if any(abs(candidate.bpm / best / ratio - 1.0) < 0.013 for ratio in (0.5, 1.0, 2.0))
    ]
    rest = sorted(set(range(len(ranked))) - set(related), key=lambda position: -chances[position])
    chosen = [*related, *rest][:5]
    pairs = [(ranked[position].bpm, float(chances[position])) for position in chosen]
    return tuple(sorted(pairs, key=lambda pair: -pair[1]))


def _refined(candidate: TempoCandidate, strength: OnsetStrength) -> TempoCandidate:
    """Sharpen a tempo read off the rhythm, with the Fourier comb of its beats around it.

    A result within 0.4 % of a whole number is taken to be that number, as most tempos are.
    """
    near = candidate.bpm * np.linspace(0.98, 1.02, 81)
    times = np.arange(strength.values.size) / strength.frame_rate
    comb = np.zeros_like(near)
    for harmonic, weight in ((1, 1.0), (2, 1.0), (4, 0.5)):
        turns = np.exp(-2j * np.pi * harmonic * np.outer(near / 60.0, times))
        comb += weight * np.abs(turns @ strength.values)
    bpm = float(near[int(np.argmax(comb))])
    whole = float(round(bpm))
    if abs(bpm / whole - 1.0) < _INTEGER_PULL:
        bpm = whole
    return replace(candidate, bpm=bpm)

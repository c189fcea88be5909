"""Which octave of a tempo what plays in a loop suggests: 75 or 150.

One loop seldom says it for sure, but the loops of a kit do together: where hits in the low, middle
and high bands fall in the bar (kicks on one and three, snares on two and four, how fast the hats
go), whether basses and chords change at bar lines or within bars, after how many beats all of it
repeats, how many beats the file has. A conditional logit over the octaves of one tempo (McFadden
1974), with weights of their own for drums and for tones in the measure that a loop is one of them;
fitted by benchmarks.fit_octaves.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from src.audio.analysis.onsets import OnsetStrength
from src.audio.analysis.spectrum import Spectrum
from src.audio.analysis.tempo import FASTEST_BPM, SLOWEST_BPM, USUAL_BPM, Repetition, TempoEstimate

Values = NDArray[np.float64]

OCTAVES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Multiples of the tempo that was found, as far as they are tempos at all."""

_LAGS_BEATS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_USUAL_BEATS = (4, 8, 16, 32)
_BANDS_HZ = ((0.0, 150.0), (150.0, 3_000.0), (5_000.0, 20_000.0))
_TONES_HZ = (80.0, 2_000.0)
_TONE_BANDS = 56
_SLOTS = 16
_SLOTS_PER_BEAT = 4
_LEAST_ATTACK = 0.25
_APART_FRAMES = 7
_LEAST_BLOCKS = 4

CUES = (
    "octave", "octave squared", *(f"repeats after {lag:g} beats" for lag in _LAGS_BEATS),
    *(f"{band} {place}" for band in ("low", "middle", "high")
      for place in ("on one", "on three", "on two and four", "on eighths", "on sixteenths")),
    "changes at bar lines", "changes within bars", *(f"{beats} beats" for beats in _USUAL_BEATS),
)  # fmt: skip
"""What is measured at each tempo."""


@dataclass(frozen=True)
class Playing:
    """What plays over time, coarsely.

    attacks: shape (3, frames): rise of the amplitude below 150 Hz, up to 3 kHz, above 5 kHz
    tones: shape (bands, frames): amplitude in third tones or wider between 80 Hz and 2 kHz
    frame_rate: frames per second; first_s: where the first lies in the clip, in seconds
    """

    attacks: NDArray[np.float32]
    tones: NDArray[np.float32]
    frame_rate: float
    first_s: float = 0.0


@dataclass(frozen=True)
class OctaveModel:
    """means, spreads: shape (cues,); drums, tones: weights of standardised cues, shape (cues,)."""

    means: Values
    spreads: Values
    drums: Values
    tones: Values


def playing_of(spectrum: Spectrum, *, frame_rate: float, first_s: float) -> Playing:
    """Measure what plays in each frame of a spectrum."""
    bands = [_amplitude(spectrum, np.array(edges)) for edges in _BANDS_HZ]
    rise = np.diff(np.concatenate(bands), axis=1, prepend=0.0).clip(min=0.0)
    tones = _amplitude(spectrum, np.geomspace(*_TONES_HZ, _TONE_BANDS + 1))
    return Playing(rise.astype(np.float32), tones, frame_rate, first_s)


def _amplitude(spectrum: Spectrum, edges_hz: Values) -> NDArray[np.float32]:
    """Sum up the power between edges, as amplitudes; bands too narrow for a bin are joined."""
    places = np.unique(np.searchsorted(spectrum.freqs_hz, edges_hz))
    power = spectrum.power[: places[-1]]
    if places.size < 2:
        return np.zeros((1, power.shape[1]), np.float32)
    summed = np.add.reduceat(power, places[:-1], axis=0)
    amplitude: NDArray[np.float32] = np.sqrt(summed)
    return amplitude


def octave_chances(
    strength: OnsetStrength,
    playing: Playing,
    tempo: TempoEstimate,
    *,
    duration_s: float,
    drums: float,
) -> tuple[tuple[float, float], ...]:
    """Rate the octaves of a tempo by what plays: (BPM, probability), summing to 1, slowest first.

    duration_s: of the whole clip
    drums: in 0..1, how far the clip is drums

    Empty where nothing begins.
    """
    asked = octaves_of(tempo.bpm)
    cues = octave_cues(strength, playing, tempo, asked, duration_s=duration_s)
    if cues is None:
        return ()
    model = octave_model()
    standard = (cues - model.means) / model.spreads
    odds = standard @ (drums * model.drums + (1.0 - drums) * model.tones)
    chances = np.exp(odds - odds.max())
    chances /= chances.sum()
    return tuple((float(bpm), float(chance)) for bpm, chance in zip(asked, chances, strict=True))


def octaves_of(bpm: float) -> Values:
    """List half, double and so on of a tempo that are tempos of loops, slowest first."""
    asked = bpm * np.array(OCTAVES)
    kept: Values = asked[(asked >= SLOWEST_BPM) & (asked <= FASTEST_BPM)]
    return kept


def octave_cues(
    strength: OnsetStrength,
    playing: Playing,
    tempo: TempoEstimate,
    asked: Values,
    *,
    duration_s: float,
) -> Values | None:
    """Measure CUES at each tempo asked for, shape (tempos, cues). None where nothing begins."""
    repetition = Repetition.of(strength)
    if repetition is None:
        return None
    whole = tempo.bar_exact and tempo.downbeat_s == 0.0
    downbeat_s = tempo.downbeat_s - playing.first_s
    return np.array([
        [
            *(np.log2(bpm / USUAL_BPM) ** np.array([1.0, 2.0])),
            *repetition.after(np.array(_LAGS_BEATS) * 60.0 / bpm),
            *_places_in_bar(playing, bpm, downbeat_s),
            *_changes(playing, bpm, downbeat_s),
            *(float(whole and abs(duration_s * bpm / 60.0 - beats) < 0.01)
              for beats in _USUAL_BEATS),
        ]
        for bpm in asked
    ])  # fmt: skip


def _places_in_bar(playing: Playing, bpm: float, downbeat_s: float) -> list[float]:
    """Measure the shares of the hits of three bands on five kinds of places in the bar."""
    shares: list[float] = []
    strongest = np.maximum(playing.attacks.max(axis=1, keepdims=True), 1e-9)
    for rise in (playing.attacks / strongest).astype(np.float64):
        highest = rise == maximum_filter1d(rise, _APART_FRAMES)
        frames = np.flatnonzero(highest & (rise > _LEAST_ATTACK))
        times_s = frames / playing.frame_rate - downbeat_s
        slots = np.rint(times_s * bpm / 60.0 * _SLOTS_PER_BEAT).astype(np.int64) % _SLOTS
        grid = np.zeros(_SLOTS)
        np.add.at(grid, slots, rise[frames])
        grid /= max(float(grid.sum()), 1e-9)
        two_and_four = grid[4] + grid[12]
        shares += [grid[0], grid[8], two_and_four, grid[2::4].sum(), grid[1::2].sum()]
    return shares


def _changes(playing: Playing, bpm: float, downbeat_s: float) -> list[float]:
    """Measure how much the tones change from half bar to half bar: at bar lines, and within bars.

    One minus the cosine of mean amplitudes, 0..1; 0 for both where there are no two bars.
    """
    half_bar = 120.0 / bpm * playing.frame_rate
    start = max(downbeat_s, 0.0) * playing.frame_rate
    count = int((playing.tones.shape[1] - start) / half_bar + 0.1)
    if count < _LEAST_BLOCKS:
        return [0.0, 0.0]
    edges = np.rint(start + half_bar * np.arange(count + 1)).astype(np.int64)
    blocks = np.stack([
        playing.tones[:, first:last].mean(axis=1)
        for first, last in zip(edges[:-1], np.maximum(edges[1:], edges[:-1] + 1), strict=True)
    ])  # fmt: skip
    lengths = np.linalg.norm(blocks, axis=1) + 1e-9
    alike = (blocks[:-1] * blocks[1:]).sum(axis=1) / (lengths[:-1] * lengths[1:])
    return [float(1.0 - alike[1::2].mean()), float(1.0 - alike[::2].mean())]


@cache
def octave_model() -> OctaveModel:
    """Load the weights that ship with the engine (written by benchmarks/fit_octaves.py)."""
    path = files("src.audio.analysis").joinpath("data", "octaves.npz")
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return OctaveModel(*(stored[name].astype(np.float64) for name in MODEL_ARRAYS))


MODEL_ARRAYS = ("means", "spreads", "drums", "tones")
"""Names of the arrays in the data file, in the order of OctaveModel."""

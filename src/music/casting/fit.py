"""How one stem would be played in a track: as a loop, by steps, as a texture, as a phrase."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from src.music.casting.loop_metre import (
    IN_FOUR,
    LOOP_BARS,
    STEM_BAR_BEATS,
    beats_per_own_beat,
    is_straight,
    loop_bars_in,
    written_metre,
)
from src.music.theory.key_fit import KeyFit, fit_key, likeliest_key, root_worth
from src.music.theory.keys import pitch_class
from src.music.theory.library import DRUM_CATEGORIES, TONAL_CATEGORIES, StemCard
from src.music.theory.metre import FOUR_FOUR, Metre
from src.music.theory.tempo import TempoRelation, tempo_relation

Way = Literal["loop", "steps", "texture", "phrase", "none"]

MAX_SHIFT = 3
"""Largest shift of a tonal loop, in semitones: more changes its character."""

KIT_KEY_SURE = 0.8
"""How sure a key is that a stem does not have by itself but its kit has."""

MAX_STRETCH_COST = 0.9
"""Beyond it a loop is not conformed at all (about a third faster or slower)."""

_ROTATED_FROM_S, _EXACT_BARS, _SLIP_S = 0.005, 0.01, 0.001
_LONGEST_SHOT_S = 2.5
_SHORTEST_TEXTURE_S = 3.0
_LONGEST_PHRASE_S = 30.0
_GUESS_STRETCH = 0.12
_MAY_CROSS = ("pad", "strings", "guitar", "keys", "synth", "lead", "brass", "vocal", "atmo")
_CROSSED_WORTH = 0.5
_TEXTURES = ("atmo", "pad", "fx", "strings", "other")


@dataclass(frozen=True)
class Target:
    """What a stem has to fit: tempo in BPM, key, metre.

    swung: eighths are swung so far that straight drums would stumble beside them
    """

    bpm: float
    key: str
    metre: Metre = FOUR_FOUR
    swung: bool = False

    @property
    def beats_per_bar(self) -> float:
        """Length of a bar in beats."""
        return self.metre.beats_per_bar

    @property
    def beat_s(self) -> float:
        """Length of a beat in seconds."""
        return 60.0 / self.bpm


@dataclass(frozen=True)
class Fit:
    """How a stem would be played.

    way: "loop" repeats on the grid, "steps" is a sequenced one-shot, "texture" runs
        unstretched with long fades, "phrase" is placed now and then, "none" can't be used
    beats: length of one pass of a loop in the track's beats
    stretch_ratio: output length / input length
    tempo_cost: what bringing it to the tempo costs, 0..1
    key_distance: Camelot steps that remain after the shift; None where there is no key
    key_worth: 0..1, how well it then fits the track's key; None where no key matters or is known
    guessed: its tempo is not known but follows from its length
    rotate_s: a loop that is cut before its first downbeat plays from there on, and what
        lies before comes at the end of each pass
    own_bar: beats of a loop's own bars where each is cut to a bar of the track, which has
        ``bar`` beats; 0 where it is played as it is
    """

    way: Way
    beats: float = 0.0
    source_start_s: float = 0.0
    source_length_s: float = 0.0
    stretch_ratio: float = 1.0
    tempo_cost: float = 0.0
    half_or_double: float = 1.0
    semitones: float = 0.0
    key_distance: int | None = None
    key_worth: float | None = None
    guessed: bool = False
    rotate_s: float = 0.0
    own_bar: float = 0.0
    bar: float = 4.0


def fit_stem(card: StemCard, target: Target, *, key: str | None, shift: int | None = None) -> Fit:
    """Find the best way to play the stem.

    key: the stem's key as the caller believes it (a kit may know better than one stem);
        None where it is not known or does not matter
    shift: semitones by which its whole kit moves; None lets the stem move by itself. Notes of
        one-shots are pitched one by one, whatever their kit does
    """
    loop = _as_loop(card, target, key, shift)
    if loop is not None:
        return loop
    way = _way_without_tempo(card)
    tuned = _tuned(card, way, target, (key, shift))
    return Fit(
        way,
        source_start_s=card.downbeat_s if way in ("texture", "phrase") else 0.0,
        source_length_s=max(0.0, card.duration_s - card.downbeat_s),
        **_tuning(tuned),
    )


def _as_loop(card: StemCard, target: Target, key: str | None, shift: int | None) -> Fit | None:
    """Put the stem on the bar grid, or return None where its tempo does not allow it."""
    if not card.is_loop and not (card.bpm and card.bars and card.bars >= 1):
        return None
    found = _tempo_and_beats(card, target)
    if found is None:
        return None
    bpm, stem_beats, guessed = found
    rotated = target.metre in IN_FOUR and _is_rotated(card, bpm, target.beats_per_bar)
    if rotated:
        stem_beats = card.duration_s * bpm / 60.0
    written = None if target.metre in IN_FOUR else written_metre(card, stem_beats)
    straight = is_straight(card, 1.0)
    speed = beats_per_own_beat(target.metre, stem_beats, written, straight=straight)
    relation, cost = _relation(card, bpm * speed, target.bpm)
    if cost > MAX_STRETCH_COST:
        return None
    played_beats = stem_beats * speed * relation.ratio
    drums = card.category in DRUM_CATEGORIES
    if drums and target.swung and is_straight(card, relation.ratio):
        return None
    laid = loop_bars_in(target.metre, played_beats, written, drums=drums, straight=straight)
    if laid is None:
        return None
    source_beats = laid.beats / target.beats_per_bar * (laid.own_bar or target.beats_per_bar)
    tuned = _tuned(card, "loop", target, (key, shift))
    return Fit(
        "loop",
        beats=laid.beats,
        source_start_s=0.0 if rotated else card.downbeat_s,
        source_length_s=source_beats * 60.0 / (bpm * speed * relation.ratio),
        rotate_s=card.downbeat_s if rotated else 0.0,
        stretch_ratio=relation.factor,
        tempo_cost=cost,
        half_or_double=relation.ratio,
        **_tuning(tuned),
        guessed=guessed,
        own_bar=laid.own_bar,
        bar=target.beats_per_bar,
    )


def _tuning(tuned: KeyFit | None) -> dict[str, Any]:
    """Fields of a fit that say how it is brought into the track's key."""
    if tuned is None:
        return {}
    return {
        "semitones": float(tuned.semitones),
        "key_distance": tuned.distance,
        "key_worth": tuned.worth,
    }


def _is_rotated(card: StemCard, bpm: float, beats_per_bar: float) -> bool:
    """Tell whether a loop is whole bars long as it is, but begins before its first downbeat.

    One that is longer by what lies before the downbeat has only a lead-in.
    """
    if card.downbeat_s < _ROTATED_FROM_S or not card.bpm:
        return False
    bars = card.duration_s * bpm / 60.0 / beats_per_bar
    whole = [length for length in LOOP_BARS if abs(bars - length) <= _EXACT_BARS * length]
    if not whole:
        return False
    loop_s = whole[0] * beats_per_bar * 60.0 / bpm
    return card.duration_s - card.downbeat_s < loop_s - _SLIP_S


def _relation(card: StemCard, bpm: float, target_bpm: float) -> tuple[TempoRelation, float]:
    """Choose how a loop is brought to a tempo, and rate what it costs, 0..1.

    Where neither its own tempo nor half or double of it comes near, a melodic loop may play
    three beats against two: its chords then change every bar and a half.
    """
    usual = tempo_relation(bpm, target_bpm)
    if usual.cost <= MAX_STRETCH_COST or card.category not in _MAY_CROSS:
        return usual, usual.cost
    crossed = [TempoRelation(ratio, bpm * ratio / target_bpm) for ratio in (1.5, 2.0 / 3.0)]
    best = min(crossed, key=lambda relation: relation.cost)
    cost = 1.0 - (1.0 - best.cost) * _CROSSED_WORTH
    return (best, cost) if cost < usual.cost else (usual, usual.cost)


def _tempo_and_beats(card: StemCard, target: Target) -> tuple[float, float, bool] | None:
    """Tempo and usable beats of a loop, and whether they are guessed from its length."""
    usable_s = card.duration_s - card.downbeat_s
    if usable_s <= 0:
        return None
    if card.bpm:
        return card.bpm, usable_s * card.bpm / 60.0, False
    if card.bars:
        beats = card.bars * STEM_BAR_BEATS
        return beats * 60.0 / usable_s, beats, False
    guesses = [(bars * STEM_BAR_BEATS * 60.0 / usable_s, bars) for bars in LOOP_BARS]
    bpm, bars = min(guesses, key=lambda guess: abs(math.log(guess[0] / target.bpm)))
    if abs(bpm / target.bpm - 1.0) > _GUESS_STRETCH:
        return None
    return bpm, bars * STEM_BAR_BEATS, True


def _way_without_tempo(card: StemCard) -> Way:
    """Choose how a stem is used that does not go on the grid by its own tempo."""
    if card.category in _TEXTURES and card.duration_s >= _SHORTEST_TEXTURE_S:
        return "texture"
    if card.category == "cymbal" and card.duration_s > _LONGEST_SHOT_S:
        return "phrase"
    if card.category in DRUM_CATEGORIES:
        short = card.duration_s <= _LONGEST_SHOT_S and card.category != "drums"
        return "steps" if short and not card.is_loop else "none"
    if card.category == "fx":
        return "phrase"
    if card.category == "vocal" or card.duration_s > _LONGEST_SHOT_S:
        return "phrase" if card.duration_s <= _LONGEST_PHRASE_S and not card.is_loop else "none"
    return "none" if card.is_loop else "steps"


def _tuned(
    card: StemCard, way: Way, target: Target, moved: tuple[str | None, int | None]
) -> KeyFit | None:
    """Bring it into the track's key; None where nothing is known or to be done.

    moved: the key it is believed to be in, and the shift of its kit
    """
    if card.category not in (*TONAL_CATEGORIES, "atmo"):
        return None
    found = key_and_certainty(card, moved[0], steps=way == "steps")
    if found is None:
        return None
    key, sure = found
    if way == "steps":
        up = (pitch_class(target.key) - pitch_class(key)) % 12
        return KeyFit(up if up <= 5 else up - 12, 0, root_worth(sure))
    return fit_key(key, sure, card.keys, target.key, limit=MAX_SHIFT, shift=moved[1])


def key_and_certainty(
    card: StemCard, key: str | None, *, steps: bool = False
) -> tuple[str, float] | None:
    """Return the key that a stem is reckoned with, and how sure it is; None where none is.

    key: as the caller believes it; without one a loop has the likeliest by its sound
    """
    if key is not None:
        return key, card.confidence.get("key", 1.0) if key == card.key else KIT_KEY_SURE
    if steps or card.category == "atmo":
        return None
    return likeliest_key(card.keys)

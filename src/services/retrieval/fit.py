"""How well stems go with a stem or a track: roughly for many, by all criteria for the best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from src.db.index.library_index import LibraryIndex
from src.music.casting.compatibility import Compatibility, compatibility
from src.music.theory.keys import KEYS, camelot_distance
from src.music.theory.library import CATEGORIES, DRUM_CATEGORIES, StemCard
from src.services.retrieval.directions import Scores

WEIGHED = 400
"""So many of the best are weighed by all criteria; the others follow after them."""

_NEAR_OCTAVES = 0.06
_SHOT_FIT, _UNKNOWN_FIT = 0.7, 0.5
_KEY_STEEPNESS = 0.7
_MOST_PLAYING = 16


@dataclass(frozen=True)
class PlayingContext:
    """What the hits shall go with. name: for the reasons; cards: what plays"""

    name: str
    cards: tuple[StemCard, ...]


def track_context(
    name: str, bpm: float, choices: Sequence[Mapping[str, Any]], cards: Mapping[str, StemCard]
) -> PlayingContext:
    """Collect what plays in a track: its stems that are still there, loops at the track's
    tempo.

    choices: as a track's report keeps them
    """
    playing: dict[str, StemCard] = {}
    for choice in choices:
        card = cards.get(str(choice.get("stem_id")))
        if card is None or card.id in playing:
            continue
        if card.is_loop and card.bpm:
            ratio = 2.0 ** round(np.log2(bpm / card.bpm))
            length_s = card.duration_s * card.bpm * ratio / bpm
            card = replace(card, bpm=bpm, duration_s=length_s)
        playing[card.id] = card
    return PlayingContext(name, tuple(playing.values())[:_MOST_PLAYING])


def said_fit(
    index: LibraryIndex, slots: NDArray[np.intp], bpm: float | None, key: str | None
) -> Scores | None:
    """Rate how well tempo and key fit those that a prompt names, 0..1; None where it names
    neither.
    """
    parts: list[Scores] = []
    if bpm is not None:
        parts.append(_tempo_fit(index.column("bpm")[slots], bpm, unknown=0.0))
    if key is not None:
        parts.append(_key_fit(index.column("key")[slots], key, unknown=9))
    return sum(parts, np.zeros(slots.size)) / len(parts) if parts else None


def rough_fit(index: LibraryIndex, slots: NDArray[np.intp], context: PlayingContext) -> Scores:
    """Rate how well tempo or length, and key, fit what plays: by columns, 0..1, shape (slots,)."""
    loops = index.column("is_loop")[slots]
    tonal_codes = [code for code, name in enumerate(CATEGORIES) if name not in DRUM_CATEGORIES]
    tonal = np.isin(index.column("category")[slots], tonal_codes)
    bpm, keys = index.column("bpm")[slots], index.column("key")[slots]
    lengths_s = np.maximum(index.column("duration_s")[slots], 1e-3)
    summed = np.zeros(slots.size)
    for card in context.cards:
        time = np.full(slots.size, _SHOT_FIT)
        if card.is_loop:
            by_length = _octave_fit(np.log2(lengths_s / max(card.duration_s, 1e-3)))
            by_tempo = _tempo_fit(bpm, card.bpm, unknown=0.0) if card.bpm else by_length
            time = np.where(loops, np.maximum(by_length, by_tempo), time)
        harmony = np.full(slots.size, _UNKNOWN_FIT)
        if card.key is not None and card.category not in DRUM_CATEGORIES:
            known = tonal & (keys >= 0)
            harmony = np.where(known, _key_fit(keys, card.key, unknown=3), harmony)
        summed += 0.6 * time + 0.4 * harmony
    return summed / max(1, len(context.cards))


def weighed(card: StemCard, context: PlayingContext) -> Compatibility:
    """Rate by all criteria, with their reasons."""
    return compatibility(card, context.cards)


def _tempo_fit(bpm: NDArray[np.float32], requested: float, *, unknown: float) -> Scores:
    with np.errstate(divide="ignore"):
        octaves = np.log2(np.nan_to_num(bpm.astype(np.float64), nan=1.0) / requested)
    apart = np.abs(octaves - np.clip(np.round(octaves), -1, 1))
    fit: Scores = np.where(np.isnan(bpm), unknown, np.exp(-((apart / _NEAR_OCTAVES) ** 2)))
    return fit


def _octave_fit(octaves: Scores) -> Scores:
    """Return 1 where a length is 1:2, 1:4 ... of another."""
    apart = octaves - np.round(octaves)
    fit: Scores = np.exp(-((apart / _NEAR_OCTAVES) ** 2))
    return fit


def _key_fit(keys: NDArray[np.int8], requested: str, *, unknown: int) -> Scores:
    near = np.array([camelot_distance(name, requested) for name in KEYS] + [unknown])
    fit: Scores = np.exp(-_KEY_STEEPNESS * near[keys])
    return fit

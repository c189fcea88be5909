"""Key of a song and its changes: blocks of some seconds, and the likeliest path through them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.audio.analysis.key import chroma_of, estimate_key

BLOCK_S = 12.0
_CHANGE_COST = 7.0
_BELIEF = 0.5
"""How much a block's likelihoods count: neighbours are too alike to be independent."""

Values = NDArray[np.float64]


@dataclass(frozen=True)
class KeyStretch:
    """A part of a song in one key. tonic: pitch class, 0 is C"""

    start_s: float
    end_s: float
    tonic: int
    minor: bool


@dataclass(frozen=True)
class SongKey:
    """The key that most of a song is in, and all of its keys in order.

    confidence: 0..1, mean chance of the main key over the blocks that are in it
    """

    tonic: int
    minor: bool
    confidence: float
    stretches: tuple[KeyStretch, ...]


def song_key(low: NDArray[np.float32], *, rate: int) -> SongKey | None:
    """Estimate the key of a song. None where nothing tonal sounds.

    low: float32, shape (samples,), at a low rate (see pitch.low_rate)
    """
    size = round(BLOCK_S * rate)
    starts = range(0, max(low.size - size // 2, 1), size)
    estimates = [estimate_key(chroma_of(low[at : at + size], rate=rate)) for at in starts]
    if all(one is None for one in estimates):
        return None
    likely = np.stack([np.zeros(24) if one is None else one.log_likelihood for one in estimates])
    scores = np.stack([np.full(24, 1 / 24) if one is None else one.scores for one in estimates])
    path = _likeliest_keys(_BELIEF * likely)
    best = int(np.argmax(np.bincount(path, minlength=24)))
    confidence = float(scores[path == best, best].mean())
    return SongKey(best % 12, best >= 12, confidence, _stretches(path, low.size / rate))


def _likeliest_keys(likely: Values) -> NDArray[np.int64]:
    """Path of keys (Viterbi). likely: shape (blocks, 24), log likelihoods"""
    best, came_from = likely[0].copy(), np.zeros(likely.shape, np.int64)
    for block in range(1, len(likely)):
        leader = int(np.argmax(best))
        stays = best >= best[leader] - _CHANGE_COST
        came_from[block] = np.where(stays, np.arange(24), leader)
        best = np.where(stays, best, best[leader] - _CHANGE_COST) + likely[block]
    path = np.zeros(len(likely), np.int64)
    path[-1] = int(np.argmax(best))
    for block in range(len(likely) - 1, 0, -1):
        path[block - 1] = came_from[block, path[block]]
    return path


def _stretches(path: NDArray[np.int64], duration_s: float) -> tuple[KeyStretch, ...]:
    """Join blocks of one key; a single block between two of another key is no change."""
    smooth = path.copy()
    for block in range(1, path.size - 1):
        if smooth[block - 1] == path[block + 1] != path[block]:
            smooth[block] = smooth[block - 1]
    starts = np.flatnonzero(np.diff(smooth, prepend=-1))
    ends = [*starts[1:], path.size]
    return tuple(
        KeyStretch(
            float(start * BLOCK_S),
            duration_s if end == path.size else float(end * BLOCK_S),
            int(smooth[start] % 12),
            bool(smooth[start] >= 12),
        )
        for start, end in zip(starts, ends, strict=True)
    )

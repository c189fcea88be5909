"""Cutting rhythmic sound at its hits and setting the pieces to another tempo."""

import numpy as np
from numpy.typing import NDArray

from src.audio.analysis.onsets import onset_times_s
from src.audio.basics.fades import crossfade
from src.audio.basics.validation import Audio

_EARLY_S = 0.0015
_FADE_S = 0.003
_SENSITIVITY = 0.8
_ATTACK_S, _BLEND_S = 0.020, 0.010


def cut_points(audio: Audio, *, sample_rate: int) -> NDArray[np.int64]:
    """Find where hits begin, in samples, rising; the first is always 0.

    Cuts lie 1.5 ms before the attack that was found, so that none is cut into.
    """
    onsets = onset_times_s(audio, sample_rate=sample_rate, sensitivity=_SENSITIVITY)
    cuts = np.rint((onsets - _EARLY_S) * sample_rate).astype(np.int64)
    least = round(2 * _FADE_S * sample_rate)
    inside = cuts[(cuts >= least) & (cuts < audio.shape[1] - least)]
    return np.concatenate([[0], inside])


def respaced(audio: Audio, *, sample_rate: int, length_samples: int) -> Audio:
    """Speed up drums by setting their hits closer together; no hit is changed itself.

    audio: float32, shape (channels, samples)
    length_samples: at most the length of the clip

    Each piece from hit to hit plays as it is from its new place on and blends, over 3 ms,
    into the next one. Returns shape (channels, length_samples).
    """
    cuts = cut_points(audio, sample_rate=sample_rate)
    positions = _positions(cuts, length_samples / max(audio.shape[1], 1), sample_rate)
    ends = np.append(positions[1:], length_samples)
    out = np.zeros((audio.shape[0], length_samples), np.float32)
    for cut, position, end in zip(cuts, positions, ends, strict=True):
        lead = _before(audio, cut, sample_rate)
        _lay(out, audio[:, cut : cut + end - position], lead, int(position))
    return out


def with_own_attacks(stretched: Audio, audio: Audio, *, sample_rate: int) -> Audio:
    """Give slowed-down drums their attacks back, which stretching has smeared.

    stretched: float32, shape (channels, samples), made from ``audio``
    audio: float32, shape (channels, samples)

    At each hit the first 20 ms come from ``audio`` as they were, and blend over 10 ms into
    what was stretched. Returns a new array of the shape of ``stretched``.
    """
    cuts = cut_points(audio, sample_rate=sample_rate)
    positions = _positions(cuts, stretched.shape[1] / max(audio.shape[1], 1), sample_rate)
    out = stretched.copy()
    attack, blend = round(_ATTACK_S * sample_rate), round(_BLEND_S * sample_rate)
    for cut, position in zip(cuts, positions, strict=True):
        clip_slice = audio[:, cut : cut + attack + blend].copy()
        below = stretched[:, position : position + attack + blend]
        if clip_slice.shape != below.shape or clip_slice.shape[1] < attack + blend:
            continue
        clip_slice[:, attack:] = crossfade(clip_slice[:, attack:], below[:, attack:])
        _lay(out, clip_slice, _before(audio, cut, sample_rate), int(position))
    return out


def _positions(cuts: NDArray[np.int64], ratio: float, sample_rate: int) -> NDArray[np.int64]:
    """Place slices so that their attacks, not their cuts, keep the proportions."""
    early = np.where(cuts > 0, _EARLY_S * sample_rate, 0.0)
    positions: NDArray[np.int64] = np.rint((cuts + early) * ratio - early).astype(np.int64)
    return positions


def _before(audio: Audio, cut: int, sample_rate: int) -> Audio:
    return audio[:, max(cut - round(_FADE_S * sample_rate), 0) : cut]


def _lay(out: Audio, clip_slice: Audio, lead: Audio, position: int) -> None:
    """Write a piece; what sounded there before it blends into ``lead`` up to its start."""
    length = min(lead.shape[1], position)
    if length > 0 and clip_slice.shape[1] > 0:
        before = out[:, position - length : position]
        before[:] = crossfade(before, lead[:, lead.shape[1] - length :])
    out[:, position : position + clip_slice.shape[1]] = clip_slice

"""Fades and crossfades: how sounds begin, end and follow each other without a click."""

import numpy as np
from numpy.typing import NDArray

from src.audio.basics.clicks import seam_is_smooth
from src.audio.basics.validation import Audio

SEAM_S = 0.004
"""Length of the crossfade before a seam, in seconds."""

_ORDER = 32
_SETTLE_S = 0.0005
_CONTEXT_SAMPLES = 1024
_ATTACK_RATIO = 2.0
_SILENT = 10 ** (-80 / 20)


def fade_in(audio: Audio, *, sample_rate: int, fade_s: float) -> Audio:
    """Ramp the start of a clip up from silence with a raised cosine.

    audio: float32, shape (channels, samples)
    fade_s: ramp length in seconds; longer than the clip means the whole clip

    Returns a new array of the same shape. An empty clip stays empty.
    """
    return fade_in_samples(audio, round(fade_s * sample_rate))


def fade_out(audio: Audio, *, sample_rate: int, fade_s: float) -> Audio:
    """Ramp the end of a clip down to silence; the mirror image of ``fade_in``."""
    return fade_out_samples(audio, round(fade_s * sample_rate))


def fade_in_samples(audio: Audio, length: int) -> Audio:
    """Apply ``fade_in`` with a length in samples."""
    faded = audio.copy()
    length = min(max(length, 0), audio.shape[1])
    faded[:, :length] *= rising(length)
    return faded


def fade_out_samples(audio: Audio, length: int) -> Audio:
    """Apply ``fade_out`` with a length in samples."""
    faded = audio.copy()
    length = min(max(length, 0), audio.shape[1])
    faded[:, audio.shape[1] - length :] *= rising(length)[::-1]
    return faded


def rising(length: int) -> NDArray[np.float32]:
    """Make a raised-cosine ramp from above 0 to below 1, shape (length,), point-symmetric."""
    turn = (np.arange(length) + 0.5) * (np.pi / max(length, 1))
    ramp: NDArray[np.float32] = (0.5 - 0.5 * np.cos(turn)).astype(np.float32)
    return ramp


def crossfade(ending: Audio, coming: Audio) -> Audio:
    """Blend one piece into another over their whole length, at a steady level.

    ending, coming: float32, the same shape (channels, samples)

    Alike pieces are blended with gains that add up to 1, unlike ones with equal power, and
    what lies between according to their correlation (M. Fink, M. Holters, U. Zölzer,
    Signal-matched power-complementary cross-fading, DAFx 2016). Two equal pieces give
    themselves.
    """
    rise = rising(ending.shape[1])
    fall = rise[::-1]
    alike = np.array([[_correlation(*pair)] for pair in zip(ending, coming, strict=True)])
    power = rise**2 + fall**2 + 2 * alike.astype(np.float32) * rise * fall
    norm = 1 / np.sqrt(power)
    blended: Audio = ((ending * fall + coming * rise) * norm).astype(np.float32)
    return blended


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return likeness in 0..1; pieces that cancel count as unlike, equal ones exactly as 1."""
    if np.array_equal(one, other):
        return 1.0
    scale = float(np.linalg.norm(one) * np.linalg.norm(other))
    return max(float(one @ other) / scale, 0.0) if scale > 0 else 1.0


def seamless_loop(loop: Audio, *, sample_rate: int, before: Audio | None = None) -> Audio:
    """Let a loop run from its end into its start without a click.

    loop: float32, shape (channels, samples)
    before: what lies before the loop in its recording, where it is a part of a longer one

    A loop that joins itself smoothly comes back as it is. Else its last 4 ms are blended
    into what leads up to its start: ``before``, or a continuation of its start backwards.
    A hit on the downbeat keeps its attack: the start is not touched, save for the first half
    millisecond of a sustained sound that is bent just there.
    """
    length = min(round(SEAM_S * sample_rate), loop.shape[1] // 4)
    if length < 2 or seam_is_smooth(loop, loop, sample_rate=sample_rate):
        return loop
    if before is not None and before.shape[1] >= length:
        lead = before[:, before.shape[1] - length :]
    else:
        lead = lead_in(loop, length)
    sealed = loop.copy()
    sealed[:, -length:] = crossfade(loop[:, -length:], lead)
    if begins_with_attack(loop, length) or seam_is_smooth(sealed, sealed, sample_rate=sample_rate):
        return sealed
    settling = round(_SETTLE_S * sample_rate)
    return _settled(loop, length, settling) if loop.shape[1] > 2 * settling else sealed


def _settled(loop: Audio, length: int, settling: int) -> Audio:
    """Seal a sustained loop whose very first samples are bent, as a cut resampled file's are.

    The continuation backwards starts behind them and blends into them.
    """
    lead = lead_in(loop[:, settling:], length + settling)
    sealed = loop.copy()
    sealed[:, -length:] = crossfade(loop[:, -length:], lead[:, :length])
    sealed[:, :settling] = crossfade(lead[:, length:], loop[:, :settling])
    return sealed


def begins_with_attack(audio: Audio, length: int) -> bool:
    """Tell whether a loop's first ``length`` samples are much louder than its last."""
    return any(_is_attack(channel, length) for channel in audio)


def _is_attack(samples: NDArray[np.float32], length: int) -> bool:
    tail = samples[-10 * length :]
    return _rms(samples[:length]) > _ATTACK_RATIO * max(_rms(tail), _SILENT)


def lead_in(audio: Audio, length: int) -> Audio:
    """Make up what could lie before the start of a sound, shape (channels, length).

    Sound that goes on at a level is continued backwards by linear prediction (least squares,
    order 32); before an attack there is only its first value, fading in.
    """
    lead = np.zeros((audio.shape[0], length), np.float32)
    for channel, samples in enumerate(audio):
        held = samples[0] * rising(length)
        attack = _is_attack(samples, length)
        lead[channel] = held if attack else _predicted_before(samples, length, held)
    return lead


def _predicted_before(
    samples: NDArray[np.float32], length: int, otherwise: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Continue backwards; ``otherwise`` where the prediction runs away or has no ground."""
    context = samples[: max(_CONTEXT_SAMPLES, 2 * length)].astype(np.float64)
    if context.size < 3 * _ORDER:
        return otherwise
    rows = np.lib.stride_tricks.sliding_window_view(context[1:], _ORDER)
    targets = context[: rows.shape[0]]
    gram = rows.T @ rows
    gram[np.diag_indices(_ORDER)] += 1e-12 * gram.trace() + 1e-15
    weights = np.linalg.solve(gram, rows.T @ targets)
    known = np.concatenate([np.zeros(length), context[:_ORDER]])
    for position in range(length - 1, -1, -1):
        known[position] = weights @ known[position + 1 : position + 1 + _ORDER]
    limit = 2 * np.abs(context).max()
    if not np.isfinite(known).all() or np.abs(known).max() > limit:
        return otherwise
    return known[:length].astype(np.float32)


def edged(audio: Audio, *, sample_rate: int, starts_at_attack: bool = False) -> Audio:
    """Fade both ends of a clip only as much as they need.

    An end at silence is left alone. A cut start is faded over 2 ms (over 0.5 ms where an
    attack begins at once), a cut end over 5 ms, at most a quarter of the clip.
    starts_at_attack: the start is left as it is
    """
    if audio.shape[1] == 0:
        return audio
    quarter_s = audio.shape[1] / sample_rate / 4
    into = 0.0 if starts_at_attack else min(needed_fade_in_s(audio, sample_rate), quarter_s)
    out = min(needed_fade_out_s(audio), quarter_s)
    if into > 0:
        audio = fade_in(audio, sample_rate=sample_rate, fade_s=into)
    return fade_out(audio, sample_rate=sample_rate, fade_s=out) if out > 0 else audio


def needed_fade_in_s(audio: Audio, sample_rate: int) -> float:
    """Choose the fade that the start needs: 0 from silence, 0.5 ms at an attack, else 2 ms."""
    silence = np.zeros((audio.shape[0], sample_rate // 50), np.float32)
    if seam_is_smooth(silence, audio, sample_rate=sample_rate):
        return 0.0
    first, then = audio[:, : sample_rate // 500], audio[:, sample_rate // 500 : sample_rate // 20]
    falls = then.size > 0 and _rms(first) > _rms(then)
    return 0.0005 if falls else 0.002


def needed_fade_out_s(audio: Audio) -> float:
    """Choose the fade that the end needs: 0 at silence, else 5 ms."""
    return 0.0 if float(np.abs(audio[:, -2:]).max()) < _SILENT else 0.005


def _rms(samples: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if samples.size else 0.0

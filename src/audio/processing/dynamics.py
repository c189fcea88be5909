"""Dynamics: ducking under the kick, and the gentle compressor on the mix."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.audio.basics.fades import rising
from src.audio.basics.side_by_side import blocks, side_by_side
from src.audio.basics.validation import Audio

_HOP = 64
_CHUNK_HOPS = 4096
_DUCK_ATTACK_S, _DUCK_HOLD_S = 0.006, 0.020


def duck_shape(*, sample_rate: int, release_s: float) -> NDArray[np.float32]:
    """Compute how far one kick pushes the others down: 0 not at all, 1 fully.

    It falls within the 6 ms before the kick (so that the kick finds room), holds 20 ms, and
    lets go over ``release_s``, all in raised cosines. The kick lies at ``duck_lead``.
    """
    down = rising(duck_lead(sample_rate))
    hold = np.ones(round(_DUCK_HOLD_S * sample_rate), np.float32)
    return np.concatenate([down, hold, rising(max(round(release_s * sample_rate), 1))[::-1]])


def duck_lead(sample_rate: int) -> int:
    """Return by how many samples ducking begins before the kick."""
    return round(_DUCK_ATTACK_S * sample_rate)


def duck_amount(
    kicks: Sequence[int], shape: NDArray[np.float32], start: int, stop: int, *, lead: int
) -> NDArray[np.float32] | None:
    """Compute how far the kicks push down each sample from ``start`` to ``stop``; None: nowhere.

    kicks: samples, rising
    shape: of one kick, whose own place in it is ``lead``
    """
    amount = np.zeros(stop - start, np.float32)
    first = int(np.searchsorted(kicks, start - shape.size))
    last = int(np.searchsorted(kicks, stop + lead))
    if first == last:
        return None
    for kick in kicks[first:last]:
        offset = kick - lead - start
        low, high = max(offset, 0), min(offset + shape.size, amount.size)
        if high > low:
            part = amount[low:high]
            np.maximum(part, shape[low - offset : high - offset], out=part)
    return amount


@dataclass(frozen=True)
class Compressor:
    """Settings of a compressor. Levels are relative to the mean level of the programme.

    threshold_db: above the mean; knee_db: width of the soft knee
    most_db: it never takes away more than this
    """

    threshold_db: float = 2.0
    ratio: float = 1.8
    knee_db: float = 6.0
    attack_s: float = 0.020
    release_s: float = 0.180
    most_db: float = 3.0


def compress(audio: Audio, settings: Compressor, *, sample_rate: int) -> float:
    """Hold a mix together, in place: both channels together, slow enough to leave attacks.

    audio: float32, shape (channels, samples); it is changed

    The level is the mean square of 1.3 ms, followed in dB with the attack and release times;
    the gain computer is that of Giannoulis, Massberg and Reiss (JAES 2012). Returns the
    largest reduction in dB. Silence stays silence.
    """
    powers = _hop_powers(audio)
    audible = powers[powers > 1e-7]
    if audible.size == 0:
        return 0.0
    mean_db = 10 * math.log10(float(audible.mean()))
    levels_db = 10 * np.log10(np.maximum(powers, 1e-10)) - mean_db
    followed = _followed(levels_db, settings, sample_rate / _HOP)
    reduction_db = np.minimum(_reduction_db(followed, settings), settings.most_db)
    gains = 10 ** (-reduction_db / 20)
    apply_gains(audio, gains, hop=_HOP)
    return float(reduction_db.max())


def apply_gains(audio: Audio, gains: NDArray[np.float64], *, hop: int) -> None:
    """Multiply in place by gains that hold at the middle of each run of ``hop`` samples.

    Between the middles the gain runs in a straight line.
    """
    if gains.size == 0:
        return
    held = np.pad(gains, 1, mode="edge").astype(np.float32)

    def work(block: tuple[int, int]) -> None:
        start, stop = block
        line = gain_line(held[start // hop : -(-stop // hop) + 2], hop)
        audio[:, start:stop] *= line[: stop - start]

    side_by_side(work, blocks(audio.shape[1], _CHUNK_HOPS * hop))


def gain_line(held: NDArray[np.float32], hop: int) -> NDArray[np.float32]:
    """Interpolate one gain per sample, shape ((runs - 2) * hop,).

    held: the gain in the middle of each run, with one run more on either side
    """
    half = hop // 2
    share = (np.arange(half, dtype=np.float32) + np.float32(0.5)) / np.float32(hop)
    before, here, after = held[:-2, None], held[1:-1, None], held[2:, None]
    line = np.empty((held.size - 2, hop), np.float32)
    np.multiply(here - before, share + np.float32(0.5), out=line[:, :half])
    line[:, :half] += before
    np.multiply(after - here, share, out=line[:, half:])
    line[:, half:] += here
    return line.ravel()


def _hop_powers(audio: Audio) -> NDArray[np.float64]:
    """Mean square of each run of 64 samples, over all channels."""

    def sums(block: tuple[int, int]) -> NDArray[np.float64]:
        part = audio[:, slice(*block)]
        square = np.einsum("cs,cs->s", part, part)
        whole: NDArray[np.float64] = np.add.reduceat(square, np.arange(0, square.size, _HOP))
        return whole.astype(np.float64)

    found = side_by_side(sums, blocks(audio.shape[1], _CHUNK_HOPS * _HOP))
    powers = np.concatenate(found) if found else np.zeros(0)
    powers /= _HOP * audio.shape[0]
    return powers


def _followed(
    levels_db: NDArray[np.float64], settings: Compressor, rate: float
) -> NDArray[np.float64]:
    """Follow a level: quickly up, slowly down."""
    up = 1 - math.exp(-1 / (settings.attack_s * rate))
    down = 1 - math.exp(-1 / (settings.release_s * rate))
    level, out = -60.0, np.empty_like(levels_db)
    values = levels_db.tolist()
    for index, value in enumerate(values):
        level += (up if value > level else down) * (value - level)
        out[index] = level
    return out


def _reduction_db(levels_db: NDArray[np.float64], settings: Compressor) -> NDArray[np.float64]:
    over = levels_db - settings.threshold_db
    slope, knee = 1 - 1 / settings.ratio, settings.knee_db
    bent = slope * (over + knee / 2) ** 2 / (2 * knee)
    reduction: NDArray[np.float64] = np.where(
        over <= -knee / 2, 0.0, np.where(over >= knee / 2, slope * over, bent)
    )
    return reduction

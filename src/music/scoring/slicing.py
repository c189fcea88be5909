"""Fills cut out of a loop at its own hits, each slice placed on the grid."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from src.music.casting.fit import Fit
from src.music.model.score import Clip
from src.music.scoring.transitions import Fill

EARLY_S = 0.0015
"""A cut lies this far before the hit that was found, so that no attack is cut into."""

_SPARED_S = 0.03
"""A slice that would end this shortly after a further hit ends before it instead."""

_ORDERS = ("first", "first and back", "walk", "back at last")


def sliced_clips(
    stem_id: str, fit: Fit, fill: Fill, hits_s: Sequence[float], beat_s: float
) -> tuple[Clip, ...]:
    """Cut the slices of a fill, each beginning with a hit of the loop.

    hits_s: where sounds begin in the stem, in seconds, rising
    fill: ``chance`` decides which hits are taken: the first again and again, the first and
        the one nearest to the second beat in turn, or one after the other from a place on

    Returns nothing where no hit lies within the loop: it is then cut on the grid.
    """
    starts = _starts(fit, hits_s)
    if not starts:
        return ()
    chosen = _chosen(starts, fit, fill, beat_s)
    clips: list[Clip] = []
    position = fill.silent[0]
    for start_s, length in zip(chosen, fill.stutter, strict=False):
        clips.append(_clip(stem_id, fit, (start_s, hits_s), (position, length), beat_s))
        position += length
    return tuple(clips)


def _starts(fit: Fit, hits_s: Iterable[float]) -> list[float]:
    """List the hits within one pass of the loop."""
    first, last = fit.source_start_s, fit.source_start_s + fit.source_length_s
    return [hit for hit in hits_s if first - EARLY_S <= hit < last - _SPARED_S]


def _chosen(starts: Sequence[float], fit: Fit, fill: Fill, beat_s: float) -> Iterator[float]:
    """Choose the hits that a fill repeats, one for each of its slices."""
    order = _ORDERS[int(fill.chance * len(_ORDERS)) % len(_ORDERS)]
    count = len(fill.stutter)
    downbeat_s = fit.source_start_s + fit.rotate_s
    one = _nearest(starts, downbeat_s)
    back = _nearest(starts, downbeat_s + beat_s / fit.stretch_ratio)
    walk = starts.index(one) + int(fill.chance * 64) % max(1, len(starts) - count)
    for number in range(count):
        if order == "walk":
            yield starts[(walk + number) % len(starts)]
        elif order == "first and back":
            yield (one, back)[number % 2]
        else:
            last = order == "back at last" and number >= count - 2
            yield back if last else one


def _nearest(starts: Sequence[float], place_s: float) -> float:
    return min(starts, key=lambda start: (abs(start - place_s), start))


def _clip(
    stem_id: str,
    fit: Fit,
    slice_s: tuple[float, Sequence[float]],
    place: tuple[float, float],
    beat_s: float,
) -> Clip:
    """Place a slice on the grid: its hit, not its cut, lies on the beat.

    slice_s: its hit, and all hits of the stem
    place: start and length in beats
    """
    hit_s, hits_s = slice_s
    begin_s = max(hit_s - EARLY_S, 0.0)
    lead = (hit_s - begin_s) * fit.stretch_ratio / beat_s
    length_s = place[1] * beat_s / fit.stretch_ratio
    end_s = begin_s + length_s
    following = bisect_left(hits_s, end_s - _SPARED_S)
    if following < len(hits_s) and hit_s < hits_s[following] - _SPARED_S < end_s - _SPARED_S:
        end_s = hits_s[following] - EARLY_S
    end_s = min(end_s, fit.source_start_s + fit.source_length_s)
    return Clip(
        stem_id,
        place[0] - lead,
        (end_s - begin_s) * fit.stretch_ratio / beat_s,
        begin_s,
        end_s - begin_s,
        stretch_ratio=fit.stretch_ratio,
        semitones=fit.semitones,
    )

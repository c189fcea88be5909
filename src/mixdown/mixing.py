"""Mixing a score: stretch by stretch, several at once, and only what is not known yet."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from src.audio.basics.gain import db_to_gain
from src.audio.basics.mixing import add_at
from src.audio.basics.validation import HOUSE_RATE, Audio
from src.core.progress import Progress, silent
from src.mixdown.mix_sends import SendReturns
from src.mixdown.mixing_desk import WET, MixingDesk, Sums
from src.mixdown.pieces import Load, PieceStore
from src.mixdown.render_archive import RenderArchive
from src.mixdown.track_playing import Grid
from src.music.model.score import Score

BLOCK_SAMPLES = 262_144
"""Length of the stretches in which a mix is made: 5.5 s, longer than any reverb's memory."""

THREADS = 2
_AHEAD = 3
"""So many stretches more than there are threads are begun before one is taken."""

_NONE = np.zeros((1, 0), np.float32)

Work = TypeVar("Work")
Place = tuple[int, int]
"""First sample and length of a stretch."""


@dataclass(frozen=True)
class MixBlock:
    """A stretch of the mix, taken apart. What is silent is None.

    tracks: each as it sounds in the mix, in the score's order; shape (2, samples)
    reverb, delay: what comes back of the sends
    """

    start: int
    samples: int
    tracks: tuple[Audio | None, ...]
    reverb: Audio | None
    delay: Audio | None

    @property
    def parts(self) -> tuple[Audio | None, ...]:
        """All that adds up to the mix."""
        return (*self.tracks, self.reverb, self.delay)


def score_samples(score: Score) -> int:
    """Length of a score with its tail, in samples at the house's rate."""
    grid = Grid(score.bpm, HOUSE_RATE)
    return grid.sample(score.length_beats) + round(score.tail_s * HOUSE_RATE)


def places(samples: int) -> list[Place]:
    """The stretches of a mix."""
    return [
        (start, min(BLOCK_SAMPLES, samples - start)) for start in range(0, samples, BLOCK_SAMPLES)
    ]


def mix_score(
    score: Score,
    *,
    load: Load,
    archive: RenderArchive | None = None,
    progress: Progress = silent,
) -> Audio:
    """All tracks of a score with their sends, before bus and master: shape (2, samples).

    archive: what earlier renders left; with and without it the samples are the same
    """
    mix = np.zeros((2, score_samples(score)), np.float32)
    store = PieceStore(load, sample_rate=HOUSE_RATE, archive=archive)
    desk = MixingDesk(score, store, archive)
    mixer = _Mixer(desk, SendReturns(score), archive)
    stretches = places(mix.shape[1])
    for number, stretch in enumerate(in_order(mixer.stretch, stretches)):
        progress("mixing", number, len(stretches))
        start, samples = stretch.place
        mixer.finish(stretch, mix[:, start : start + samples])
    return mix


def mix_blocks(score: Score, *, load: Load, progress: Progress = silent) -> Iterator[MixBlock]:
    """The mix as it is put together, stretch by stretch, in order: tracks, then sends."""
    desk = MixingDesk(score, PieceStore(load, sample_rate=HOUSE_RATE))
    returns = SendReturns(score)
    stretches = places(score_samples(score))

    def heard(place: Place) -> list[Audio | None]:
        return list(desk.tracks(*place))

    for number, tracks in enumerate(in_order(heard, stretches)):
        progress("mixing", number, len(stretches))
        start, samples = stretches[number]
        sums = desk.sums_of(tracks, start, samples)
        yield MixBlock(
            start,
            samples,
            tuple(tracks),
            returns.room(sums.to_reverb, samples),
            returns.echoes(sums.to_delay, samples),
        )


def in_order(work: Callable[[Place], Work], stretches: Sequence[Place]) -> Iterator[Work]:
    """Work on some stretches at once and hand the results out in order."""
    waiting: deque[Future[Work]] = deque()
    pool = ThreadPoolExecutor(THREADS)
    try:
        for place in stretches:
            waiting.append(pool.submit(work, place))
            if len(waiting) >= THREADS + _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _Part:
    """A group of tracks in a stretch, without the level that all tracks share.

    name: in the archive, if there is one
    sums: of the tracks; None if the part was found, then mixed has tracks and reverb, and
        to_reverb the end of what the reverb hears of it
    """

    to_delay: Audio | None
    name: str | None = None
    sums: Sums | None = None
    mixed: Audio | None = None
    to_reverb: Audio | None = None


@dataclass(frozen=True)
class _Stretch:
    """A stretch on its way. A group that is silent in it is None."""

    place: Place
    wet: _Part | None
    dry: tuple[_Part | None, ...]


class _Mixer:
    """Puts stretches together, of tracks and of what the archive knows.

    Tracks that send to the reverb and a few groups of those that don't are kept apart, so that
    a change of one leaves the others as they are. A stretch with its reverb is determined by
    itself and the stretch before it, for the reverb remembers less than one stretch. Echoes may
    ring for longer: they are always made.
    """

    def __init__(
        self, desk: MixingDesk, returns: SendReturns, archive: RenderArchive | None
    ) -> None:
        self._desk, self._returns, self._archive = desk, returns, archive

    def stretch(self, place: Place) -> _Stretch:
        """What the archive knows of a stretch, or its tracks' sums."""
        dry = tuple(self._part(place, group) for group in self._desk.dry_groups)
        return _Stretch(place, self._part(place, WET), dry)

    def _part(self, place: Place, group: str) -> _Part | None:
        before = self._before(place, group)
        content = self._desk.content(*place, group)
        if not before and not content:
            return None
        name = None
        if self._archive is not None:
            name = self._name(self._archive, place, group)
            found = self._archive.sounds(name)
            if found is not None:
                mixed, to_reverb, to_delay = found
                return _Part(_or_none(to_delay), mixed=mixed, to_reverb=_or_none(to_reverb))
        sums = self._desk.sums(*place, group)
        return _Part(sums.to_delay, name, sums)

    def finish(self, stretch: _Stretch, mix: Audio) -> None:
        """Write the next stretch into its part of the mix, shape (2, samples), all zero."""
        self._add_wet(stretch, mix)
        for dry in stretch.dry:
            if dry is not None and dry.mixed is not None:
                mix += dry.mixed
            elif dry is not None and dry.sums is not None:
                mix += dry.sums.dry
                self._keep(dry, dry.sums, dry.sums.dry)
        level = np.float32(db_to_gain(self._desk.common_db(*stretch.place)))
        if level != 1.0:
            mix *= level
        to_delay = None if stretch.wet is None else stretch.wet.to_delay
        sent = None if to_delay is None else to_delay * level
        echoes = self._returns.echoes(sent, mix.shape[1])
        if echoes is not None:
            add_at(mix, echoes, 0)

    def _add_wet(self, stretch: _Stretch, mix: Audio) -> None:
        wet, reverb = stretch.wet, self._returns.reverb
        if wet is not None and wet.mixed is not None:
            mix[:] = wet.mixed
            if reverb is not None:
                reverb.resume(wet.to_reverb)
            return
        sums = None if wet is None else wet.sums
        if sums is not None:
            mix[:] = sums.dry
        if reverb is not None:
            reverb.turn_up(db_to_gain(self._fall_db(stretch.place)))
            room = reverb.process(None if sums is None else sums.to_reverb, mix.shape[1])
            if room is not None:
                add_at(mix, room, 0)
        if wet is not None and sums is not None:
            self._keep(wet, sums, mix)

    def _fall_db(self, place: Place) -> float:
        """By how much the level that tracks share was higher in the stretch before."""
        if place[0] == 0:
            return 0.0
        before = self._desk.common_db(place[0] - BLOCK_SAMPLES, BLOCK_SAMPLES)
        return round(before - self._desk.common_db(*place), 6)

    def _keep(self, part: _Part, sums: Sums, mixed: Audio) -> None:
        if self._archive is None or part.name is None:
            return
        reverb, to_reverb = self._returns.reverb, _NONE
        if reverb is not None and sums.to_reverb is not None:
            to_reverb = sums.to_reverb[:, -reverb.memory :]
        to_delay = _NONE if sums.to_delay is None else sums.to_delay
        self._archive.keep(part.name, [mixed, to_reverb, to_delay])

    def _before(self, place: Place, group: str) -> tuple[object, ...]:
        """What still rings of the stretch before: only what was sent to the reverb."""
        if group != WET or place[0] == 0 or self._returns.reverb is None:
            return ()
        return self._desk.content(place[0] - BLOCK_SAMPLES, BLOCK_SAMPLES, group)

    def _name(self, archive: RenderArchive, place: Place, group: str) -> str:
        start, samples = place
        before = self._before(place, group)
        lead = BLOCK_SAMPLES if before else 0
        stems = self._desk.stems(start - lead, lead + samples, group)
        fall_db = self._fall_db(place) if before else 0.0
        return archive.name(group, stems, fall_db, before, self._desk.content(*place, group))


def _or_none(sound: Audio) -> Audio | None:
    return sound if sound.size else None

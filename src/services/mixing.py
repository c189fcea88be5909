"""Mixing a score: stretch by stretch, several at once, and only what is not known yet."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from src.audio.gain import db_to_gain
from src.audio.mixing import add_at
from src.audio.validation import HOUSE_RATE, Audio
from src.core.progress import Progress, silent
from src.music.score import Score
from src.services.mix_sends import SendReturns
from src.services.mixing_desk import MixingDesk, Sums
from src.services.pieces import Load, PieceStore
from src.services.render_archive import RenderArchive
from src.services.track_playing import Grid

BLOCK_SAMPLES = 262_144
"""Length of the stretches in which a mix is made: 5.5 s, longer than any reverb's memory."""

THREADS = 2
_AHEAD = 1
"""So many stretches more than there are threads are begun before one is taken."""

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
class _Stretch:
    """A stretch on its way, without the level that its tracks share.

    name: in the archive, if there is one
    sums: of the tracks; None if the stretch was found, then mixed has tracks and reverb
    """

    place: Place
    to_delay: Audio | None
    name: str | None = None
    sums: Sums | None = None
    mixed: Audio | None = None


class _Mixer:
    """Puts stretches together, of tracks and of what the archive knows.

    A stretch with its reverb is determined by itself and the stretch before it, for the
    reverb remembers less than one stretch. Echoes may ring for longer: they are always made.
    """

    def __init__(
        self, desk: MixingDesk, returns: SendReturns, archive: RenderArchive | None
    ) -> None:
        self._desk, self._returns, self._archive = desk, returns, archive
        self._unheard: Place | None = None

    def stretch(self, place: Place) -> _Stretch:
        """What the archive knows of a stretch, or its tracks' sums."""
        name = None
        if self._archive is not None:
            name = self._name(self._archive, place)
            found = self._archive.sounds(name)
            if found is not None:
                to_delay = found[1] if len(found) > 1 else None
                return _Stretch(place, to_delay, mixed=found[0])
        sums = self._desk.sums(*place)
        return _Stretch(place, sums.to_delay, name, sums)

    def finish(self, stretch: _Stretch, mix: Audio) -> None:
        """Write the next stretch into its part of the mix, shape (2, samples)."""
        if stretch.sums is not None:
            mix[:] = stretch.sums.dry
            self._add_room(stretch, stretch.sums, mix)
            self._keep(stretch, mix)
            self._unheard = None
        elif stretch.mixed is not None:
            mix[:] = stretch.mixed
            self._unheard = stretch.place
        level = np.float32(db_to_gain(self._desk.common_db(*stretch.place)))
        if level != 1.0:
            mix *= level
        sent = None if stretch.to_delay is None else stretch.to_delay * level
        echoes = self._returns.echoes(sent, mix.shape[1])
        if echoes is not None:
            add_at(mix, echoes, 0)

    def _add_room(self, stretch: _Stretch, sums: Sums, mix: Audio) -> None:
        reverb = self._returns.reverb
        if reverb is None:
            return
        if self._unheard is not None:
            # What came from the archive has to be heard by the room after all.
            reverb.resume(self._desk.sums(*self._unheard).to_reverb)
        reverb.turn_up(db_to_gain(self._fall_db(stretch.place)))
        room = reverb.process(sums.to_reverb, mix.shape[1])
        if room is not None:
            add_at(mix, room, 0)

    def _fall_db(self, place: Place) -> float:
        """By how much the level that tracks share was higher in the stretch before."""
        if place[0] == 0:
            return 0.0
        before = self._desk.common_db(place[0] - BLOCK_SAMPLES, BLOCK_SAMPLES)
        return round(before - self._desk.common_db(*place), 6)

    def _keep(self, stretch: _Stretch, mix: Audio) -> None:
        if self._archive is not None and stretch.name is not None:
            sounds = [mix] if stretch.to_delay is None else [mix, stretch.to_delay]
            self._archive.keep(stretch.name, sounds)

    def _name(self, archive: RenderArchive, place: Place) -> str:
        start, samples = place
        lead = min(start, BLOCK_SAMPLES)
        before = self._desk.content(start - lead, lead) if lead else ()
        stems = sorted(self._desk.stems(start - lead, lead + samples))
        content = self._fall_db(place), before, self._desk.content(start, samples)
        return archive.name("mix", stems, content)

"""Mixing a score: block by block, several at once, and only what is not known yet."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from src.audio.basics.gain import db_to_gain
from src.audio.basics.mixing import add_at
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.core.progress import Progress, silent
from src.mixdown.conformed import ConformedSlices, Load
from src.mixdown.console import WET, BusSums, Console
from src.mixdown.render_archive import RenderArchive
from src.mixdown.returns import SendReturns
from src.mixdown.sources import SampleGrid
from src.music.model.score import Score

BLOCK_SAMPLES = 262_144
"""Length of the blocks in which a mix is made: 5.5 s, longer than any reverb's memory."""

THREADS = 2
_AHEAD = 3
"""So many blocks more than there are threads are begun before one is taken."""

_NONE = np.zeros((1, 0), np.float32)

Work = TypeVar("Work")
BlockSpan = tuple[int, int]
"""First sample and length of a block."""


@dataclass(frozen=True)
class MixBlock:
    """A block of the mix, taken apart. What is silent is None.

    channels: each as it sounds in the mix, in the score's order; shape (2, samples)
    reverb, delay: what comes back of the sends
    """

    start: int
    samples: int
    channels: tuple[Audio | None, ...]
    reverb: Audio | None
    delay: Audio | None

    @property
    def parts(self) -> tuple[Audio | None, ...]:
        """All that adds up to the mix."""
        return (*self.channels, self.reverb, self.delay)


def score_samples(score: Score) -> int:
    """Return length of a score with its tail, in samples at the project sample rate."""
    grid = SampleGrid(score.bpm, PROJECT_SAMPLE_RATE)
    return grid.sample(score.length_beats) + round(score.tail_s * PROJECT_SAMPLE_RATE)


def block_spans(samples: int) -> list[BlockSpan]:
    """Cut a mix into blocks."""
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
    """Mix all channels of a score with their sends, before bus and master.

    archive: what earlier renders left; with and without it the samples are the same

    Returns shape (2, samples).
    """
    mix = np.zeros((2, score_samples(score)), np.float32)
    store = ConformedSlices(load, sample_rate=PROJECT_SAMPLE_RATE, archive=archive)
    console = Console(score, store, archive)
    mixer = _Mixer(console, SendReturns(score), archive)
    spans = block_spans(mix.shape[1])
    for number, block in enumerate(in_order(mixer.block, spans)):
        progress("mixing", number, len(spans))
        start, samples = block.span
        mixer.finish(block, mix[:, start : start + samples])
    return mix


def mix_blocks(score: Score, *, load: Load, progress: Progress = silent) -> Iterator[MixBlock]:
    """Mix a score block by block, in order, each taken apart: channels, then returns."""
    console = Console(score, ConformedSlices(load, sample_rate=PROJECT_SAMPLE_RATE))
    returns = SendReturns(score)
    spans = block_spans(score_samples(score))

    def channels(span: BlockSpan) -> list[Audio | None]:
        return list(console.channels(*span))

    for number, sounds in enumerate(in_order(channels, spans)):
        progress("mixing", number, len(spans))
        start, samples = spans[number]
        sums = console.sums_of(sounds, start, samples)
        yield MixBlock(
            start,
            samples,
            tuple(sounds),
            returns.reverberated(sums.to_reverb, samples),
            returns.echoed(sums.to_delay, samples),
        )


def in_order(work: Callable[[BlockSpan], Work], spans: Sequence[BlockSpan]) -> Iterator[Work]:
    """Work on some blocks at once and hand the results out in order."""
    waiting: deque[Future[Work]] = deque()
    pool = ThreadPoolExecutor(THREADS)
    try:
        for span in spans:
            waiting.append(pool.submit(work, span))
            if len(waiting) >= THREADS + _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _ChannelGroup:
    """A group of channels in a block, without the level that all channels share.

    name: in the archive, if there is one
    sums: of the channels; None if the group was found, then mixed has channels and reverb, and
        to_reverb the end of what the reverb gets of it
    """

    to_delay: Audio | None
    name: str | None = None
    sums: BusSums | None = None
    mixed: Audio | None = None
    to_reverb: Audio | None = None


@dataclass(frozen=True)
class _Block:
    """A block on its way. A group that is silent in it is None."""

    span: BlockSpan
    wet: _ChannelGroup | None
    dry: tuple[_ChannelGroup | None, ...]


class _Mixer:
    """Puts blocks together, of channels and of what the archive knows.

    Channels that send to the reverb and a few groups of those that don't are kept apart, so that
    a change of one leaves the others as they are. A block with its reverb is determined by
    itself and the block before it, for the reverb remembers less than one block. Echoes may
    ring for longer: they are always made.
    """

    def __init__(
        self, console: Console, returns: SendReturns, archive: RenderArchive | None
    ) -> None:
        self._console, self._returns, self._archive = console, returns, archive

    def block(self, span: BlockSpan) -> _Block:
        """Fetch what the archive knows of a block, or sum its channels."""
        dry = tuple(self._group(span, group) for group in self._console.dry_groups)
        return _Block(span, self._group(span, WET), dry)

    def _group(self, span: BlockSpan, group: str) -> _ChannelGroup | None:
        before = self._before(span, group)
        content = self._console.content(*span, group)
        if not before and not content:
            return None
        name = None
        if self._archive is not None:
            name = self._name(self._archive, span, group)
            found = self._archive.sounds(name)
            if found is not None:
                mixed, to_reverb, to_delay = found
                return _ChannelGroup(_or_none(to_delay), mixed=mixed, to_reverb=_or_none(to_reverb))
        sums = self._console.sums(*span, group)
        return _ChannelGroup(sums.to_delay, name, sums)

    def finish(self, block: _Block, mix: Audio) -> None:
        """Write the next block into its part of the mix, shape (2, samples), all zero."""
        self._add_wet(block, mix)
        for dry in block.dry:
            if dry is not None and dry.mixed is not None:
                mix += dry.mixed
            elif dry is not None and dry.sums is not None:
                mix += dry.sums.dry
                self._keep(dry, dry.sums, dry.sums.dry)
        level = np.float32(db_to_gain(self._console.common_db(*block.span)))
        if level != 1.0:
            mix *= level
        to_delay = None if block.wet is None else block.wet.to_delay
        sent = None if to_delay is None else to_delay * level
        echoes = self._returns.echoed(sent, mix.shape[1])
        if echoes is not None:
            add_at(mix, echoes, 0)

    def _add_wet(self, block: _Block, mix: Audio) -> None:
        wet, reverb = block.wet, self._returns.reverb
        if wet is not None and wet.mixed is not None:
            mix[:] = wet.mixed
            if reverb is not None:
                reverb.resume(wet.to_reverb)
            return
        sums = None if wet is None else wet.sums
        if sums is not None:
            mix[:] = sums.dry
        if reverb is not None:
            reverb.turn_up(db_to_gain(self._fall_db(block.span)))
            room = reverb.process(None if sums is None else sums.to_reverb, mix.shape[1])
            if room is not None:
                add_at(mix, room, 0)
        if wet is not None and sums is not None:
            self._keep(wet, sums, mix)

    def _fall_db(self, span: BlockSpan) -> float:
        """Return by how much the level that channels share was higher in the block before."""
        if span[0] == 0:
            return 0.0
        before = self._console.common_db(span[0] - BLOCK_SAMPLES, BLOCK_SAMPLES)
        return round(before - self._console.common_db(*span), 6)

    def _keep(self, part: _ChannelGroup, sums: BusSums, mixed: Audio) -> None:
        if self._archive is None or part.name is None:
            return
        reverb, to_reverb = self._returns.reverb, _NONE
        if reverb is not None and sums.to_reverb is not None:
            to_reverb = sums.to_reverb[:, -reverb.memory :]
        to_delay = _NONE if sums.to_delay is None else sums.to_delay
        self._archive.keep(part.name, [mixed, to_reverb, to_delay])

    def _before(self, span: BlockSpan, group: str) -> tuple[object, ...]:
        """Name what still rings of the block before: only what was sent to the reverb."""
        if group != WET or span[0] == 0 or self._returns.reverb is None:
            return ()
        return self._console.content(span[0] - BLOCK_SAMPLES, BLOCK_SAMPLES, group)

    def _name(self, archive: RenderArchive, span: BlockSpan, group: str) -> str:
        start, samples = span
        before = self._before(span, group)
        lead = BLOCK_SAMPLES if before else 0
        stems = self._console.stems(start - lead, lead + samples, group)
        fall_db = self._fall_db(span) if before else 0.0
        return archive.name(group, stems, fall_db, before, self._console.content(*span, group))


def _or_none(sound: Audio) -> Audio | None:
    return sound if sound.size else None

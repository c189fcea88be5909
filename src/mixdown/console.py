"""The mixing console: every channel of a score, and their sums on a bus, block by block."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.mixdown.channel_strip import WARM_UP, ChannelStrip, Curve, Ducking, Gains
from src.mixdown.conformed import ConformedSlices
from src.mixdown.render_archive import RenderArchive
from src.mixdown.returns import sends_to
from src.mixdown.sources import ChannelSource, SampleGrid
from src.music.model.score import Score

_KICK_ROLES = ("kick", "drums")
"""Roles that the others duck under: every note of a kick, and the low hits of drum loops."""

_SAME_KICK_S = 0.06
_PART_SAMPLES = 65_536
"""Sounds are added up in parts of this length, which stay within a processor's cache."""

WET = "wet"
"""The group of all channels that send to the reverb or the echo."""

_DRY_GROUP = 3
"""So many of the other channels are one group: a change of one mixes its group again. Fewer would
cost room on the disk and time to read it."""

_AS_IT_IS = Gains(np.ones(1, np.float32), np.ones((2, 1), np.float32))
_LONGEST_TURN_BEATS = 1.0
"""So long before a section's end its channels may begin to move to the next one's level."""


@dataclass(frozen=True)
class BusSums:
    """What channels together give in a block. What is silent is None.

    dry, to_reverb: shape (2, samples); to_delay: (1, samples), for the echo hears one side
    """

    dry: Audio
    to_reverb: Audio | None
    to_delay: Audio | None


class Console:
    """Plays, filters and levels the channels of a score, any block in any order.

    archive: where filtered sound of earlier renders lies; None makes all again

    May be used from several threads. The same block gives the same samples, whether it
    comes from the archive or not.
    """

    def __init__(
        self, score: Score, store: ConformedSlices, archive: RenderArchive | None = None
    ) -> None:
        grid = SampleGrid(score.bpm, PROJECT_SAMPLE_RATE)
        self._archive = archive
        self._contents: dict[tuple[int, int, str], tuple[object, ...]] = {}
        wet = [
            number
            for number, track in enumerate(score.channels)
            if sends_to(track, "reverb_send_db") or sends_to(track, "delay_send_db")
        ]
        dry = [number for number in range(len(score.channels)) if number not in wet]
        self._groups = {WET: wet} | {
            f"dry {start}": dry[start : start + _DRY_GROUP]
            for start in range(0, len(dry), _DRY_GROUP)
        }
        self._sources = [ChannelSource(track, grid, store) for track in score.channels]
        self._strips = [ChannelStrip(track, grid) for track in score.channels]
        self._sections = [
            (
                grid.sample(section.start_beats),
                grid.sample(section.start_beats + section.length_beats - _LONGEST_TURN_BEATS),
                section.level_db,
            )
            for section in score.sections
        ]
        release_s = score.duck_release_beats * 60.0 / score.bpm
        self._ducking = Ducking(
            _kicks(score, self._sources), PROJECT_SAMPLE_RATE, release_s=release_s
        )

    @property
    def dry_groups(self) -> list[str]:
        """The groups of channels that send to neither reverb nor echo."""
        return [group for group in self._groups if group != WET]

    def common_db(self, start: int, samples: int) -> float:
        """Find the level that all channels share in a block: that of its section.

        A revision weighs the sections again, which moves all channels alike: what is mixed
        without that level is the same as before. 0 in a block that has a border.
        """
        for first, last, level_db in self._sections:
            if first <= start and start + samples <= last:
                return level_db
        return 0.0

    def channels(self, start: int, samples: int) -> Iterator[Audio | None]:
        """Play each channel as it sounds in the mix, shape (2, samples), in the score's order."""
        amount = self._ducking.amount(start, start + samples)
        for number, strip in enumerate(self._strips):
            sound = self._sound(number, start, samples)
            if sound is None:
                yield None
                continue
            placed = np.empty((2, samples), np.float32)
            strip.gains(start, start + samples, amount).apply(sound, slice(0, samples), placed)
            yield placed

    def sums(self, start: int, samples: int, group: str) -> BusSums:
        """Sum a group's channels without the level that all share; only one is held at a time."""
        bus, without_db = Bus(samples), self.common_db(start, samples)
        stop = start + samples
        amount = self._ducking.amount(start, stop)
        for number in self._groups[group]:
            strip = self._strips[number]
            sound = self._sound(number, start, samples)
            if sound is not None:
                gains = strip.gains(start, stop, amount, without_db=without_db)
                bus.add(sound, gains, strip.send_gains(start, stop))
        return bus.sums()

    def sums_of(self, sounds: Sequence[Audio | None], start: int, samples: int) -> BusSums:
        """Sum what ``channels`` gave for the same block."""
        bus = Bus(samples)
        for strip, sound in zip(self._strips, sounds, strict=True):
            if sound is not None:
                bus.add(sound, _AS_IT_IS, strip.send_gains(start, start + samples))
        return bus.sums()

    def stems(self, start: int, samples: int, group: str) -> list[str]:
        """List the stems that determine the sums of a group in a block."""
        lead, stop = start - WARM_UP, start + samples
        sources = [self._sources[number] for number in self._groups[group]]
        return sorted({stem for source in sources for stem in source.stems(lead, stop)})

    def content(self, start: int, samples: int, group: str) -> tuple[object, ...]:
        """Name what else determines the sums of a group in a block; empty where it is silent."""
        requested = start, samples, group
        if requested not in self._contents:
            numbers, stop = self._groups[group], start + samples
            found = [self._sounding(number, start, stop) for number in numbers]
            sounding = tuple(one for one in found if one)
            ducked = any(self._strips[number].ducks for number in self._groups[group])
            kicks = self._ducking.content(start, start + samples) if ducked else ()
            self._contents[requested] = (start, samples, kicks, sounding) if sounding else ()
        return self._contents[requested]

    def _sounding(self, number: int, start: int, stop: int) -> tuple[object, ...]:
        """Name what determines a channel in a block, but for the kicks; empty for silence."""
        source, strip = self._sources[number], self._strips[number]
        playing = source.content(start, stop)
        if not playing:
            return ()
        level = strip.level_content(start, stop, self.common_db(start, stop - start))
        if not strip.sweeps(start, stop):
            return playing, level
        return source.content(start - WARM_UP, stop), strip.filter_content(start, stop), level

    def _sound(self, number: int, start: int, samples: int) -> Audio | None:
        """Play a channel behind its filters and before its level; None for silence."""
        source, strip = self._sources[number], self._strips[number]
        stop, lead = start + samples, start - WARM_UP
        if not source.sounds(start, stop):
            return None
        if not strip.sweeps(start, stop):
            return source.play(start, samples)
        if self._archive is None:
            return self._filtered(source, strip, start, samples)
        content = start, samples, strip.filter_content(start, stop), source.content(lead, stop)
        name = self._archive.name("filtered", sorted(source.stems(lead, stop)), content)
        found = self._archive.sounds(name)
        if found is not None:
            return found[0]
        sound = self._filtered(source, strip, start, samples)
        self._archive.keep(name, [sound])
        return sound

    def _filtered(
        self, source: ChannelSource, strip: ChannelStrip, start: int, samples: int
    ) -> Audio:
        led = source.play(start - WARM_UP, WARM_UP + samples)
        if led is None:
            return np.zeros((2, samples), np.float32)
        return strip.filtered(led, start)


class Bus:
    """Adds channels up, and what they send."""

    def __init__(self, samples: int) -> None:
        self._dry = np.zeros((2, samples), np.float32)
        self._to_reverb: Audio | None = None
        self._to_delay: Audio | None = None
        self._part = np.empty((2, min(samples, _PART_SAMPLES)), np.float32)
        self._sent = np.empty_like(self._part)

    def add(self, sound: Audio, gains: Gains, sends: tuple[Curve, Curve]) -> None:
        """Add a channel.

        sound: shape (2, samples)
        sends: factors for reverb and delay: numbers, or one per sample
        """
        reverb, delay = sends
        if self._to_reverb is None and _opens(reverb):
            self._to_reverb = np.zeros_like(self._dry)
        if self._to_delay is None and _opens(delay):
            self._to_delay = np.zeros_like(self._dry[:1])
        for start in range(0, sound.shape[1], _PART_SAMPLES):
            here = slice(start, min(start + _PART_SAMPLES, sound.shape[1]))
            part = self._part[:, : here.stop - start]
            gains.apply(sound, here, part)
            self._dry[:, here] += part
            if self._to_reverb is not None and _opens(reverb):
                self._to_reverb[:, here] += self._scaled(part, _cut(reverb, here))
            if self._to_delay is not None and _opens(delay):
                both = np.add(part[:1], part[1:], out=self._sent[:1, : part.shape[1]])
                both *= np.multiply(_cut(delay, here), np.float32(0.5))
                self._to_delay[:, here] += both

    def _scaled(self, part: Audio, gain: Curve) -> Audio:
        factor = gain if isinstance(gain, np.ndarray) else np.float32(gain)
        return np.multiply(part, factor, out=self._sent[:, : part.shape[1]])

    def sums(self) -> BusSums:
        """Hand out what was added."""
        return BusSums(self._dry, self._to_reverb, self._to_delay)


def _opens(gain: Curve) -> bool:
    return isinstance(gain, np.ndarray) or gain > 0.0


def _cut(gain: Curve, here: slice) -> Curve:
    return gain[here] if isinstance(gain, np.ndarray) else gain


def _kicks(score: Score, sources: Sequence[ChannelSource]) -> list[int]:
    """Return where the low drums hit; hits closer than 60 ms are one. Empty if nobody ducks."""
    if not any(track.duck_db for track in score.channels):
        return []
    positions = sorted(
        position
        for track, source in zip(score.channels, sources, strict=True)
        if track.role in _KICK_ROLES
        for position in source.kicks(notes=track.role == "kick")
    )
    apart = _SAME_KICK_S * PROJECT_SAMPLE_RATE
    kept: list[int] = []
    for position in positions:
        if not kept or position - kept[-1] >= apart:
            kept.append(position)
    return kept

"""Playing a score: tracks into a mix, the mix into a master, block by block."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from src.audio.dynamics import Compressor, compress
from src.audio.fades import rising
from src.audio.filters import RunningFilter, high_pass_sections
from src.audio.mastering import MasterReport, master, premaster
from src.audio.mixing import add_at
from src.audio.reverb_send import DelaySend, EchoTime, ReverbSend
from src.audio.validation import HOUSE_RATE, Audio
from src.core.errors import InvalidInputError
from src.core.progress import Progress, silent
from src.music.mastering_presets import preset_name
from src.music.score import Score, Track
from src.services.channel_strip import ChannelStrip, Ducking, Line
from src.services.pieces import Load, PieceStore
from src.services.track_playing import Grid, TrackPlayer

BLOCK_SAMPLES = 262_144
"""Length of the blocks in which a mix is made: 5.5 s."""

_THREADS = 2
_KICK_ROLES = ("kick", "drums")
_SAME_KICK_S = 0.06
_DUCK_BEATS = 0.45
_DC_HZ = 8.0
_LAST_FADE_S = 0.005


@dataclass(frozen=True)
class MixSettings:
    """What happens to the sum of all tracks.

    compress: gentle bus compression and removal of what lies below 8 Hz
    """

    compress: bool = True


@dataclass(frozen=True)
class MixReport:
    """What was played, as measured on the samples that were handed out.

    Silence has -inf levels. target_lufs is None for a premaster, whose highest sample shall
    lie at ceiling_dbtp. reached says whether the loudness lies within 0.3 LU of its target;
    missed_by and shortfall say by how much it does not and why, as audio.mastering does.
    gain_db is the gain in front of the limiter, limiting_db its largest reduction,
    limiting_mean_db the mean; rounding_db and compression_db are the largest as well.
    """

    duration_s: float
    loudness_lufs: float
    short_term_max_lufs: float
    momentary_max_lufs: float
    loudness_range_lu: float
    true_peak_dbtp: float
    sample_peak_dbfs: float
    stereo_correlation: float
    preset: str
    target_lufs: float | None
    ceiling_dbtp: float
    reached: bool
    missed_by: float
    shortfall: str
    gain_db: float
    compression_db: float
    rounding_db: float
    limiting_db: float
    limiting_mean_db: float


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


def play_score(
    score: Score,
    *,
    load: Load,
    sink: Callable[[Audio], None],
    progress: Progress = silent,
    settings: MixSettings = MixSettings(),
) -> MixReport:
    """Play a score from its first beat to the end of its tail.

    load: gives a slice of a stem at 48 kHz: (stem id, start in s, length in s)
    sink: takes the finished sound in blocks, shape (2, samples), on the 24-bit grid

    Beat b lies at sample round(b * 60 / bpm * 48000), the first at 0. The same score and
    stems give the same samples. Raises InvalidInputError for a score without length.
    """
    samples = score_samples(score)
    if samples < 1:
        raise InvalidInputError(f"a score must have a length, got {score.length_beats} beats")
    mix = mix_score(score, load=load, progress=progress)
    compression_db = 0.0
    if settings.compress and score.target_lufs is not None:
        progress("compressing", 0, 1)
        _take_out_dc(mix)
        compression_db = compress(mix, Compressor(), sample_rate=HOUSE_RATE)
    ramp = ending(score)
    mix[:, samples - ramp.size :] *= ramp
    progress("mastering", 0, 1)
    result = _mastered(mix, score)
    for number, start in enumerate(range(0, samples, BLOCK_SAMPLES)):
        progress("writing", number, -(-samples // BLOCK_SAMPLES))
        sink(mix[:, start : start + BLOCK_SAMPLES])
    return _report(score, result, samples, compression_db)


def _mastered(mix: Audio, score: Score) -> MasterReport:
    """Bring the mix to the score's levels, in place."""
    if score.target_lufs is None:
        return premaster(mix, sample_rate=HOUSE_RATE, peak_dbfs=score.ceiling_dbtp)
    return master(
        mix,
        sample_rate=HOUSE_RATE,
        target_lufs=score.target_lufs,
        ceiling_dbtp=score.ceiling_dbtp,
    )


def mix_score(score: Score, *, load: Load, progress: Progress = silent) -> Audio:
    """All tracks of a score with their sends, before bus and master: shape (2, samples)."""
    mix = np.zeros((2, score_samples(score)), np.float32)
    for block in mix_blocks(score, load=load, progress=progress):
        part = mix[:, block.start : block.start + block.samples]
        for sound in block.parts:
            if sound is not None:
                add_at(part, sound, 0)
    return mix


def mix_blocks(score: Score, *, load: Load, progress: Progress = silent) -> Iterator[MixBlock]:
    """The mix as it is put together, stretch by stretch, in order: tracks, then sends."""
    grid = Grid(score.bpm, HOUSE_RATE)
    store = PieceStore(load, sample_rate=HOUSE_RATE)
    players = [TrackPlayer(track, grid, store) for track in score.tracks]
    ducking = Ducking(_kicks(score, players), HOUSE_RATE, release_s=_DUCK_BEATS * 60.0 / score.bpm)
    strips = [ChannelStrip(track, grid, ducking) for track in score.tracks]
    whole = score_samples(score)
    sends = _Sends(score)
    blocks = range(0, whole, BLOCK_SAMPLES)

    def play(player: TrackPlayer, strip: ChannelStrip) -> Audio | None:
        return strip.process(player.play(start, samples), start, samples)

    with ThreadPoolExecutor(_THREADS) as pool:
        for number, start in enumerate(blocks):
            progress("mixing", number, len(blocks))
            samples = min(BLOCK_SAMPLES, whole - start)
            sends.open(samples)
            sounds = []
            for strip, dry in zip(strips, pool.map(play, players, strips), strict=True):
                sounds.append(dry)
                if dry is not None:
                    sends.take(dry, strip, start)
            yield MixBlock(start, samples, tuple(sounds), *sends.close())


def score_samples(score: Score) -> int:
    """Length of a score with its tail, in samples at the house's rate."""
    grid = Grid(score.bpm, HOUSE_RATE)
    return grid.sample(score.length_beats) + round(score.tail_s * HOUSE_RATE)


def sends_to(track: Track, name: str) -> bool:
    """Whether a track ever sends: "reverb_send_db" or "delay_send_db"."""
    automated = any(line.parameter == name for line in track.automation)
    return automated or getattr(track, name) is not None


class _Sends:
    """The shared reverb and delay: gathers what tracks send, adds what comes back."""

    def __init__(self, score: Score) -> None:
        wet = any(sends_to(track, "reverb_send_db") for track in score.tracks)
        echoed = any(sends_to(track, "delay_send_db") for track in score.tracks)
        self._reverb = (
            ReverbSend(sample_rate=HOUSE_RATE, block_samples=BLOCK_SAMPLES) if wet else None
        )
        self._delay = DelaySend(EchoTime(score.bpm), sample_rate=HOUSE_RATE) if echoed else None
        self._to_reverb: Audio | None = None
        self._to_delay: Audio | None = None
        self._samples = 0

    def open(self, samples: int) -> None:
        self._samples = samples
        self._to_reverb = self._to_delay = None

    def take(self, dry: Audio, strip: ChannelStrip, start: int) -> None:
        reverb, delay = strip.send_gains(start, start + dry.shape[1])
        self._to_reverb = self._gathered(self._to_reverb, dry, reverb)
        self._to_delay = self._gathered(self._to_delay, dry, delay)

    def _gathered(self, sent: Audio | None, dry: Audio, gain: Line) -> Audio | None:
        if isinstance(gain, np.ndarray):
            part = dry * gain
            return part if sent is None else sent + part
        if gain <= 0.0:
            return sent
        if sent is None:
            return dry * np.float32(gain)
        add_at(sent, dry, 0, gain)
        return sent

    def close(self) -> tuple[Audio | None, Audio | None]:
        """What comes back of reverb and delay."""
        reverb, delay = self._reverb, self._delay
        return (
            None if reverb is None else reverb.process(self._to_reverb, self._samples),
            None if delay is None else delay.process(self._to_delay, self._samples),
        )


def _kicks(score: Score, players: Sequence[TrackPlayer]) -> list[int]:
    """Where the low drums hit; hits closer than 60 ms are one. Empty if nobody ducks."""
    if not any(track.duck_db for track in score.tracks):
        return []
    places = sorted(
        place
        for track, player in zip(score.tracks, players, strict=True)
        if track.role in _KICK_ROLES
        for place in player.kicks(notes=track.role == "kick")
    )
    apart = _SAME_KICK_S * HOUSE_RATE
    kept: list[int] = []
    for place in places:
        if not kept or place - kept[-1] >= apart:
            kept.append(place)
    return kept


def _take_out_dc(mix: Audio) -> None:
    running = RunningFilter(high_pass_sections(_DC_HZ, sample_rate=HOUSE_RATE), mix.shape[0])
    for start in range(0, mix.shape[1], BLOCK_SAMPLES):
        part = mix[:, start : start + BLOCK_SAMPLES]
        part[:] = running.process(part)


def ending(score: Score) -> NDArray[np.float32]:
    """The ramp that ends a mix: over the second half of its tail, at least over 5 ms."""
    samples = score_samples(score)
    tail = samples - Grid(score.bpm, HOUSE_RATE).sample(score.length_beats)
    fade = min(max(tail // 2, round(_LAST_FADE_S * HOUSE_RATE)), samples)
    return rising(fade)[::-1]


def _report(score: Score, result: MasterReport, samples: int, compression_db: float) -> MixReport:
    return MixReport(
        duration_s=samples / HOUSE_RATE,
        preset=preset_name(score.target_lufs, score.ceiling_dbtp),
        target_lufs=score.target_lufs,
        ceiling_dbtp=score.ceiling_dbtp,
        compression_db=compression_db,
        **asdict(result),
    )

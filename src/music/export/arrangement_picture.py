"""A picture of a track as SVG: sections, roles, energy and waveform over one time line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from src.core.xml_text import xml_text
from src.music.model.score import Channel, Score, ScoreSection
from src.music.theory.metre import COMMON_TIME

_WIDTH, _LEFT, _RIGHT = 1200.0, 120.0, 16.0
_HEAD, _SECTIONS, _ENERGY, _LANE, _WAVE, _GAP = 44.0, 26.0, 48.0, 18.0, 72.0, 12.0
_INK, _PALE, _PAPER, _GRID = "#1d232b", "#6b7683", "#ffffff", "#dfe4ea"
_ENERGY_COLOUR, _WAVE_COLOUR = "#d1495b", "#44546a"
_COLOURS = {
    "kick": "#264653", "drums": "#264653", "snare": "#2a6f77", "clap": "#2a6f77",
    "hihat": "#2a9d8f", "cymbal": "#2a9d8f", "tom": "#3f8f6b", "percussion": "#3f8f6b",
    "bass": "#8a5a14", "synth": "#b5651d", "lead": "#c8553d", "vocal": "#a23b72",
    "pad": "#5e60a8", "strings": "#5e60a8", "keys": "#7768ae", "guitar": "#946846",
    "brass": "#946846", "fx": "#77838f", "atmo": "#8d99a6", "other": "#77838f",
}  # fmt: skip
_RULER_BARS = (1, 2, 4, 8, 16, 32, 64, 128)
_FEWEST_PIXELS = 28.0
_SHOT_BEATS = 0.2
_JOINED_BEATS = 1e-6
_LONGEST_LABEL = 16


@dataclass(frozen=True)
class _Axis:
    """Where a beat lies on the picture."""

    beats: float

    def x(self, beats: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * min(max(beats / self.beats, 0.0), 1.0)


def arrangement_svg(score: Score, *, title: str, peaks: Sequence[float]) -> str:
    """Draw the picture as the text of an SVG file, legible in any browser.

    peaks: the largest sample of equal stretches of the finished track with its tail,
        each in 0..1; none leaves the waveform out
    """
    tail_beats = score.tail_s * score.bpm / 60.0
    axis = _Axis(max(score.length_beats + tail_beats, 1e-9))
    lanes_top = _HEAD + _SECTIONS + _ENERGY + 2 * _GAP
    lanes_end = lanes_top + _LANE * len(score.channels)
    height = lanes_end + _GAP + (_WAVE if peaks else 0.0) + 28.0
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {height:g}"'
        ' font-family="system-ui, sans-serif" font-size="11">',
        f"<title>{_plain(title)}</title>",
        f'<rect width="{_WIDTH:g}" height="{height:g}" fill="{_PAPER}"/>',
        *_head(score, title),
        *_ruler(score, axis, _HEAD + _SECTIONS, height - 20.0),
        *_sections(score, axis),
        *_energy(score, axis),
    ]
    for number, channel in enumerate(score.channels):
        parts += _lane(channel, axis, lanes_top + number * _LANE)
    parts += _fade(score, axis, lanes_top, lanes_end)
    if peaks:
        parts += _waveform(peaks, lanes_end + _GAP)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _head(score: Score, title: str) -> Iterator[str]:
    minutes, seconds = divmod(round(score.length_beats * 60.0 / score.bpm + score.tail_s), 60)
    bars = score.length_beats / score.beats_per_bar
    metre = "" if score.time_signature == COMMON_TIME else f" · {score.time_signature}"
    reported = f"{score.bpm:g} BPM{metre} · {score.key} · {bars:g} bars · {minutes}:{seconds:02}"
    yield f'<text x="16" y="26" font-size="16" fill="{_INK}">{_plain(title)}</text>'
    yield (
        f'<text x="{_WIDTH - _RIGHT:g}" y="26" text-anchor="end" fill="{_PALE}">'
        f"{_plain(reported)}</text>"
    )


def _ruler(score: Score, axis: _Axis, top: float, bottom: float) -> Iterator[str]:
    """Lines and numbers of bars, as close as they can be read."""
    bar = axis.x(score.beats_per_bar) - axis.x(0.0)
    every = next((n for n in _RULER_BARS if n * bar >= _FEWEST_PIXELS), _RULER_BARS[-1])
    bars = int(score.length_beats / score.beats_per_bar)
    for number in range(0, bars + 1, every):
        x = axis.x(number * score.beats_per_bar)
        yield f'<path d="M{x:.1f} {top:g}V{bottom:g}" stroke="{_GRID}"/>'
        yield (
            f'<text x="{x:.1f}" y="{bottom + 13:g}" text-anchor="middle" fill="{_PALE}">'
            f"{number + 1}</text>"
        )


def _sections(score: Score, axis: _Axis) -> Iterator[str]:
    for section in score.sections:
        x, end = axis.x(section.start_beats), axis.x(section.start_beats + section.length_beats)
        shade = 0.08 + 0.34 * min(max(section.energy, 0.0), 1.0)
        yield (
            f'<rect x="{x:.1f}" y="{_HEAD:g}" width="{max(end - x - 1, 0.5):.1f}"'
            f' height="{_SECTIONS:g}" fill="{_ENERGY_COLOUR}" fill-opacity="{shade:.2f}"/>'
        )
        room = int((end - x) / 6.5)
        yield (
            f'<text x="{x + 5:.1f}" y="{_HEAD + 17:g}" fill="{_INK}">'
            f"{_plain(_shortened(section.name, room))}</text>"
        )
        chords = _shortened(_chords(section), int((end - x) / 5.0))
        yield (
            f'<text x="{x + 5:.1f}" y="{_HEAD + _SECTIONS + 11:g}" font-size="9" fill="{_PALE}">'
            f"{_plain(chords)}</text>"
        )


def _chords(section: ScoreSection) -> str:
    """Name the chords of a section until they come round again."""
    names = [one.chord for one in section.chords]
    period = next(
        (n for n in range(1, len(names)) if names == (names[:n] * len(names))[: len(names)]),
        len(names),
    )
    return " ".join(names[:period])


def _energy(score: Score, axis: _Axis) -> Iterator[str]:
    """Draw the energy of each section as a line of steps."""
    top = _HEAD + _SECTIONS + _GAP
    points: list[str] = []
    for section in score.sections:
        y = top + _ENERGY * (1.0 - min(max(section.energy, 0.0), 1.0))
        for beats in (section.start_beats, section.start_beats + section.length_beats):
            points.append(f"{axis.x(beats):.1f},{y:.1f}")
    yield _label("energy", top + _ENERGY / 2 + 4)
    yield (
        f'<polyline points="{" ".join(points)}" fill="none" stroke="{_ENERGY_COLOUR}"'
        ' stroke-width="2"/>'
    )


def _lane(channel: Channel, axis: _Axis, top: float) -> Iterator[str]:
    """Draw a bar for every block of clips, a tick for every note as high as it is loud."""
    colour = _COLOURS.get(channel.role, _INK)
    yield _label(channel.name, top + 13)
    for start, end in _stretches(channel):
        x = axis.x(start)
        yield (
            f'<rect x="{x:.1f}" y="{top + 3:g}" width="{max(axis.x(end) - x, 1.0):.1f}"'
            f' height="{_LANE - 6:g}" rx="2" fill="{colour}" fill-opacity="0.8"/>'
        )
    ticks = [
        f"M{axis.x(note.start_beats):.1f} {top + _LANE - 3:g}v{-(_LANE - 6) * level:.1f}"
        for note in channel.notes
        for level in [min(max(note.velocity, 0.15), 1.0)]
    ]
    if ticks:
        yield f'<path d="{"".join(ticks)}" stroke="{colour}" stroke-width="1"/>'


def _fade(score: Score, axis: _Axis, top: float, bottom: float) -> Iterator[str]:
    """Draw a line that falls where the track fades within its last bars."""
    per_s = score.bpm / 60.0
    end = score.length_beats + score.tail_s * per_s
    start = end - score.fade_out_s * per_s
    if start >= score.length_beats or score.fade_out_s <= score.tail_s:
        return
    x = axis.x(start)
    yield (
        f'<path d="M{x:.1f} {top:g}L{axis.x(end):.1f} {bottom:g}" stroke="{_ENERGY_COLOUR}"'
        ' stroke-dasharray="4 3"/>'
    )
    yield (
        f'<text x="{x - 4:.1f}" y="{top + 11:g}" text-anchor="end" fill="{_ENERGY_COLOUR}">'
        f"fade {score.fade_out_s:g} s</text>"
    )


def _stretches(channel: Channel) -> list[tuple[float, float]]:
    """List where clips sound, with those that follow each other made one."""
    spans: list[tuple[float, float]] = []
    for clip in sorted(channel.clips, key=lambda clip: clip.start_beats):
        start, end = clip.start_beats, clip.start_beats + max(clip.length_beats, _SHOT_BEATS)
        if spans and start <= spans[-1][1] + _JOINED_BEATS:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return spans


def _waveform(peaks: Sequence[float], top: float) -> Iterator[str]:
    """Draw the outline of the finished track."""
    middle, half = top + _WAVE / 2, _WAVE / 2
    step = (_WIDTH - _LEFT - _RIGHT) / len(peaks)
    heights = [half * min(max(peak, 0.0), 1.0) for peak in peaks]
    xs = [_LEFT + (number + 0.5) * step for number in range(len(peaks))]
    above = [f"{x:.1f},{middle - y:.1f}" for x, y in zip(xs, heights, strict=True)]
    below = [f"{x:.1f},{middle + y:.1f}" for x, y in zip(xs, heights, strict=True)]
    yield _label("waveform", middle + 4)
    yield f'<polygon points="{" ".join(above + below[::-1])}" fill="{_WAVE_COLOUR}"/>'


def _label(text: str, y: float) -> str:
    said = _plain(_shortened(text, _LONGEST_LABEL))
    return f'<text x="{_LEFT - 8:g}" y="{y:g}" text-anchor="end" fill="{_INK}">{said}</text>'


def _shortened(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    return text[: room - 1] + "…" if room > 2 else ""


def _plain(text: str) -> str:
    return escape(xml_text(text))

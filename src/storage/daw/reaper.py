"""Writing a REAPER project as plain text (.rpp)."""

from collections.abc import Iterable, Iterator

from src.music.export.daw_session import AudioItem, Session, SessionTrack
from src.music.model.score import AutomationPoint

_RAISED_COSINE = 5
_QUOTES = ('"', "'", "`")


def reaper_project(session: Session) -> str:
    """Write a session as the text of an .rpp file, its sound files named relative to it.

    Places are in seconds, of whole samples. Each pass of a loop is an item of its own, so
    that each lies on its sample. Faders hold the tracks' levels, envelopes what moves.
    """
    return "\n".join(_indented(_project(session))) + "\n"


def _project(session: Session) -> Iterator[str]:
    yield '<REAPER_PROJECT 0.1 "6.0" 0'
    yield from ("RIPPLE 0", "AUTOXFADE 0", "PANLAW 1")
    yield f"SAMPLERATE {session.sample_rate} 1 0"
    yield f"TEMPO {_number(session.bpm)} {session.metre.numerator} {session.metre.denominator}"
    yield "TIMELOCKMODE 1"
    yield from _notes(session)
    for number, marker in enumerate(session.markers, start=1):
        position = _beat_s(marker.beats, session)
        yield f"MARKER {number} {_number(position)} {_quoted(marker.name)} 0"
    for track in session.tracks:
        yield from _track(track, session)
    yield ">"


def _notes(session: Session) -> Iterator[str]:
    """Write the project's notes: its title and comment."""
    yield "<NOTES 0 2"
    for line in (session.title, session.comment):
        yield from (f"|{part}" for part in line.splitlines())
    yield ">"


def _track(track: SessionTrack, session: Session) -> Iterator[str]:
    yield "<TRACK"
    yield f"NAME {_quoted(track.name)}"
    pan = 0.0 if track.pan_curve else track.pan
    yield f"VOLPAN {_number(track.volume)} {_number(pan)} -1 -1 1"
    yield from ("MUTESOLO 0 0 0", "NCHAN 2", "AUTOMODE 0")
    yield from _envelope("VOLENV2", track.volume_curve, session)
    # REAPER counts the pan of an envelope from the right.
    turned = [AutomationPoint(point.beats, -point.value) for point in track.pan_curve]
    yield from _envelope("PANENV2", turned, session)
    for item in track.items:
        yield from _item(item, session)
    yield ">"


def _envelope(name: str, points: Iterable[AutomationPoint], session: Session) -> Iterator[str]:
    points = list(points)
    if not points:
        return
    yield f"<{name}"
    yield from ("ACT 1 -1", "VIS 1 1 1", "ARM 0", "DEFSHAPE 0 -1 -1")
    for point in points:
        yield f"PT {_number(_beat_s(point.beats, session))} {_number(point.value)} 0"
    yield ">"


def _item(item: AudioItem, session: Session) -> Iterator[str]:
    """Write one item per pass; only the first fades in, only the last fades out."""
    rate = session.sample_rate
    for number, (start, length) in enumerate(item.passes):
        fade_in = item.fade_in_s if number == 0 else 0.0
        fade_out = item.fade_out_s if number == len(item.passes) - 1 else 0.0
        yield "<ITEM"
        yield f"POSITION {_number(start / rate)}"
        yield f"LENGTH {_number(length / rate)}"
        yield "LOOP 1"
        yield f"FADEIN {_RAISED_COSINE} {_number(fade_in)} 0"
        yield f"FADEOUT {_RAISED_COSINE} {_number(fade_out)} 0"
        yield "MUTE 0 0"
        yield f"NAME {_quoted(item.name)}"
        yield f"VOLPAN {_number(item.gain)} 0 1 -1"
        yield from ("SOFFS 0", "PLAYRATE 1 1 0 -1 0 0.0025", "CHANMODE 0")
        yield from ("<SOURCE WAVE", f"FILE {_quoted(item.media.path)}", ">", ">")


def _beat_s(beats: float, session: Session) -> float:
    """Return seconds of the sample at which a beat lies."""
    return round(beats * 60.0 / session.bpm * session.sample_rate) / session.sample_rate


def _indented(lines: Iterable[str]) -> Iterator[str]:
    depth = 0
    for line in lines:
        if line == ">":
            depth -= 1
        yield "  " * depth + line
        if line.startswith("<"):
            depth += 1


def _quoted(text: str) -> str:
    """Quote a text with the first kind of quotes that it does not hold; one with all loses one."""
    line = " ".join(text.split())
    for quote in _QUOTES:
        if quote not in line:
            return f"{quote}{line}{quote}"
    return '"' + line.replace('"', "'") + '"'


def _number(value: float) -> str:
    text = f"{value:.12f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text

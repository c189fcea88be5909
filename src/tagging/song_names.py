"""Title, artist, tempo and key of a song, from its tags and the name of its file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from src.core.errors import InvalidInputError
from src.music.evidence.names import key_hint, tempo_hint
from src.music.theory.keys import parse_key

SURE = 0.6
"""Weight from which a tempo or key in a name is taken as stated."""

_COUNTER = re.compile(
    r"^\s*(?:(?:track|title|titel|spur|no|nr|disc\s?\d|cd\s?\d)[\s_.#-]*(\d{1,3})[\s\-_.)]+"
    r"|(\d{1,3})\s*[-_.)]+\s*|(0\d)\s+)(?=\S)", re.I
)  # fmt: skip
_FEATURED = re.compile(r"[(\[{]?\s*\b(?:feat|ft|featuring|with)\b\.?\s+([^()\[\]{}]+)[)\]}]?", re.I)
_BRACKETS = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
_NOISE = re.compile(
    r"\b(?:official|video|audio|lyrics?|hd|hq|4k|remaster(?:ed)?|\d{2,4}\s?kbps|free download"
    r"|master|final|mixdown|bounce|visuali[sz]er)\b", re.I,
)  # fmt: skip
_TEMPO_WORD = re.compile(r"(?<![A-Za-z])(?:bpm[\s_\-=:]*\d{2,3}(?:[.,]\d+)?"
                         r"|\d{2,3}(?:[.,]\d+)?[\s_\-]*bpm)(?![A-Za-z0-9])", re.I)  # fmt: skip
_KEY_LABEL = re.compile(r"(?<![A-Za-z])(?:key|tonart)(?![A-Za-z])", re.I)
_DASH = re.compile(r"\s+[-–—]\s+|_-_")


@dataclass(frozen=True)
class SongName:
    """What is known of a song before anybody listens.

    title: never empty; artist: "" where nobody says; featured: further artists
    bpm, key: None where neither tag nor name states one clearly; number: of the track
    """

    title: str
    artist: str = ""
    featured: str = ""
    bpm: float | None = None
    key: str | None = None
    number: int | None = None


def read_song_name(path: str, tags: Mapping[str, str] | None = None) -> SongName:
    """Read a song's title, artist, tempo and key; tags of the file beat its name.

    path: with slashes or backslashes; only its last part counts
    tags: by the names of Vorbis comments ("TITLE", "ARTIST", "BPM", "INITIALKEY")
    """
    found = _named(_stem(path))
    known = tags or {}
    title, inner = _without_featured(known.get("TITLE", ""))
    artist, more = _without_featured(known.get("ARTIST", ""))
    return SongName(
        title=_clean(title) or found.title,
        artist=artist.strip() or found.artist,
        featured=inner or more or found.featured,
        bpm=_tagged_bpm(known) or found.bpm,
        key=_tagged_key(known) or found.key,
        number=found.number,
    )


def _stem(path: str) -> str:
    """Cut folders and ending of a name, whichever system wrote it; "Vol. 2" is no ending."""
    name = PureWindowsPath(path).name if "\\" in path else PurePosixPath(path).name
    stem, dot, ending = name.rpartition(".")
    return stem if dot and stem and re.fullmatch(r"[A-Za-z0-9]{2,5}", ending) else name


def _named(stem: str) -> SongName:
    tempo, key = tempo_hint(stem), key_hint(stem)
    bpm = tempo.value if tempo is not None and tempo.weight >= SURE else None
    sure_key = key is not None and key.weight >= SURE and key.mode_known
    text = _TEMPO_WORD.sub(" ", stem)
    if key is not None and sure_key:
        text = re.sub(rf"(?<![A-Za-z]){re.escape(key.text)}(?![A-Za-z0-9])", " ", text, count=1)
        text = _KEY_LABEL.sub(" ", text)
    counter = _COUNTER.match(text)
    if counter is not None:
        text = text[counter.end() :]
    text, featured = _without_featured(text)
    parts = [part for part in _DASH.split(text) if _clean(part)]
    if len(parts) > 1 and parts[0].strip().isdigit():
        parts = parts[1:]
    artist = _clean(parts[0]) if len(parts) > 1 else ""
    title = " - ".join(_clean(part) for part in parts[1:] or parts)
    return SongName(
        title=title or _clean(stem) or " ".join(stem.split()) or "untitled",
        artist=artist,
        featured=featured,
        bpm=bpm,
        key=key.value if key is not None and sure_key else None,
        number=int(counter[1] or counter[2] or counter[3]) if counter is not None else None,
    )


def _without_featured(text: str) -> tuple[str, str]:
    """Part a text from the guests that it names."""
    match = _FEATURED.search(text.replace("_", " "))
    if match is None:
        return text, ""
    spaced = text.replace("_", " ")
    guests, dash, rest = match[1].partition(" - ")
    return f"{spaced[: match.start()]} {dash}{rest}{spaced[match.end() :]}".strip(), guests.strip()


def _clean(text: str) -> str:
    """Write a title without brackets, words of uploads and separators."""
    bare = _NOISE.sub(" ", _BRACKETS.sub(" ", text.replace("_", " ")))
    return " ".join(bare.split()).strip(" -–—.,")


def _tagged_bpm(tags: Mapping[str, str]) -> float | None:
    for name in ("BPM", "TBPM"):
        match = re.fullmatch(r"\s*(\d{2,3}(?:[.,]\d+)?)\s*(?:bpm)?\s*", tags.get(name, ""), re.I)
        if match and 30.0 <= float(match[1].replace(",", ".")) <= 300.0:
            return float(match[1].replace(",", "."))
    return None


def _tagged_key(tags: Mapping[str, str]) -> str | None:
    for name in ("INITIALKEY", "KEY", "TKEY"):
        if not tags.get(name, "").strip():
            continue
        try:
            return parse_key(tags[name].strip())
        except InvalidInputError:
            continue
    return None

"""What a file says about itself beside its sound: chunks of loop editors and samplers, and tags."""

import math
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from src.core.errors import InvalidInputError
from src.music.theory.keys import parse_key
from src.storage.containers.caf_file import caf_chunks, information, loop_information
from src.storage.containers.flac_stream import foreign_chunks
from src.storage.files import open_regular
from src.storage.riff import Chunk, chunk_bytes, iff_chunks, riff_chunks
from src.storage.tags import read_tags

_ACID_ONE_SHOT, _ACID_ROOT, _ACID_STRETCH = 1, 2, 4
_TEMPO_TAGS = ("BPM", "TBPM", "IBPM", "TEMPO")
_KEY_TAGS = ("INITIALKEY", "KEY", "TKEY", "IKEY", "MUSICALKEY")
_TEXTS = ("COMMENT", "DESCRIPTION", "ICMT", "TITLE", "INAM")
_STATED_TEMPO = re.compile(
    r"(?<![\d.])(\d{2,3}(?:[.,]\d{1,3})?)\s*bpm\b|\bbpm\s*[:=]?\s*(\d{2,3})\b", re.I
)
_STATED_KEY = re.compile(
    r"\bkey\s*(?:of\b|is\b|[:=])\s*([A-G][#b]?\s?(?:minor|major|min|maj|m)?)\b", re.I
)
_CAF_NAMES = {"key signature": "KEY", "comments": "COMMENT", "recording title": "TITLE"}
_FASTEST_BPM = 300.0
_POINTLESS_BPM = 600.0
"""From here on a whole number is a tempo without its point: no loop is as fast."""

_XML_FIELD = re.compile(r"<(TEMPO|BPM|KEY|INITIAL_?KEY|MUSICAL_?KEY)>\s*([^<]{1,40})<", re.I)
_XML_ATTRIBUTE = re.compile(
    r"<NAME>\s*\w{0,20}?(tempo|bpm|key)\s*</NAME>\s*<VALUE>\s*([^<]{1,40})</VALUE>", re.I
)


@dataclass(frozen=True)
class AcidChunk:
    """What a loop editor wrote. Often a default: believe it only where it fits the length.

    root_note: MIDI number, None where the chunk says that it is not set
    beats: 0 where not set; meter: (numerator, denominator)
    tempo_bpm: None where zero, not finite or outside 20..999
    """

    one_shot: bool
    stretched: bool
    root_note: int | None
    beats: int
    meter: tuple[int, int]
    tempo_bpm: float | None


@dataclass(frozen=True)
class FileMetadata:
    """All that a file's chunks tell; every field may be missing.

    sampler_root_note, instrument_root_note: MIDI numbers of the ``smpl`` and ``inst`` chunks
    loops: (first, last) sample of each loop in ``smpl``, in the file's own sample rate
    info: LIST INFO by name: "INAM" title, "IART" artist, "ICOP" copyright, "ICMT" comment ...
    description, originator: of the broadcast extension
    tags: of ID3, Vorbis comments or AIFF, by the names of Vorbis comments ("TITLE", "BPM")
    sample_rate: of the file, 0 where its chunks don't tell
    tempo_bpm: what a tag, iXML or a comment ("128 BPM") claims, in 20..999; often a default
    initial_key: the same of the key, as the house writes it
    """

    acid: AcidChunk | None = None
    sampler_root_note: int | None = None
    instrument_root_note: int | None = None
    loops: tuple[tuple[int, int], ...] = ()
    cue_points: int = 0
    info: dict[str, str] = field(default_factory=dict)
    description: str | None = None
    originator: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    sample_rate: int = 0
    tempo_bpm: float | None = None
    initial_key: str | None = None

    @property
    def licence(self) -> str | None:
        """What the file says of its rights, if anything."""
        stated = (self.tags.get("LICENSE"), self.tags.get("LICENCE"), self.tags.get("COPYRIGHT"))
        return self.info.get("ICOP") or next((text for text in stated if text), None)


def read_metadata(path: Path) -> FileMetadata:
    """Read the chunks and tags of a file. Broken ones and unknown formats give nothing.

    Raises UnreadableAudioError where the file can't be read at all.
    """
    with open_regular(path) as file:
        return metadata_of(file)


def metadata_of(file: BinaryIO) -> FileMetadata:
    """Read the chunks and tags of an open file; its position afterwards is the start."""
    found = riff_chunks(file)
    stated = _stated_in_chunks(file, found) if found else _stated_in_tags(file)
    file.seek(0)
    return stated


def _stated_in_chunks(file: BinaryIO, found: list[Chunk]) -> FileMetadata:
    """Read what a WAV file reports."""
    chunks = {chunk.name: chunk for chunk in reversed(found)}

    def content(name: bytes) -> bytes:
        return chunk_bytes(file, chunks[name]) if name in chunks else b""

    root, loops = _sampler(content(b"smpl"))
    broadcast, instrument, cues = content(b"bext"), content(b"inst"), content(b"cue ")
    info = _info(file, [chunk for chunk in found if chunk.name == b"LIST"])
    tags = read_tags(file)
    description = _text(broadcast[:256]) or None
    written = _xml_fields(_text(content(b"iXML"))) | info | tags
    tempo_bpm, key = _musical({**written, "DESCRIPTION": description or ""})
    return FileMetadata(
        acid=_acid(content(b"acid")),
        sampler_root_note=root,
        instrument_root_note=_note(instrument[0]) if len(instrument) >= 7 else None,
        loops=loops,
        cue_points=min(int.from_bytes(cues[:4], "little"), max(len(cues) - 4, 0) // 24),
        info=info,
        description=description,
        originator=_text(broadcast[256:288]) or None,
        tags=tags,
        sample_rate=int.from_bytes(content(b"fmt ")[4:8], "little"),
        tempo_bpm=tempo_bpm,
        initial_key=key,
    )


def _stated_in_tags(file: BinaryIO) -> FileMetadata:
    """Read the tags of any other file, and the loop chunk of an Apple loop."""
    file.seek(0)
    head = file.read(4)
    if head == b"caff":
        return _stated_in_caf(file)
    chunks = iff_chunks(file)
    if head == b"fLaC":
        foreign = foreign_chunks(file, 0)
        if foreign[b"riff"]:
            return _stated_in_chunks(file, foreign[b"riff"])
        chunks = foreign[b"aiff"]
    tags = read_tags(file)
    tempo_bpm, key = _musical(tags)
    by_name = {chunk.name: chunk for chunk in reversed(chunks)}
    apple, instrument = by_name.get(b"basc"), by_name.get(b"INST")
    return FileMetadata(
        acid=_apple_loop(chunk_bytes(file, apple)) if apple else None,
        instrument_root_note=_note(chunk_bytes(file, instrument)[0])
        if instrument and instrument.size >= 20
        else None,
        tags=tags,
        tempo_bpm=tempo_bpm,
        initial_key=key,
    )


def _stated_in_caf(file: BinaryIO) -> FileMetadata:
    """Return what a Core Audio file tells in its information, and as an Apple loop."""
    chunks = {chunk.name: chunk for chunk in reversed(caf_chunks(file))}
    stated = information(file, chunks[b"info"]) if b"info" in chunks else {}
    loop = loop_information(file, chunks[b"uuid"]) if b"uuid" in chunks else {}
    tags = {
        _CAF_NAMES.get(name, "".join(sign for sign in name.upper() if sign.isalnum())): text
        for name, text in (loop | stated).items()
        if text.strip()
    }
    minor = tags.get("KEYTYPE") == "minor" and _parsed_key(f"{tags.get('KEY', '')}m")
    tempo_bpm, key = _musical(tags | ({"KEY": minor} if minor else {}))
    instrument = chunk_bytes(file, chunks[b"inst"]) if b"inst" in chunks else b""
    base = struct.unpack(">f", instrument[:4])[0] if len(instrument) >= 4 else 0.0
    beats = tags.get("BEATCOUNT", "")
    return FileMetadata(
        acid=AcidChunk(False, True, None, int(beats), (4, 4), None)
        if beats.isdecimal() and 0 < int(beats) <= 4_096
        else None,
        instrument_root_note=_note(round(base)) if math.isfinite(base) else None,
        tags=tags,
        tempo_bpm=tempo_bpm,
        initial_key=key,
    )


def _musical(written: dict[str, str]) -> tuple[float | None, str | None]:
    """Return tempo and key that fields of their own tell, else a free text with the very words."""
    tempos = [_tempo(written[name]) for name in _TEMPO_TAGS if name in written]
    keys = [_key(written[name]) for name in _KEY_TAGS if name in written]
    for name in _TEXTS:
        if match := _STATED_TEMPO.search(written.get(name, "")):
            tempos.append(_tempo(match[1] or match[2]))
        if match := _STATED_KEY.search(written.get(name, "")):
            keys.append(_key(match[1]))
    tempo_bpm = next((tempo for tempo in tempos if tempo is not None), None)
    return tempo_bpm, next((key for key in keys if key is not None), None)


def _tempo(text: str) -> float | None:
    """Read a number in 20..999, with "bpm" behind it or not.

    Some writers leave the point out: 8500 is 85.00, 1280 and 850 are 128.0 and 85.0.
    """
    match = re.fullmatch(r"\s*(\d{2,5})([.,]\d{0,12})?\s*(?:bpm)?\s*", text, re.I)
    if match is None:
        return None
    value = float(match[1] + (match[2] or "").replace(",", "."))
    if not match[2] and value >= _POINTLESS_BPM:
        value /= 10.0 if value < 10.0 * _FASTEST_BPM else 100.0
    return value if 20.0 <= value <= 999.0 else None


def _key(text: str) -> str | None:
    """Read a key in any spelling."""
    whole = _parsed_key(text)
    if whole is not None:
        return whole
    for separators, words in ((r"[/|,;()\[\]]+|\s-\s", True), (r"[/|,;()\[\]\s-]+", False)):
        parts = [part for part in re.split(separators, text) if part.strip()]
        keys = {_parsed_key(part) for part in parts}
        if words:  # "4A - Energy 6"
            keys.discard(None)
        if len(keys) == 1 and len(parts) > 1:
            return keys.pop()
    return None


def _parsed_key(text: str) -> str | None:
    try:
        return parse_key(text.strip())
    except InvalidInputError:
        return None


def _xml_fields(text: str) -> dict[str, str]:
    """Return tempo and key of an iXML chunk, as elements or as a sequencer's list of attributes.

    Sought as text, not parsed: XML of strangers can be made to explode.
    """
    pairs = [*_XML_FIELD.findall(text), *_XML_ATTRIBUTE.findall(text)]
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault("KEY" if "key" in name.lower() else "BPM", value.strip())
    return fields


def _apple_loop(data: bytes) -> AcidChunk | None:
    """Read the ``basc`` chunk of an Apple loop, big endian: beats, root, scale, meter, kind."""
    if len(data) < 18:
        return None
    beats, root, _, numerator, denominator, kind = struct.unpack(">IHHHHH", data[4:18])
    return AcidChunk(
        one_shot=kind == 2,
        stretched=kind == 1,
        root_note=_note(root),
        beats=beats if beats <= 4_096 else 0,
        meter=(numerator or 4, denominator or 4),
        tempo_bpm=None,
    )


def _acid(data: bytes) -> AcidChunk | None:
    """Read the ``acid`` chunk as Sony's loop editors write it: 24 bytes, little endian."""
    if len(data) < 24:
        return None
    flags, root, _, _, beats, denominator, numerator, tempo = struct.unpack("<IHHfIHHf", data[:24])
    return AcidChunk(
        one_shot=bool(flags & _ACID_ONE_SHOT),
        stretched=bool(flags & _ACID_STRETCH),
        root_note=_note(root) if flags & _ACID_ROOT else None,
        beats=beats if beats <= 4_096 else 0,
        meter=(numerator or 4, denominator or 4),
        tempo_bpm=tempo if math.isfinite(tempo) and 20.0 <= tempo <= 999.0 else None,
    )


def _sampler(data: bytes) -> tuple[int | None, tuple[tuple[int, int], ...]]:
    """Return root note and loops of a ``smpl`` chunk; the declared count of loops is not
    believed.
    """
    if len(data) < 36:
        return None, ()
    count = min(struct.unpack_from("<I", data, 28)[0], (len(data) - 36) // 24)
    loops = [struct.unpack_from("<II", data, 36 + 24 * n + 8) for n in range(count)]
    root = _note(struct.unpack_from("<I", data, 12)[0])
    return root, tuple((first, last) for first, last in loops if first <= last)


def _info(file: BinaryIO, lists: list[Chunk]) -> dict[str, str]:
    """Return entries of LIST INFO; the first of each name counts."""
    entries: dict[str, str] = {}
    for chunk in lists:
        data = chunk_bytes(file, chunk)
        if data[:4] != b"INFO":
            continue
        position = 4
        while position + 8 <= len(data):
            name = data[position : position + 4].decode("latin-1")
            size = int.from_bytes(data[position + 4 : position + 8], "little")
            text = _text(data[position + 8 : position + 8 + size])
            if text and name.isalnum():
                entries.setdefault(name, text)
            position += 8 + size + size % 2
    return entries


def _note(number: int) -> int | None:
    """Read a MIDI note number, None outside 1..127 (0 is how editors write "not set")."""
    return number if 1 <= number <= 127 else None


def _text(data: bytes) -> str:
    """Return zero-terminated text in whatever encoding it was written; never fails."""
    raw = data.split(b"\x00", 1)[0]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    return "".join(character for character in text if character.isprintable()).strip()

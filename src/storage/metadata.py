"""What a file says about itself beside its sound: acid, smpl, inst, bext and INFO chunks."""

import math
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from src.storage.files import open_regular
from src.storage.riff import Chunk, chunk_bytes, riff_chunks

_ACID_ONE_SHOT, _ACID_ROOT, _ACID_STRETCH = 1, 2, 4


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
    """

    acid: AcidChunk | None = None
    sampler_root_note: int | None = None
    instrument_root_note: int | None = None
    loops: tuple[tuple[int, int], ...] = ()
    cue_points: int = 0
    info: dict[str, str] = field(default_factory=dict)
    description: str | None = None
    originator: str | None = None

    @property
    def licence(self) -> str | None:
        """What the file says of its rights, if anything."""
        return self.info.get("ICOP")


def read_metadata(path: Path) -> FileMetadata:
    """What the chunks of a WAV file tell. Other files and broken chunks tell nothing.

    Raises UnreadableAudioError where the file can't be read at all.
    """
    with open_regular(path) as file:
        return metadata_of(file)


def metadata_of(file: BinaryIO) -> FileMetadata:
    """The same for an open file; its position afterwards is the start."""
    chunks = {chunk.name: chunk for chunk in reversed(riff_chunks(file))}
    lists = [chunk for chunk in riff_chunks(file) if chunk.name == b"LIST"]

    def content(name: bytes) -> bytes:
        return chunk_bytes(file, chunks[name]) if name in chunks else b""

    root, loops = _sampler(content(b"smpl"))
    broadcast = content(b"bext")
    instrument = content(b"inst")
    cues = content(b"cue ")
    told = FileMetadata(
        acid=_acid(content(b"acid")),
        sampler_root_note=root,
        instrument_root_note=_note(instrument[0]) if len(instrument) >= 7 else None,
        loops=loops,
        cue_points=min(int.from_bytes(cues[:4], "little"), max(len(cues) - 4, 0) // 24),
        info=_info(file, lists),
        description=_text(broadcast[:256]) or None,
        originator=_text(broadcast[256:288]) or None,
    )
    file.seek(0)
    return told


def _acid(data: bytes) -> AcidChunk | None:
    """The ``acid`` chunk as Sony's loop editors write it: 24 bytes, little endian."""
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
    """Root note and loops of a ``smpl`` chunk; the declared count of loops is not believed."""
    if len(data) < 36:
        return None, ()
    count = min(struct.unpack_from("<I", data, 28)[0], (len(data) - 36) // 24)
    loops = [struct.unpack_from("<II", data, 36 + 24 * n + 8) for n in range(count)]
    root = _note(struct.unpack_from("<I", data, 12)[0])
    return root, tuple((first, last) for first, last in loops if first <= last)


def _info(file: BinaryIO, lists: list[Chunk]) -> dict[str, str]:
    """Entries of LIST INFO; the first of each name counts."""
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
    """A MIDI note number, None outside 1..127 (0 is how editors write "not set")."""
    return number if 1 <= number <= 127 else None


def _text(data: bytes) -> str:
    """Zero-terminated text in whatever encoding it was written; never fails."""
    raw = data.split(b"\x00", 1)[0]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    return "".join(character for character in text if character.isprintable()).strip()

"""What a file of sound says it is where the decoder in the house can't read it."""

from dataclasses import dataclass
from typing import BinaryIO

from src.storage.containers.caf_file import caf_chunks
from src.storage.containers.ogg_pages import ogg_links
from src.storage.containers.sound_sources import behind_tags
from src.storage.riff import chunk_bytes, iff_chunks, riff_chunks


@dataclass(frozen=True)
class ForeignSound:
    """A kind of sound file. name: for people; demuxer: what ffmpeg calls its container"""

    name: str
    demuxer: str


_MP4 = ForeignSound("MP4 (AAC or Apple Lossless)", "mov")
_STARTS: tuple[tuple[bytes, ForeignSound], ...] = (
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", ForeignSound("Windows Media", "asf")),
    (b"MAC ", ForeignSound("Monkey's Audio", "ape")),
    (b"wvpk", ForeignSound("WavPack", "wv")),
    (b"TTA", ForeignSound("True Audio", "tta")),
    (b"MPCK", ForeignSound("Musepack", "mpc8")),
    (b"MP+", ForeignSound("Musepack", "mpc")),
    (b"tBaK", ForeignSound("TAK", "tak")),
    (b"DSD ", ForeignSound("DSD", "dsf")),
    (b"FRM8", ForeignSound("DSD", "iff")),
    (b"#!AMR", ForeignSound("AMR", "amr")),
    (b"ADIF", ForeignSound("AAC", "aac")),
    (b"\x1a\x45\xdf\xa3", ForeignSound("Matroska or WebM", "matroska")),
    (b"OFR ", ForeignSound("OptimFROG", "")),
    (b"ajkg", ForeignSound("Shorten", "shn")),
    (b"CAT ", ForeignSound("REX", "")),
    (b"\x0bw", ForeignSound("AC-3", "ac3")),
    (b"\x7f\xfe\x80\x01", ForeignSound("DTS", "dts")),
    (b".ra\xfd", ForeignSound("RealAudio", "rm")),
    (b".RMF", ForeignSound("RealMedia", "rm")),
    (b"FLV\x01", ForeignSound("Flash", "flv")),
)
_MP4_BRANDS = (b"ftyp", b"moov", b"wide", b"free", b"mdat")
_WAVE_CODES = {
    0x14: "G.723", 0x40: "G.721", 0x42: "G.723.1", 0x45: "G.726", 0x64: "G.726", 0x69: "IMA ADPCM",
    0xFF: "AAC", 0x160: "Windows Media", 0x161: "Windows Media", 0x162: "Windows Media",
    0x163: "Windows Media", 0x270: "ATRAC3", 0x2000: "AC-3", 0x2001: "DTS", 0xF1AC: "FLAC",
}  # fmt: skip
_PLAIN_WAVE = {0x1, 0x3, 0xFFFE}


def foreign_sound(file: BinaryIO) -> ForeignSound | None:
    """Return the kind of a whole sound file that an unknown decoder would play; None for all else.

    Told by its content, never by its name. Position afterwards: anywhere.
    """
    if (container := foreign_container(file)) is not None:
        return container
    file.seek(0)
    head = file.read(16)
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        return _in_wave(file)
    if head[:4] == b"caff":
        return _in_caf(file)
    if head[:4] == b"FORM":
        return _in_aiff(file)
    if head[:4] == b"OggS":
        found = {codec for link in ogg_links(file) for codec in link.codecs.values()}
        foreign = sorted(found - {"vorbis", "opus", "flac"})
        return ForeignSound(f"{foreign[0]} in Ogg", "ogg") if foreign else None
    return ForeignSound("AAC", "aac") if _is_adts(file, behind_tags(file)) else None


def foreign_container(file: BinaryIO) -> ForeignSound | None:
    """Return the kind of a file whose first bytes name a container that the decoder in the house
    lacks.

    What is inside may be of a kind that it knows (FLAC in Matroska, MP3 in MP4), but lies there
    in pieces, with other things between.
    """
    file.seek(0)
    head = file.read(16)
    if head[4:8] in _MP4_BRANDS:
        return _MP4
    return next((kind for start, kind in _STARTS if head.startswith(start)), None)


def _in_wave(file: BinaryIO) -> ForeignSound | None:
    """Return a WAV with sound of another encoding than plain samples."""
    chunks = {chunk.name: chunk for chunk in reversed(riff_chunks(file))}
    if b"fmt " not in chunks or b"data" not in chunks or not chunks[b"data"].size:
        return None
    fields = chunk_bytes(file, chunks[b"fmt "])
    code = int.from_bytes(fields[:2], "little")
    if len(fields) < 16 or code in _PLAIN_WAVE or not int.from_bytes(fields[4:8], "little"):
        return None
    return ForeignSound(f"{_WAVE_CODES.get(code, f'encoding {code:#x}')} in WAV", "wav")


def _in_caf(file: BinaryIO) -> ForeignSound | None:
    chunks = {chunk.name: chunk for chunk in reversed(caf_chunks(file))}
    if b"desc" not in chunks or b"data" not in chunks:
        return None
    code = chunk_bytes(file, chunks[b"desc"])[8:12]
    return None if code == b"lpcm" else ForeignSound(f"{_word(code)} in CAF", "caf")


def _in_aiff(file: BinaryIO) -> ForeignSound | None:
    common = [chunk for chunk in iff_chunks(file) if chunk.name == b"COMM"]
    code = chunk_bytes(file, common[0])[18:22] if common else b""
    if len(code) < 4 or code in (b"NONE", b"sowt", b"twos", b"raw "):
        return None
    return ForeignSound(f"{_word(code)} in AIFF", "aiff")


def _is_adts(file: BinaryIO, position: int) -> bool:
    """Tell whether AAC frames begin at a byte: three headers, each where the last frame ends."""
    for _ in range(3):
        file.seek(position)
        head = file.read(7)
        if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
            return False
        position += (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return True


def _word(code: bytes) -> str:
    return "".join(sign for sign in code.decode("latin-1") if sign.isprintable()).strip()

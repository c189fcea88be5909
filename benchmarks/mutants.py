"""Good sound files of every container, and what damage makes of them."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from src.storage.tag_writing import Tags, id3_tag
from tests.storage.made_files import caf, chunk, encoded, ogg_flac, riff, wave_format

GOOD_FILES = 20
"""Of each container."""

_RATES = (44_100, 48_000, 22_050)
_HEAD_BYTES = (16, 44, 128, 512)


@dataclass(frozen=True)
class Mutant:
    """A damaged file. container: of the good one; damage: what was done to it

    length_s: how long the good one lasts
    """

    name: str
    container: str
    damage: str
    data: bytes
    length_s: float


@dataclass(frozen=True)
class _Good:
    data: bytes
    ending: str
    length_s: float


def mutants(count: int, *, seed: int) -> Iterator[Mutant]:
    """Damaged files, the same for the same seed, each container as often as any other."""
    chance = random.Random(seed)
    good = {name: [_good(name, number) for number in range(GOOD_FILES)] for name in CONTAINERS}
    names = list(CONTAINERS)
    damages = list(DAMAGES)
    for number in range(count):
        name = names[number % len(names)]
        one = chance.choice(good[name])
        damage = damages[number // len(names) % len(damages)]
        other = chance.choice(good[chance.choice(names)])
        data = DAMAGES[damage](one.data, other.data, chance)
        yield Mutant(f"{name} {number:05d}{one.ending}", name, damage, data, one.length_s)


def _good(container: str, number: int) -> _Good:
    rate = 48_000 if container == "opus" else _RATES[number % len(_RATES)]
    samples = 2_000 + 611 * number
    ending, make = CONTAINERS[container]
    sound = np.random.default_rng(number).uniform(-0.4, 0.4, samples).astype(np.float32)
    return _Good(make(sound, rate), ending, samples / rate)


def _plain(kind: str, *subtypes: str | None) -> Callable[[np.ndarray, int], bytes]:
    """A file of libsndfile's making; the subtypes by turns, by the length of the sound."""
    return lambda sound, rate: encoded(sound, kind, subtypes[len(sound) % len(subtypes)], rate=rate)


def _tagged(sound: np.ndarray, rate: int) -> bytes:
    return id3_tag(Tags(title="T", bpm="120", key="Am")) + encoded(sound, "MP3", rate=rate)


def _ogg_flac(sound: np.ndarray, rate: int) -> bytes:
    return ogg_flac(encoded(sound, "FLAC", rate=rate), len(sound))


def _chained(sound: np.ndarray, rate: int) -> bytes:
    half = len(sound) // 2
    return encoded(sound[:half], "OGG", rate=rate) + encoded(sound[half:], "OGG", rate=rate)


def _mp3_in_wave(sound: np.ndarray, rate: int) -> bytes:
    data = encoded(sound, "MP3", rate=rate)
    return riff(wave_format(0x55, block=1, bits=0), chunk(b"data", data))


def _ima_caf(sound: np.ndarray, rate: int) -> bytes:
    aiff = encoded(sound, "AIFF", "IMA_ADPCM", rate=rate)
    at = aiff.index(b"SSND") + 16
    description = np.array([rate], ">f8").tobytes() + b"ima4"
    description += np.array([0, 34, 64, 1, 4], ">u4").tobytes()
    return caf(description, data=aiff[at:])


CONTAINERS: dict[str, tuple[str, Callable[[np.ndarray, int], bytes]]] = {
    "wav": (".wav", _plain("WAV", "PCM_16", "PCM_24", "FLOAT")),
    "wav adpcm": (".wav", _plain("WAV", "MS_ADPCM", "IMA_ADPCM", "ULAW", "GSM610")),
    "wav mp3": (".wav", _mp3_in_wave),
    "rf64": (".rf64", _plain("RF64", "PCM_24")),
    "w64": (".w64", _plain("W64", "PCM_24")),
    "aiff": (".aiff", _plain("AIFF", "PCM_16", "FLOAT", "IMA_ADPCM")),
    "au": (".au", _plain("AU", "PCM_16", "ALAW")),
    "caf": (".caf", _plain("CAF", "PCM_24", "ALAC_16", "ALAC_24")),
    "caf ima": (".caf", _ima_caf),
    "flac": (".flac", _plain("FLAC", "PCM_16", "PCM_24")),
    "ogg": (".ogg", _plain("OGG", "VORBIS")),
    "ogg chained": (".ogg", _chained),
    "ogg flac": (".oga", _ogg_flac),
    "opus": (".opus", _plain("OGG", "OPUS")),
    "mp3": (".mp3", _plain("MP3", None)),
    "mp3 tagged": (".mp3", _tagged),
}
"""By name: the ending of its files, and how one is made of samples and a rate."""


def _flipped(data: bytes, other: bytes, chance: random.Random) -> bytes:  # noqa: ARG001
    damaged = bytearray(data)
    for _ in range(chance.choice((1, 4, 30))):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def _head_flipped(data: bytes, other: bytes, chance: random.Random) -> bytes:  # noqa: ARG001
    damaged = bytearray(data)
    for _ in range(chance.choice((1, 3))):
        damaged[chance.randrange(min(128, len(damaged)))] = chance.randrange(256)
    return bytes(damaged)


def _cut(data: bytes, other: bytes, chance: random.Random) -> bytes:  # noqa: ARG001
    return data[: chance.randrange(len(data))]


def _doubled(data: bytes, other: bytes, chance: random.Random) -> bytes:  # noqa: ARG001
    start = chance.randrange(len(data))
    stop = min(len(data), start + chance.choice((1, 100, 3_000)))
    return data[:stop] + data[start:]


def _taken_out(data: bytes, other: bytes, chance: random.Random) -> bytes:  # noqa: ARG001
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.choice((1, 100, 3_000)) :]


def _head_swapped(data: bytes, other: bytes, chance: random.Random) -> bytes:
    size = chance.choice(_HEAD_BYTES)
    return other[:size] + data[size:]


def _zeroed(data: bytes, other: bytes, chance: random.Random) -> bytes:  # noqa: ARG001
    start = chance.randrange(len(data))
    size = min(chance.choice((8, 300, 4_000)), len(data) - start)
    return data[:start] + bytes(size) + data[start + size :]


def _followed(data: bytes, other: bytes, chance: random.Random) -> bytes:
    tail = chance.choice((bytes(500), chance.randbytes(500), other[:500], b"TAG" + bytes(125)))
    return data + tail


DAMAGES: dict[str, Callable[[bytes, bytes, random.Random], bytes]] = {
    "flipped": _flipped, "head flipped": _head_flipped, "cut": _cut, "doubled": _doubled,
    "taken out": _taken_out, "head swapped": _head_swapped, "zeroed": _zeroed,
    "followed": _followed,
}  # fmt: skip
"""What is done to the bytes of a file, given those of another one and a source of chance."""

"""Ogg files that are hurt, cut or torn: what is whole is read, and the rest is told."""

from pathlib import Path

import numpy as np
import pytest

from src.storage.containers.ogg_pages import ogg_links, opus_packet_samples
from src.storage.decode import DecodedAudio, read_audio
from tests.storage.made_files import encoded, noise

LONG = noise(samples=6 * 48_000)
WHOLE = {kind: encoded(LONG, "OGG", kind, rate=48_000) for kind in ("VORBIS", "OPUS")}
LOST_AT_MOST = {"VORBIS": 0.6, "OPUS": 1.1}
"""Seconds in a page, or two."""

kinds = pytest.mark.parametrize("kind", WHOLE)


def read(folder: Path, data: bytes) -> DecodedAudio:
    (folder / "a.ogg").write_bytes(data)
    return read_audio(folder / "a.ogg", sample_rate=None)


def lasts(found: DecodedAudio) -> float:
    return found.audio.shape[1] / found.original_sample_rate


@kinds
def test_pages_of_other_writers_have_the_checksums_that_we_expect(
    tmp_path: Path, kind: str
) -> None:
    (tmp_path / "a.ogg").write_bytes(WHOLE[kind])
    with (tmp_path / "a.ogg").open("rb") as file:
        (link,) = ogg_links(file)
        parts = link.repaired(file)
        file.seek(0)
        data = file.read()
    assert link.damaged == 0
    rebuilt = b"".join(
        part if isinstance(part, bytes) else data[part.offset : part.offset + part.size]
        for part in parts
    )
    assert rebuilt == WHOLE[kind]


@kinds
def test_one_hurt_bit_costs_one_page_and_is_told(tmp_path: Path, kind: str) -> None:
    data = bytearray(WHOLE[kind])
    data[len(data) // 2] ^= 1
    found = read(tmp_path, bytes(data))
    assert 6.0 - LOST_AT_MOST[kind] <= lasts(found) < 6.0
    assert found.warnings == ("damaged: 1 of its pages are hurt or missing",)


def test_pages_are_counted_again_behind_a_hurt_one(tmp_path: Path) -> None:
    data = bytearray(WHOLE["VORBIS"])
    data[len(data) // 2] ^= 1
    (tmp_path / "a.ogg").write_bytes(data)
    with (tmp_path / "a.ogg").open("rb") as file:
        (link,) = ogg_links(file)
        heads = [part for part in link.repaired(file) if isinstance(part, bytes)]
    numbers = [int.from_bytes(head[18:22], "little") for head in heads]
    assert numbers == list(range(len(link.pages) - 1))


@kinds
def test_bytes_that_are_missing_cost_their_pages_and_are_told(tmp_path: Path, kind: str) -> None:
    data = WHOLE[kind]
    found = read(tmp_path, data[: len(data) // 2] + data[len(data) // 2 + 200 :])
    assert 6.0 - 2 * LOST_AT_MOST[kind] <= lasts(found) < 6.0
    assert "damaged" in found.warnings[0]


@kinds
def test_the_last_page_of_a_cut_file_gives_its_whole_packets(tmp_path: Path, kind: str) -> None:
    data = WHOLE[kind]
    lengths = [
        lasts(read(tmp_path, data[: round(share * len(data))])) for share in (0.5, 0.55, 0.6)
    ]
    assert lengths == sorted(lengths)
    assert len(set(lengths)) == 3
    for share, length in zip((0.5, 0.55, 0.6), lengths, strict=True):
        assert length == pytest.approx(6.0 * share, abs=0.3)
    found = read(tmp_path, data[: len(data) // 2])
    assert found.warnings == ("cut short: the last page does not end the stream",)
    assert np.abs(found.audio).max() > 0.2


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_opus_that_is_cut_in_its_only_page_of_sound_is_taken_up_to_there(
    tmp_path: Path, share: float
) -> None:
    data = encoded(LONG[: 48_000 * 9 // 10], "OGG", "OPUS", rate=48_000)
    start = data.index(b"OggS", data.index(b"OpusTags"))
    found = read(tmp_path, data[: start + int(share * (len(data) - start))])
    assert lasts(found) == pytest.approx(0.9 * share, abs=0.1)
    assert found.warnings[0].startswith("cut short")


@pytest.mark.parametrize(
    ("head", "samples"),
    [
        (b"\x78", 960), (b"\xf8", 960), (b"\x08", 960), (b"\x18", 2_880), (b"\x60", 480),
        (b"\xfc", 960), (b"\xfd", 1_920), (b"\xff\x03", 2_880), (b"\x80", 120), (b"\xff", 0),
        (b"", 0),
    ],
)  # fmt: skip
def test_lengths_of_opus_packets_stand_in_their_first_bytes(head: bytes, samples: int) -> None:
    assert opus_packet_samples(head) == samples

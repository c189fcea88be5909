"""Numbers and times as people read them."""

import pytest

from src.ui import formats


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "–"), (0.411, "0.41 s"), (12.4, "12 s"), (59.6, "1:00"), (197.8, "3:18"),
     (3600, "1:00:00")],
)  # fmt: skip
def test_durations(seconds: float | None, said: str) -> None:
    assert formats.duration(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2_300_000, "2.3 MB"),
                        (5e12, "5.0 TB")],
)  # fmt: skip
def test_sizes(count: float, said: str) -> None:
    assert formats.size(count) == said


def test_tempos_and_keys_and_what_is_not_known() -> None:
    assert [formats.tempo(bpm) for bpm in (128.0, 87.5, None)] == ["128 BPM", "87.5 BPM", ""]
    assert formats.key({"key": "Am", "camelot": "8A"}) == "Am (8A)"
    assert formats.key({"key": "Am", "camelot": None}) == "Am"
    assert formats.key({"key": None}) == ""
    assert formats.level(None, "LUFS") == "–"
    assert formats.level(-14.02, "LUFS") == "-14.0 LUFS"
    assert formats.moment("2026-11-21T15:04:59.123456Z") == "2026-11-21 15:04"
    assert formats.moment(None) == "–"


def test_of_many_chords_the_first_eight_are_shown() -> None:
    assert formats.chords(None) == ""
    assert formats.chords("Am F C G") == "Am – F – C – G"
    assert formats.chords("C " * 9).endswith("C …")

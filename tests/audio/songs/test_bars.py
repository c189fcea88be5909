import numpy as np

from src.audio.analysis.pitch import PITCH_RATE, low_rate
from src.audio.songs.bars import Bars, beat_chroma, find_bars
from src.audio.songs.onsets import song_onsets
from tests.audio.songs.made_songs import A_MINOR, RATE, song, steady


def bars_of(beats_s: np.ndarray, *, beats_per_bar: int, pickup: int = 0) -> Bars | None:
    audio = song(beats_s, A_MINOR, beats_per_bar=beats_per_bar)
    low = low_rate(audio[0], sample_rate=RATE)
    used = beats_s[pickup:-1]
    chroma = beat_chroma(low, used, rate=min(PITCH_RATE, RATE))
    return find_bars(song_onsets(audio, sample_rate=RATE), used, chroma)


def test_downbeats_are_where_bars_begin() -> None:
    for pickup in (0, 1, 3):
        found = bars_of(steady(120.0, 48), beats_per_bar=4, pickup=pickup)
        assert found is not None
        assert found.beats_per_bar == 4
        assert (found.downbeats[0] + pickup) % 4 == 0


def test_a_waltz_has_bars_of_three() -> None:
    found = bars_of(steady(132.0, 48), beats_per_bar=3)
    assert found is not None
    assert (found.beats_per_bar, found.downbeats[0]) == (3, 0)


def test_a_few_beats_have_no_bars() -> None:
    assert bars_of(steady(120.0, 6), beats_per_bar=4) is None

"""What a whole kit comes to."""

from dataclasses import replace

from src.music.evidence import Finding
from src.music.kit_evidence import StemEvidence
from src.music.kit_settlement import settle
from tests.music.kit_stems import loop, tonal

HERE = ("kit", "kit")


def test_bars_follow_a_corrected_octave() -> None:
    fast = [loop((170.0, 0.85), (85.0, 0.15), bars=8.0)] * 5
    slow = replace(loop((85.0, 0.55), (170.0, 0.45)), bars=4.0)
    settled = settle([*fast, slow], [HERE] * 6)[-1]
    assert settled.bpm is not None
    assert (settled.bpm.value, settled.bars) == (170.0, 8.0)


def test_one_shots_get_no_tempo_and_drums_no_key() -> None:
    kick = StemEvidence(0.4, "kick", Finding(False, 0.9, "audio"), None, None)
    drums = loop((120.0, 0.9))
    settled = settle([kick, drums, *[tonal("Am", 0.8)] * 5], [HERE] * 7)
    assert settled[0].bpm is None
    assert settled[0].key is None
    assert settled[1].key is None


def test_the_root_of_a_one_shot_stays() -> None:
    shot = replace(tonal("C", 0.5), is_loop=Finding(False, 0.9, "audio"), bpm=None)
    settled = settle([*[tonal("Am", 0.8)] * 5, shot], [HERE] * 6)[-1]
    assert settled.key == shot.key


def test_nothing_is_settled_of_nothing() -> None:
    assert settle([], []) == []

import numpy as np

from src.audio.songs.sections import find_sections


def bars(*plan: tuple[str, int]) -> np.ndarray:
    rng = np.random.default_rng(3)
    kinds = {name: rng.normal(0.0, 1.0, 12) for name in sorted({name for name, _ in plan})}
    rows = [kinds[name] + rng.normal(0.0, 0.15, 12) for name, count in plan for _ in range(count)]
    return np.stack(rows)


def test_sections_begin_where_the_sound_changes_and_alike_ones_share_a_letter() -> None:
    found = find_sections(bars(("verse", 8), ("chorus", 8), ("verse", 8), ("break", 8)))
    assert [(one.first_bar, one.bars) for one in found] == [(0, 8), (8, 8), (16, 8), (24, 8)]
    assert [one.label for one in found] == ["A", "B", "A", "C"]


def test_a_song_that_stays_the_same_is_one_section() -> None:
    assert [(one.first_bar, one.bars) for one in find_sections(bars(("verse", 24)))] == [(0, 24)]


def test_few_bars_and_none() -> None:
    assert find_sections(np.zeros((0, 12))) == ()
    assert [one.bars for one in find_sections(bars(("verse", 2), ("chorus", 2)))] == [4]

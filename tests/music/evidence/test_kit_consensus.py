"""Who follows what is common, and who goes its own way."""

import numpy as np

from src.music.evidence.kit_consensus import KitFolder, Voices, advise

PRIOR = np.full(20, 0.05)


def speaking(*values: int | None) -> Voices:
    """Stems that each speak for one value twelve times over any, or say nothing."""
    ratios = np.ones((len(values), 20))
    for stem, value in enumerate(values):
        if value is not None:
            ratios[stem] = 0.4
            ratios[stem, value] = 12.0
    return Voices(ratios, PRIOR, np.full(len(values), 0.5))


def test_a_silent_stem_follows_what_the_others_say() -> None:
    here: list[KitFolder] = [("kit", "kit")] * 6
    follows = advise(speaking(3, 3, 3, 3, 3, None), here)
    assert follows[-1, 3] > 0.7
    assert follows.sum(axis=1).max() <= 0.9 + 1e-9


def test_a_stem_never_hears_its_own_voice() -> None:
    here: list[KitFolder] = [("kit", "kit")] * 2
    loud = advise(speaking(3, None), here)[0]
    quiet = advise(speaking(None, None), here)[0]
    np.testing.assert_allclose(loud, quiet)


def test_where_nothing_is_common_nobody_follows() -> None:
    here: list[KitFolder] = [("kit", "kit")] * 20
    follows = advise(speaking(*range(20)), here)
    assert follows.sum(axis=1).max() < 0.25


def test_another_folder_counts_less_than_the_own_one() -> None:
    own = advise(speaking(3, 3, 3, None), [("kit", "a")] * 4)[-1, 3]
    beside: list[KitFolder] = [("kit", "a")] * 3 + [("kit", "b")]
    other = advise(speaking(3, 3, 3, None), beside)[-1, 3]
    far: list[KitFolder] = [("kit", "a")] * 3 + [("other", "b")]
    distant = advise(speaking(3, 3, 3, None), far)[-1]
    assert own > other > distant[3] > distant[4]


def test_thousands_of_stems_are_weighed_without_overflow() -> None:
    here: list[KitFolder] = [("kit", "kit")] * 3_000
    follows = advise(speaking(*[3] * 2_999, 7), here)
    assert np.isfinite(follows).all()
    assert follows[-1, 3] > 0.8

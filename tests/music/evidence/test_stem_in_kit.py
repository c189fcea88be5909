"""What a whole kit comes to."""

from dataclasses import replace

from src.music.evidence.estimates import Estimate
from src.music.evidence.kit_evidence import StemEvidence
from src.music.evidence.stem_in_kit import reconcile
from src.music.theory.library import CATEGORIES
from tests.music.kit_stems import loop, tonal

HERE = ("kit", "kit")


def test_bars_follow_a_corrected_octave() -> None:
    fast = [loop((170.0, 0.85), (85.0, 0.15), bars=8.0)] * 5
    slow = replace(loop((85.0, 0.55), (170.0, 0.45)), bars=4.0)
    settled = reconcile([*fast, slow], [HERE] * 6)[-1]
    assert settled.bpm is not None
    assert (settled.bpm.value, settled.bars) == (170.0, 8.0)


def test_one_shots_get_no_tempo_and_drums_no_key() -> None:
    kick = StemEvidence(0.4, "kick", Estimate(False, 0.9, "audio"), None, None)
    drums = loop((120.0, 0.9))
    settled = reconcile([kick, drums, *[tonal("Am", 0.8)] * 5], [HERE] * 7)
    assert settled[0].bpm is None
    assert settled[0].key is None
    assert settled[1].key is None


def test_the_root_of_a_one_shot_stays() -> None:
    shot = replace(tonal("C", 0.5), is_loop=Estimate(False, 0.9, "audio"), bpm=None)
    settled = reconcile([*[tonal("Am", 0.8)] * 5, shot], [HERE] * 6)[-1]
    assert settled.key == shot.key


def heard_as(category: str, chance: float, stem: StemEvidence) -> StemEvidence:
    """A stem whose sound says a category, the rest being even."""
    rest = (1.0 - chance) / (len(CATEGORIES) - 1)
    shares = tuple(chance if name == category else rest for name in CATEGORIES)
    return replace(stem, category=category, shares=shares)


def shot() -> StemEvidence:
    return StemEvidence(0.4, "other", Estimate(False, 0.9, "audio"), None, None)


def test_a_doubtful_sound_among_snares_is_one_and_the_kit_says_so() -> None:
    snares = [heard_as("snare", 0.8, shot())] * 8
    doubtful = heard_as("fx", 0.15, shot())
    settled = reconcile([*snares, doubtful], [HERE] * 9)

    assert settled[-1].category is not None
    assert (settled[-1].category.value, settled[-1].category.source) == ("snare", "kit")
    assert list(settled[-1].likeliest)[:2] == ["snare", "fx"]
    assert settled[0].category is not None
    assert settled[0].category.source == "audio"


def test_another_folder_of_the_kit_does_not_tell_what_a_sound_is() -> None:
    snares = [heard_as("snare", 0.8, shot())] * 8
    doubtful = heard_as("fx", 0.15, shot())
    places = [("kit", "kit/snares")] * 8 + [("kit", "kit/fx")]

    settled = reconcile([*snares, doubtful], places)[-1]
    assert settled.category is not None
    assert settled.category.value == "fx"


def test_what_turns_out_to_be_a_drum_has_no_key() -> None:
    snares = [heard_as("snare", 0.8, shot())] * 8
    doubtful = replace(heard_as("synth", 0.15, shot()), key=Estimate("C", 0.5, "audio"))

    assert reconcile([*snares, doubtful], [HERE] * 9)[-1].key is None


def test_what_turns_out_to_play_tones_gets_the_key_that_was_heard() -> None:
    synths = [heard_as("synth", 0.8, shot())] * 8
    doubtful = replace(heard_as("tom", 0.1, shot()), key=Estimate("C", 0.5, "audio"))

    assert reconcile([*synths, doubtful], [HERE] * 9)[-1].key == doubtful.key


def test_a_drum_keeps_a_key_only_if_the_user_gave_it() -> None:
    kick = heard_as("kick", 0.9, shot())
    keys = [Estimate("C", 0.9, "filename"), Estimate("C", 1.0, "user")]
    named, given = reconcile([replace(kick, key=key) for key in keys], [HERE, ("other", "other")])
    assert named.key is None
    assert given.key == keys[1]


def test_a_category_that_the_user_gave_counts_and_is_not_changed() -> None:
    reported = replace(shot(), category="snare", shares=())
    settled = reconcile([*[reported] * 8, heard_as("fx", 0.15, shot())], [HERE] * 9)

    assert settled[0].category is None
    assert settled[-1].category is not None
    assert settled[-1].category.value == "snare"


def test_nothing_is_settled_of_nothing() -> None:
    assert reconcile([], []) == []

"""Tonal loops of a kit mostly share a key."""

from dataclasses import replace

import numpy as np

from src.audio.analysis.key_model import log_prior
from src.music.evidence.estimates import Estimate
from src.music.evidence.kit_evidence import StemEvidence
from src.music.evidence.kit_key import PRIOR, common_keys
from src.music.theory.keys import KEYS
from tests.music.kit_stems import loop, tonal

HERE = ("kit", "kit")


def test_a_relative_key_is_corrected_by_the_others() -> None:
    stems = [tonal("Am", 0.7)] * 4 + [tonal("C", 0.55, also="Am")]
    found = common_keys(stems, [HERE] * 5)[-1]
    assert found is not None
    assert (found.value, found.source) == ("Am", "kit")


def test_a_loop_that_tells_nothing_takes_the_key_that_the_others_are_named() -> None:
    named = [tonal("F#m", 0.9, source="filename")] * 5
    silent = loop((120.0, 0.9), category="pad")
    found = common_keys([*named, silent], [HERE] * 6)[-1]
    assert found is not None
    assert (found.value, found.source) == ("F#m", "kit")


def test_a_named_key_is_never_overruled() -> None:
    named = tonal("Eb", 0.8, source="filename")
    assert common_keys([tonal("Am", 0.8)] * 6 + [named], [HERE] * 7)[-1] == named.key


def test_a_clear_sound_in_another_key_is_kept() -> None:
    clear = tonal("Eb", 0.97)
    found = common_keys([tonal("Am", 0.8)] * 6 + [clear], [HERE] * 7)[-1]
    assert found is not None
    assert found.value == "Eb"


def test_loops_in_all_keys_keep_theirs() -> None:
    keys = ["C", "Ebm", "F#", "Am", "Bb", "C#m", "E", "Gm", "Ab", "Bm"]
    found = common_keys([tonal(key, 0.6) for key in keys], [HERE] * len(keys))
    assert [one.value for one in found if one is not None] == keys


def test_a_loop_alone_stays_as_it_is() -> None:
    assert common_keys([tonal("Am")], [HERE]) == [tonal("Am").key]


def test_minor_is_as_usual_as_to_the_network_that_heard_the_loops() -> None:
    assert np.allclose(np.log(PRIOR), log_prior())


def between_relatives(major: float) -> StemEvidence:
    """A loop whose sound fits C and A minor: A minor is heard, since minor is more usual."""
    stem = tonal("Am", 0.9, also="C")
    chances = {**dict.fromkeys(KEYS, 0.05 / 22), "C": major, "Am": 0.95 - major}
    keys = tuple(chances[key] for key in KEYS)
    return replace(stem, keys=keys, key=Estimate("Am", 0.95 - major, "audio"))


def test_that_minor_is_usual_counts_once_for_a_kit_not_once_for_each_loop() -> None:
    # Each alone speaks for C: 0.4 / 0.3 of major against 0.55 / 0.7 of minor.
    found = common_keys([between_relatives(0.4)] * 6, [HERE] * 6)
    assert {one.value for one in found if one is not None} == {"C"}


def test_loops_that_tell_nothing_but_how_usual_minor_is_make_no_kit_sure() -> None:
    found = common_keys([between_relatives(0.3 * 0.95)] * 8, [HERE] * 8)
    assert all(one is not None and one.confidence < 0.8 for one in found)

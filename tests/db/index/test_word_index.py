import numpy as np
import pytest

from src.db.index.word_index import WordIndex


def indexed(*words: str) -> WordIndex:
    """Each word in a slot of its own, the first in slot 0."""
    index = WordIndex()
    for slot, word in enumerate(words):
        index.put(slot, {word: 1.0})
    return index


def test_a_word_is_found_where_it_stands() -> None:
    index = WordIndex()
    index.put(7, {"kick": 1.0, "deep": 0.5})
    index.put(2, {"kick": 0.7})
    found = index.postings("kick")
    assert found.slots.tolist() == [2, 7]
    assert found.weights.tolist() == pytest.approx([0.7, 1.0])
    assert index.count("kick") == 2
    assert index.postings("snare").slots.size == 0


def test_forgotten_words_leave_no_trace() -> None:
    index = WordIndex()
    index.put(0, {"kick": 1.0})
    index.put(1, {"kick": 1.0, "snare": 1.0})
    index.postings("kick")
    index.forget(1, {"kick": 1.0, "snare": 1.0})
    assert index.postings("kick").slots.tolist() == [0]
    assert "snare" not in index
    assert index.near("snarr") == []
    assert index.words() == ["kick"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kcik", "kick"), ("kik", None), ("kickk", "kick"), ("snre", "snare"), ("snaer", "snare"),
        ("distrotoin", "distortion"), ("distorrtiom", "distortion"), ("kciks", None),
        ("hiaht", "hihat"), ("xick", "kick"), ("zzzz", None), ("", None),
    ],
)  # fmt: skip
def test_typos_are_mended(typed: str, meant: str | None) -> None:
    index = indexed("kick", "snare", "distortion", "hihat", "ab1234")
    assert index.near(typed)[:1] == ([meant] if meant else [])


def test_of_words_as_near_the_more_frequent_one_comes_first() -> None:
    index = indexed("kick", "pick", "pick")
    assert index.near("tick") == ["pick", "kick"]


def test_numbers_are_never_mended() -> None:
    assert indexed("1280").near("1281") == []
    assert indexed("kick1").near("kick") == []


def test_beginnings_are_found_in_order() -> None:
    index = indexed("snare", "kick", "kicker", "ki", "kj")
    assert index.beginning("ki") == ["ki", "kick", "kicker"]
    index.put(9, {"kid": 1.0})
    assert index.beginning("kic") == ["kick", "kicker"]
    assert index.beginning("ki") == ["ki", "kick", "kicker", "kid"]
    assert index.beginning("z") == []


def test_every_single_typo_in_any_word_is_mended() -> None:
    rng = np.random.default_rng(5)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    for _ in range(300):
        word = "".join(rng.choice(letters, int(rng.integers(4, 12))))
        place = int(rng.integers(len(word) - 1))
        typos = [
            word[:place] + word[place + 1 :],
            word[:place] + str(rng.choice(letters)) + word[place:],
            word[:place] + str(rng.choice(letters)) + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        ]
        for typo in typos:
            if len(typo) >= 4:
                assert indexed(word).near(typo) == [word], (word, typo)

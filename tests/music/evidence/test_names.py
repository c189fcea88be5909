import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.music.evidence.names import name_hints
from src.music.theory.keys import KEYS


def test_folders_tell_of_the_kit() -> None:
    hints = name_hints("packs/Zen Trance [140 BPM, C minor]/Bass/bass.wav")
    assert hints.bpm is None
    assert hints.kit_bpm is not None
    assert hints.kit_key is not None
    assert (hints.kit_bpm.value, hints.kit_key.value) == (140, "Cm")


def test_the_nearest_folder_wins() -> None:
    hints = name_hints("Pack 120 bpm/Kit 90 bpm/x.wav")
    assert hints.kit_bpm is not None
    assert hints.kit_bpm.value == 90


def test_tags_are_read_in_both_languages() -> None:
    assert name_hints("Dark Kit/dirty_bass.wav").tags == ("gritty", "dark")
    assert name_hints("kit/dunkle Fläche verzerrt.wav").tags == ("distorted",)


@pytest.mark.parametrize("path", ["a1/b2/f0001.wav", "k03/0017.flac", "x", ""])
def test_neutral_names_say_nothing(path: str) -> None:
    hints = name_hints(path)
    assert hints.bpm is hints.key is hints.kit_bpm is hints.kit_key is hints.is_loop is None
    assert hints.categories == hints.tags == ()


@given(st.text(max_size=60))
def test_any_text_can_be_read(path: str) -> None:
    hints = name_hints(path)
    weights = [hint.weight for hint in (hints.bpm, hints.key, hints.is_loop) if hint is not None]
    assert all(0.0 < weight <= 1.0 for weight in weights)
    assert all(0.0 < weight <= 1.0 for _, weight in hints.categories)


@settings(max_examples=60)
@given(
    st.integers(60, 209),
    st.sampled_from(KEYS),
    st.sampled_from([("bass_loop", "bass"), ("synth", "synth"), ("drum_loop", "drums")]),
    st.from_regex(r"[A-Z]{2,4}", fullmatch=True),
)
def test_the_fields_of_a_splice_name_are_read_whatever_stands_in_them(
    bpm: int, key: str, role: tuple[str, str], label: str
) -> None:
    words, category = role
    hints = name_hints(f"X{label}X_PK_{bpm}_{words}_thing_{key}.wav")
    assert hints.bpm is not None
    assert hints.key is not None
    assert (hints.bpm.value, hints.key.value, hints.category) == (bpm, key, category)


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_no_name_breaks_the_reading(name: str) -> None:
    hints = name_hints(name)
    assert all(0.0 < weight <= 1.0 for _, weight in hints.categories)
    for reported in (hints.bpm, hints.kit_bpm):
        assert reported is None or 40.0 <= reported.value <= 300.0

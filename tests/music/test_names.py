import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.library import CATEGORIES
from src.music.name_words import CATEGORY_WORDS
from src.music.names import key_hint, name_hints, tempo_hint


@pytest.mark.parametrize(
    ("name", "bpm"),
    [
        ("LABEL_PK_128_drum_loop_groove_Am", 128),
        ("loop 128bpm", 128),
        ("bpm128 loop", 128),
        ("loop_128_kick", 128),
        ("Pad (120 BPM, C minor)", 120),
        ("DJD - 87 - Kick A Loop", 87),
        ("sid_bass_127", 127),
        ("Twilight Area DnB - 170 BPM - Cm", 170),
        ("Zen [140 BPM]", 140),
        ("Construction Kit 01 - 128 - Am", 128),
        ("Reggae Try 180", 180),
        ("beat 92.5 bpm", 92.5),
        ("fast_route_128_full_drums", 128),
        ("ünï 日本 🥁 loop 137bpm", 137),
        ("BPM_174_x", 174),
    ],
)
def test_tempos_are_read(name: str, bpm: float) -> None:
    hint = tempo_hint(name)
    assert hint is not None
    assert hint.value == bpm
    assert hint.weight >= 0.5


@pytest.mark.parametrize(
    "name",
    [
        "808 kick not a bpm",
        "TR 909 Snare",
        "303_acid",
        "SH_101_bass",
        "Juno 106 Pad",
        "Best of 1999",
        "Drums Vol 100",
        "skiessi_222",
        "C64 Chiptune",
        "Kick 01",
        "13_break",
        "bazzISM2",
        "Kit 64",
        "BazzISM120",
        "sine 100 hz",
        "100 kicks",
        "snare_0120",
        "120",
        "2021-10-05 take",
        "w2_rad",
        "707 clap",
        "matrix1000_pluck01",
        "4 bars",
        "24 bit",
    ],
)
def test_other_numbers_are_no_tempos(name: str) -> None:
    assert tempo_hint(name) is None


def test_a_leading_number_is_hardly_believed() -> None:
    hint = tempo_hint("101 kick")
    assert hint is not None
    assert hint.weight < 0.4


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("LBL_PK_128_bass_loop_deep_F#m", "F#m"),
        ("Pad (120 BPM, C minor)", "Cm"),
        ("x_Bb", "Bb"),
        ("Construction Kit 01 - 128 - Am", "Am"),
        ("loop F#min", "F#m"),
        ("loop_8A", "Am"),
        ("CPU_FX 1_128bpm_Cmin", "Cm"),
        ("ZSG_144_C#m_sub", "C#m"),
        ("Surrender_bass_143_G", "G"),
        ("flaeche a-moll", "Am"),
        ("F#m7_texture", "F#m"),
        ("Bb7_texture", "Bb"),
        ("guit_em9", "Em"),
        ("lead_cmaj", "C"),
        ("00_c2_finger_long_neck", "C"),
        ("bass_drop_c", "C"),
        ("Str F#3", "F#"),
        ("Gmaj7 stab", "G"),
        ("keys - Ebmaj - 90", "Eb"),
    ],
)
def test_keys_are_read(name: str, key: str) -> None:
    hint = key_hint(name)
    assert hint is not None
    assert hint.value == key


@pytest.mark.parametrize(
    "name",
    [
        "Am I a key",
        "E-Piano Skank",
        "P-Synth",
        "A Kick",
        "Admin bell",
        "dub",
        "am fenster",
        "db meter",
    ],
)
def test_words_are_no_keys(name: str) -> None:
    assert key_hint(name) is None


@pytest.mark.parametrize("name", ["Kick A Loop", "Kick B", "Fm Rhodes 2"])
def test_letters_that_may_mean_a_variant_are_hardly_believed(name: str) -> None:
    hint = key_hint(name)
    assert hint is None or hint.weight <= 0.35


def test_a_note_alone_leaves_the_mode_open() -> None:
    note, key = key_hint("sub_Bb"), key_hint("sub_Bbm")
    assert note is not None
    assert key is not None
    assert (note.mode_known, key.mode_known) == (False, True)


@pytest.mark.parametrize(
    ("path", "category"),
    [
        ("Drums/Hi-Hat Closed Loop.wav", "hihat"),
        ("kit/Drums/Bassdrum Loop_128bpm.wav", "kick"),
        ("Bass Loops/PK_120_wobbly_Em.wav", "bass"),
        ("x/Snare.wav", "snare"),
        ("a/synth bass.wav", "bass"),
        ("Drum Loops/full_drum_loop.wav", "drums"),
        ("Keys/E-Piano.wav", "keys"),
        ("a/RIMSHOT.wav", "snare"),
        ("FX/Riser 2.wav", "fx"),
        ("Pads/pad.wav", "pad"),
        ("Streicher/hoch.wav", "strings"),
        ("Drums/linn_kik_loop.wav", "kick"),
        ("x/OpenHat3.wav", "hihat"),
        ("Vocals/06 Choir.wav", "vocal"),
        ("Bass/sub drop.wav", "fx"),
        ("kick drum 01.wav", "kick"),
        ("snare_top_loop.wav", "snare"),
    ],
)
def test_categories_are_read(path: str, category: str) -> None:
    assert name_hints(path).category == category


@pytest.mark.parametrize(
    ("path", "is_loop"),
    [
        ("Drum Loops/a.wav", True),
        ("One Shots/kick.wav", False),
        ("x/one-shot hat.wav", False),
        ("Bass Loops/One-Shots/a.wav", False),
        ("x/snare hit.wav", False),
        ("PK_128bpm_bass.wav", True),
        ("Loops/amen break.wav", True),
    ],
)
def test_loop_and_one_shot_are_read(path: str, is_loop: bool) -> None:
    hint = name_hints(path).is_loop
    assert hint is not None
    assert hint.value is is_loop


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


def test_every_word_stands_for_a_known_category() -> None:
    assert set(CATEGORY_WORDS) == set(CATEGORIES)

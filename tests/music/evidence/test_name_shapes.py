"""Shapes of names: whose they are, ranges, labels before tempos, series of variants."""

import unicodedata

import pytest

from src.music.evidence.name_shapes import (
    tempo_range,
    with_letters,
    without_range,
    without_user,
    without_variants,
)
from src.music.evidence.names import name_hints


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("512342__kick-it__rain-on-roof", "rain-on-roof"),
        ("512__kick_man_99__claps and snaps", "claps and snaps"),
        ("kick__loud", "kick__loud"),
        ("2024__drums", "2024__drums"),
    ],
)
def test_the_user_of_a_freesound_name_is_left_out(name: str, plain: str) -> None:
    assert without_user(name) == plain


def test_the_user_says_nothing_of_category_tempo_or_key() -> None:
    assert name_hints("1__kick_140bpm_Am__rain.wav") == name_hints("1__ada__rain.wav")
    hints = name_hints("512__kickman__pads/1__snareguy__soft pad 90bpm.wav")
    assert hints.category == "pad"
    assert hints.bpm is not None
    assert hints.bpm.value == 90.0


@pytest.mark.parametrize(
    ("name", "span"),
    [
        ("Half Time Loops 70-90 BPM", (70, 90)),
        ("Loops (120 - 128bpm)", (120, 128)),
        ("BPM 85–95 Grooves", (85, 95)),
        ("80bpm to 100 bpm", (80, 100)),
        ("Techno 130.5-135 BPM", (130.5, 135)),
        ("Kit 03-90 BPM", None),
        ("Drums 90 BPM", None),
        ("Take 90-70 BPM", None),
    ],
)
def test_ranges_of_tempos_are_ranges(name: str, span: tuple[float, float] | None) -> None:
    assert tempo_range(name) == span
    hints = name_hints(f"{name}/groove 1.wav")
    assert hints.tempo_range == span
    if span is not None:
        assert hints.kit_bpm is None
        assert "9" not in without_range("x 70-90 BPM")


def bpm_of(name: str) -> float | None:
    hint = name_hints(name).bpm
    return None if hint is None or hint.weight < 0.5 else hint.value


@pytest.mark.parametrize(
    ("name", "bpm"),
    [
        ("PT_85_drum_loop_dusty.wav", 85),
        ("DR_70_pad_loop_mist_Cm.wav", 70),
        ("SP_120_bass_loop.wav", 120),
        ("OP1_99_keys_loop.wav", 99),
        ("DR_110_Kick_01.wav", None),
        ("SH_101_Bass_01.wav", None),
        ("VOL_85_Kick_01.wav", None),
        ("Take_85_Kick_01.wav", None),
        ("085_Drum_Loop.wav", 85),
        ("070_Cm_Pad_Loop.wav", 70),
        ("Drum_Loop_090_Dusty.wav", 90),
        ("099 Kick.wav", None),
        ("Kick 085.wav", None),
    ],
)
def test_a_label_before_and_a_zero_in_front_hide_no_tempo(name: str, bpm: float | None) -> None:
    assert bpm_of(name) == bpm


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Keys_Loop_100_F#Min", "F#m"), ("Keys_Loop_100_F#MIN", "F#m"), ("Lead_CMIN", "Cm"),
        ("Lead_EbMaj", "Eb"), ("LEAD_EBMIN", "Ebm"), ("Lead AMINOR", "Am"), ("Pad_BbMaj7", "Bb"),
        ("Pad_bbMajor", "Bb"), ("x_ebmin_x", "Ebm"), ("FM_Bass_01", None),
        ("GM_Piano_Loop_120", None),
        ("Bass_Loop_FM_120", None), ("Lead_120_AM", None), ("CM_Pad_04", None), ("AM_Synth", None),
        ("Bass_120_Am", "Am"), ("Bass_120_Fm", "Fm"), ("Bass_120_F", "F"),
    ],
)  # fmt: skip
def test_modes_in_capitals_are_modes_and_words_of_synthesis_none(
    name: str, key: str | None
) -> None:
    hint = name_hints(f"{name}.wav").key
    assert (None if hint is None else hint.value) == key


def test_a_run_of_letters_counts_variants() -> None:
    names = [f"Night/Melody {letter}.wav" for letter in "ABCDEFG"]
    assert set(without_variants(names).values()) == {"Night/Melody.wav"}
    loops = [
        f"Night/Loop_{letter}_{number}.wav" for letter, number in (("a", 90), ("b", 91), ("c", 120))
    ]
    for path in without_variants(loops).values():
        assert name_hints(path).key is None
        assert name_hints(path).bpm is not None


@pytest.mark.parametrize(
    "names",
    [
        ["K/Bass A.wav", "K/Bass B.wav"],  # two are no run
        ["K/Bass C.wav", "K/Bass D.wav", "K/Bass E.wav"],  # begins with no A
        ["K/Bass A.wav", "K/Bass C.wav", "K/Bass G.wav"],  # gaps
        ["K/Bass A.wav", "K/Bass A#.wav", "K/Bass B.wav", "K/Bass C.wav"],  # notes
        ["K/Bass A.wav", "L/Bass B.wav", "M/Bass C.wav"],  # not side by side
        ["K/Bass A.wav", "K/Lead B.wav", "K/Pad C.wav"],  # not alike
        ["K/Bass Am.wav", "K/Bass Bm.wav", "K/Bass Cm.wav"],  # chords
        ["K/A.wav", "K/B", "K/"],
    ],
)
def test_what_is_no_run_stays(names: list[str]) -> None:
    assert without_variants(names) == {name: name for name in names}


def test_letters_that_are_the_whole_name_stay_readable() -> None:
    paths = without_variants(["K/A.wav", "K/B.wav", "K/C.wav"])
    assert all(path.endswith(".wav") and "/" in path for path in paths.values())


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("ля минор 120", "Amin 120"), ("Пад до диез минор", "Пад C#min"),
        ("СИ-БЕМОЛЬ МИНОР", "Bbmin"), ("Pad_La_mineur_100", "Pad_Amin_100"),
        ("sol majeur", "Gmaj"), ("re menor", "Dmin"), ("ré bémol majeur", "Dbmaj"),
        (unicodedata.normalize("NFD", "ré majeur"), "Dmaj"),
        ("La minority report", "La minority report"), ("Solo major", "Solo major"),
        ("до конца", "до конца"),
    ],
)  # fmt: skip
def test_keys_by_syllables_are_written_with_letters(name: str, right: str) -> None:
    assert with_letters(name) == right


def test_all_seven_letters_of_chords_are_their_roots() -> None:
    chords = [f"K/Chord_{letter}.wav" for letter in "CDEFGAB"]
    assert without_variants(chords) == {path: path for path in chords}
    three = [f"K/Chord_{letter}.wav" for letter in "ABC"]
    loops = [f"K/Loop_{letter}.wav" for letter in "CDEFGAB"]
    for series in (three, loops):
        assert all(path != plain for path, plain in without_variants(series).items())

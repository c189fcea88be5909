import pytest

from src.music.evidence.names import key_hint, name_hints


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
    ("path", "key"),
    [
        ("Deep Kit - 124 - Fm/bass.wav", "Fm"),
        ("NTE Deep House Kit 124 Fm/Kick.wav", "Fm"),
        ("AMB_80_Drums_Cmaj.wav", "C"),
        ("KSHMR_Lead_Loop_05_128_Am.wav", "Am"),
        ("SC_DHT_124_bass_loop_groovy_Fmin.wav", "Fm"),
        ("xx_lead_loop_124_Am.wav", "Am"),
        ("bpm128 synth F#min.wav", "F#m"),
        ("Arp 8A 126.wav", "Am"),
        ("808 Bass C.wav", "C"),
        ("Stimme_Am.wav", "Am"),
        ("Vox_Phrase_100_Dmin.wav", "Dm"),
        ("Sub Bass One Shot - F#.wav", "F#"),
        ("Synth Stab Cm.wav", "Cm"),
        ("Chord_Gmin7.wav", "Gm"),
        ("Piano Chords 90BPM Ebmaj.wav", "Eb"),
        ("Rhodes_Cm7_84bpm.wav", "Cm"),
        ("Atmos_Drone_Dm.wav", "Dm"),
        ("Vocals/Female Vocal Chop 140 A min.wav", "Am"),
        ("Techno Kit 138 Am/Hats.wav", "Am"),
        ("Construction Kit 01 - 128 - Am/Kick Loop.wav", "Am"),
        ("140_dubstep_wobble_E.wav", "E"),
        ("AU_MT2_bass_loop_140_reese_Emin.wav", "Em"),
        ("RARE_MEL_lead_oneshot_pluck_C.wav", "C"),
        ("FL_TH_Kit03_150_Gm_Bass.wav", "Gm"),
        ("Guitar Strum Em 96bpm.wav", "Em"),
        ("Trumpet_C4.wav", "C"),
        ("Bass_F#1.wav", "F#"),
        ("Acid Line 303 A#m 135.wav", "Bbm"),
        ("Dub Techno Chord Gm 120.wav", "Gm"),
        ("Trance Bass 140 Am.wav", "Am"),
        ("Strings - Cmin - 75 BPM.wav", "Cm"),
        ("128 Am Lead.wav", "Am"),
        ("Zenhiser_128_D_Minor_Melody.wav", "Dm"),
        ("DL_90bpm_C#_major_Rhodes.wav", "C#"),
        ("melody_loop_F_sharp_minor_120.wav", "F#m"),
        ("Bassline Fm 125.5 BPM.wav", "Fm"),
        ("MG_Synth_Loop_(128_BPM)_[Cmin].wav", "Cm"),
        ("Kalimba C5.wav", "C"),
        ("Gitarre akustisch A-Moll 90.wav", "Am"),
        ("Bass H-Moll 100bpm.wav", "Bm"),
    ],
)
def test_many_ways_of_naming_tell_the_key(path: str, key: str) -> None:
    hints = name_hints(path)
    reported = hints.key or hints.kit_key
    assert reported is not None
    assert reported.value == key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Fis-Dur Pad", "F#"), ("As-Dur 90", "Ab"), ("Es moll", "Ebm"), ("ля минор 120", "Am"),
        ("Pad_La_mineur_100", "Am"), ("Es war einmal", None), ("As if", None),
    ],
)  # fmt: skip
def test_german_russian_and_romance_keys_are_read(name: str, key: str | None) -> None:
    hint = key_hint(name)
    assert (None if hint is None else hint.value) == key

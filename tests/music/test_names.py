import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.music.keys import KEYS
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
        ("Deep Kit - 124 - Fm", 124),
        ("NTE Deep House Kit 124 Fm", 124),
        ("Techno Kit 138 Am", 138),
        ("loop120", 120),
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


@pytest.mark.parametrize(
    ("path", "bpm"),
    [
        ("Deep Kit - 124 - Fm/bass.wav", 124),
        ("NTE Deep House Kit 124 Fm/Kick.wav", 124),
        ("DnB_174_Drums.wav", 174),
        ("AMB_80_Drums_Cmaj.wav", 80),
        ("KSHMR_Lead_Loop_05_128_Am.wav", 128),
        ("SC_DHT_124_bass_loop_groovy_Fmin.wav", 124),
        ("xx_lead_loop_124_Am.wav", 124),
        ("128bpm_synth.wav", 128),
        ("bpm128 synth F#min.wav", 128),
        ("Arp 8A 126.wav", 126),
        ("TB303 Line 130bpm.wav", 130),
        ("Schlagzeug 120bpm.wav", 120),
        ("Drum Loops/120_01.wav", 120),
        ("CPA_Drum_Break_174bpm.wav", 174),
        ("ET_120_Full_Drums_Loop_1.wav", 120),
        ("Vox_Phrase_100_Dmin.wav", 100),
        ("FX_Riser_16bars_128.wav", 128),
        ("Perc Loop 126 BPM.wav", 126),
        ("126 Perc Loop.wav", 126),
        ("TopLoop_128.wav", 128),
        ("Tops 124.wav", 124),
        ("Piano Chords 90BPM Ebmaj.wav", 90),
        ("Rhodes_Cm7_84bpm.wav", 84),
        ("Vocals/Female Vocal Chop 140 A min.wav", 140),
        ("Techno Kit 138 Am/Hats.wav", 138),
        ("BPM 90/Loop 3.wav", 90),
        ("Construction Kit 01 - 128 - Am/Kick Loop.wav", 128),
        ("140_dubstep_wobble_E.wav", 140),
        ("AU_MT2_bass_loop_140_reese_Emin.wav", 140),
        ("OS_BB_145_drum_loop_kick_snare.wav", 145),
        ("PL_HH_85_hihat_loop_simple.wav", 85),
        ("FL_TH_Kit03_150_Gm_Bass.wav", 150),
        ("Snare_Roll_128.wav", 128),
        ("drums_full_170.wav", 170),
        ("Jungle Break 165.wav", 165),
        ("Amen 172 BPM.wav", 172),
        ("Guitar Strum Em 96bpm.wav", 96),
        ("White Noise Sweep 4 bar 128.wav", 128),
        ("Ride Loop 132.wav", 132),
        ("Conga loop 110bpm.wav", 110),
        ("Acid Line 303 A#m 135.wav", 135),
        ("House Drums 125.wav", 125),
        ("Dub Techno Chord Gm 120.wav", 120),
        ("Trance Bass 140 Am.wav", 140),
        ("Trap Hat Loop 140.wav", 140),
        ("Drum and Bass Reese 174.wav", 174),
        ("Strings - Cmin - 75 BPM.wav", 75),
        ("128 Am Lead.wav", 128),
        ("[128] Kick Loop.wav", 128),
        ("VEC1 128 BPM Loops/VEC1 Loop 04.wav", 128),
        ("Zenhiser_128_D_Minor_Melody.wav", 128),
        ("DL_90bpm_C#_major_Rhodes.wav", 90),
        ("melody_loop_F_sharp_minor_120.wav", 120),
        ("Bassline Fm 125.5 BPM.wav", 125.5),
        ("MG_Synth_Loop_(128_BPM)_[Cmin].wav", 128),
        ("Shaker_100bpm_1.wav", 100),
        ("Gitarre akustisch A-Moll 90.wav", 90),
        ("Bass H-Moll 100bpm.wav", 100),
        ("loop120.wav", 120),
        ("drumloop174bpm.wav", 174),
    ],
)
def test_many_ways_of_naming_tell_the_tempo(path: str, bpm: float) -> None:
    hints = name_hints(path)
    told = hints.bpm or hints.kit_bpm
    assert told is not None
    assert told.value == bpm
    assert told.weight >= 0.3


@pytest.mark.parametrize(
    "path",
    [
        "AMB_Kit/AMB_Drums.wav",
        "Kick 01.wav",
        "Kick 128.wav",
        "Kicks/Kick 124.wav",
        "TR-808 Kick.wav",
        "808 Bass C.wav",
        "909 Hat.wav",
        "707_Clap.wav",
        "606 Snare 03.wav",
        "1998 break.wav",
        "Bassdrum 12.wav",
        "Stimme_Am.wav",
        "Fläche dunkel.wav",
        "Geräusch 3.wav",
        "One Shots/Snares/Snare 110.wav",
        "Impact 05 - Big Hit.wav",
        "HiHat_Open_OneShot.wav",
        "closed hat 02.wav",
        "Clsd Hat.wav",
        "Sub Bass One Shot - F#.wav",
        "Synth Stab Cm.wav",
        "Chord_Gmin7.wav",
        "Atmos_Drone_Dm.wav",
        "Construction Kit 03/Drums.wav",
        "Kit 100/Snare.wav",
        "Vol 2/Snare 7.wav",
        "SO_TT_kick_boom_01.wav",
        "RARE_MEL_lead_oneshot_pluck_C.wav",
        "amen_break.wav",
        "E-Piano.wav",
        "A Kick.wav",
        "Am I Dreaming.wav",
        "Trumpet_C4.wav",
        "Cello_Gs2.wav",
        "Bass_F#1.wav",
        "Bongo Hit.wav",
        "Tom Hi.wav",
        "Ambient Drums.wav",
        "Noise Hit.wav",
        "Beat 1.wav",
        "Breakbeat03.wav",
        "Snare Top Loop.wav",
        "stem_drums.wav",
        "Song (Drums).wav",
        "My Track/vocals.wav",
        "Lead Synth (loop).wav",
        "loop 2021-05-03 drums.wav",
        "24bit 96khz Kick.wav",
        "Kick 48k.wav",
        "Clave.wav",
        "Kalimba C5.wav",
        "Schlagzeug/Becken.wav",
        "Klatscher.wav",
        "Pauke.wav",
        "Gesang Strophe.wav",
        "Atmosphäre Regen.wav",
        "Effekte/Knall.wav",
        "Schleife 3.wav",
        "kick120.wav",
    ],
)
def test_counters_models_and_years_are_hardly_tempos(path: str) -> None:
    hints = name_hints(path)
    told = hints.bpm or hints.kit_bpm
    assert told is None or told.weight < 0.3


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
    told = hints.key or hints.kit_key
    assert told is not None
    assert told.value == key


@pytest.mark.parametrize(
    ("path", "category"),
    [
        ("Deep Kit - 124 - Fm/bass.wav", "bass"),
        ("NTE Deep House Kit 124 Fm/Kick.wav", "kick"),
        ("DnB_174_Drums.wav", "drums"),
        ("AMB_80_Drums_Cmaj.wav", "drums"),
        ("AMB_Kit/AMB_Drums.wav", "drums"),
        ("KSHMR_Lead_Loop_05_128_Am.wav", "lead"),
        ("SC_DHT_124_bass_loop_groovy_Fmin.wav", "bass"),
        ("xx_lead_loop_124_Am.wav", "lead"),
        ("Kick 01.wav", "kick"),
        ("Kick 128.wav", "kick"),
        ("Kicks/Kick 124.wav", "kick"),
        ("128bpm_synth.wav", "synth"),
        ("bpm128 synth F#min.wav", "synth"),
        ("Arp 8A 126.wav", "lead"),
        ("TR-808 Kick.wav", "kick"),
        ("808 Bass C.wav", "bass"),
        ("909 Hat.wav", "hihat"),
        ("TB303 Line 130bpm.wav", "bass"),
        ("707_Clap.wav", "clap"),
        ("606 Snare 03.wav", "snare"),
        ("1998 break.wav", "drums"),
        ("Bassdrum 12.wav", "kick"),
        ("Schlagzeug 120bpm.wav", "drums"),
        ("Stimme_Am.wav", "vocal"),
        ("Fläche dunkel.wav", "pad"),
        ("Geräusch 3.wav", "fx"),
        ("One Shots/Snares/Snare 110.wav", "snare"),
        ("Drum Loops/120_01.wav", "drums"),
        ("CPA_Drum_Break_174bpm.wav", "drums"),
        ("ET_120_Full_Drums_Loop_1.wav", "drums"),
        ("Vox_Phrase_100_Dmin.wav", "vocal"),
        ("FX_Riser_16bars_128.wav", "fx"),
        ("Impact 05 - Big Hit.wav", "fx"),
        ("HiHat_Open_OneShot.wav", "hihat"),
        ("closed hat 02.wav", "hihat"),
        ("Clsd Hat.wav", "hihat"),
        ("Perc Loop 126 BPM.wav", "percussion"),
        ("126 Perc Loop.wav", "percussion"),
        ("TopLoop_128.wav", "drums"),
        ("Tops 124.wav", "drums"),
        ("Sub Bass One Shot - F#.wav", "bass"),
        ("Synth Stab Cm.wav", "synth"),
        ("Chord_Gmin7.wav", "synth"),
        ("Piano Chords 90BPM Ebmaj.wav", "keys"),
        ("Rhodes_Cm7_84bpm.wav", "keys"),
        ("Atmos_Drone_Dm.wav", "atmo"),
        ("Vocals/Female Vocal Chop 140 A min.wav", "vocal"),
        ("Techno Kit 138 Am/Hats.wav", "hihat"),
        ("BPM 90/Loop 3.wav", "drums"),
        ("Construction Kit 01 - 128 - Am/Kick Loop.wav", "kick"),
        ("Construction Kit 03/Drums.wav", "drums"),
        ("Kit 100/Snare.wav", "snare"),
        ("Vol 2/Snare 7.wav", "snare"),
        ("140_dubstep_wobble_E.wav", "bass"),
        ("AU_MT2_bass_loop_140_reese_Emin.wav", "bass"),
        ("OS_BB_145_drum_loop_kick_snare.wav", "drums"),
        ("PL_HH_85_hihat_loop_simple.wav", "hihat"),
        ("SO_TT_kick_boom_01.wav", "kick"),
        ("RARE_MEL_lead_oneshot_pluck_C.wav", "lead"),
        ("FL_TH_Kit03_150_Gm_Bass.wav", "bass"),
        ("Snare_Roll_128.wav", "snare"),
        ("drums_full_170.wav", "drums"),
        ("Jungle Break 165.wav", "drums"),
        ("amen_break.wav", "drums"),
        ("Amen 172 BPM.wav", "drums"),
        ("E-Piano.wav", "keys"),
        ("A Kick.wav", "kick"),
        ("Guitar Strum Em 96bpm.wav", "guitar"),
        ("Trumpet_C4.wav", "brass"),
        ("Cello_Gs2.wav", "strings"),
        ("Bass_F#1.wav", "bass"),
        ("White Noise Sweep 4 bar 128.wav", "fx"),
        ("Ride Loop 132.wav", "cymbal"),
        ("Conga loop 110bpm.wav", "percussion"),
        ("Bongo Hit.wav", "percussion"),
        ("Tom Hi.wav", "tom"),
        ("House Drums 125.wav", "drums"),
        ("Ambient Drums.wav", "drums"),
        ("Dub Techno Chord Gm 120.wav", "synth"),
        ("Trance Bass 140 Am.wav", "bass"),
        ("Trap Hat Loop 140.wav", "hihat"),
        ("Drum and Bass Reese 174.wav", "bass"),
        ("Noise Hit.wav", "fx"),
        ("Beat 1.wav", "drums"),
        ("Breakbeat03.wav", "drums"),
        ("Snare Top Loop.wav", "snare"),
        ("Strings - Cmin - 75 BPM.wav", "strings"),
        ("stem_drums.wav", "drums"),
        ("Song (Drums).wav", "drums"),
        ("My Track/vocals.wav", "vocal"),
        ("Lead Synth (loop).wav", "lead"),
        ("128 Am Lead.wav", "lead"),
        ("[128] Kick Loop.wav", "kick"),
        ("loop 2021-05-03 drums.wav", "drums"),
        ("24bit 96khz Kick.wav", "kick"),
        ("Kick 48k.wav", "kick"),
        ("VEC1 128 BPM Loops/VEC1 Loop 04.wav", "drums"),
        ("Zenhiser_128_D_Minor_Melody.wav", "lead"),
        ("DL_90bpm_C#_major_Rhodes.wav", "keys"),
        ("melody_loop_F_sharp_minor_120.wav", "lead"),
        ("Bassline Fm 125.5 BPM.wav", "bass"),
        ("MG_Synth_Loop_(128_BPM)_[Cmin].wav", "synth"),
        ("Shaker_100bpm_1.wav", "percussion"),
        ("MIDI 120/Chords.wav", "synth"),
        ("Clave.wav", "percussion"),
        ("Gitarre akustisch A-Moll 90.wav", "guitar"),
        ("Bass H-Moll 100bpm.wav", "bass"),
        ("Schlagzeug/Becken.wav", "cymbal"),
        ("Klatscher.wav", "clap"),
        ("Pauke.wav", "percussion"),
        ("Gesang Strophe.wav", "vocal"),
        ("Atmosphäre Regen.wav", "atmo"),
        ("Effekte/Knall.wav", "fx"),
        ("SynthLoop120.wav", "synth"),
        ("kick120.wav", "kick"),
        ("drumloop174bpm.wav", "drums"),
    ],
)
def test_many_ways_of_naming_tell_the_category(path: str, category: str) -> None:
    assert name_hints(path).category == category


@pytest.mark.parametrize(
    ("path", "is_loop"),
    [
        ("KSHMR_Lead_Loop_05_128_Am.wav", True),
        ("SC_DHT_124_bass_loop_groovy_Fmin.wav", True),
        ("xx_lead_loop_124_Am.wav", True),
        ("1998 break.wav", True),
        ("One Shots/Snares/Snare 110.wav", False),
        ("Drum Loops/120_01.wav", True),
        ("CPA_Drum_Break_174bpm.wav", True),
        ("ET_120_Full_Drums_Loop_1.wav", True),
        ("Vox_Phrase_100_Dmin.wav", True),
        ("Impact 05 - Big Hit.wav", False),
        ("HiHat_Open_OneShot.wav", False),
        ("Perc Loop 126 BPM.wav", True),
        ("126 Perc Loop.wav", True),
        ("TopLoop_128.wav", True),
        ("Sub Bass One Shot - F#.wav", False),
        ("Synth Stab Cm.wav", False),
        ("BPM 90/Loop 3.wav", True),
        ("Construction Kit 01 - 128 - Am/Kick Loop.wav", True),
        ("AU_MT2_bass_loop_140_reese_Emin.wav", True),
        ("OS_BB_145_drum_loop_kick_snare.wav", True),
        ("PL_HH_85_hihat_loop_simple.wav", True),
        ("RARE_MEL_lead_oneshot_pluck_C.wav", False),
        ("Jungle Break 165.wav", True),
        ("amen_break.wav", True),
        ("Amen 172 BPM.wav", True),
        ("Ride Loop 132.wav", True),
        ("Conga loop 110bpm.wav", True),
        ("Bongo Hit.wav", False),
        ("Trap Hat Loop 140.wav", True),
        ("Noise Hit.wav", False),
        ("Beat 1.wav", True),
        ("Breakbeat03.wav", True),
        ("Snare Top Loop.wav", True),
        ("Lead Synth (loop).wav", True),
        ("[128] Kick Loop.wav", True),
        ("loop 2021-05-03 drums.wav", True),
        ("VEC1 128 BPM Loops/VEC1 Loop 04.wav", True),
        ("melody_loop_F_sharp_minor_120.wav", True),
        ("Bassline Fm 125.5 BPM.wav", True),
        ("MG_Synth_Loop_(128_BPM)_[Cmin].wav", True),
        ("Schleife 3.wav", True),
        ("SynthLoop120.wav", True),
        ("loop120.wav", True),
        ("drumloop174bpm.wav", True),
    ],
)
def test_many_ways_of_naming_tell_loops_from_one_shots(path: str, is_loop: bool) -> None:
    hint = name_hints(path).is_loop
    assert hint is not None
    assert hint.value is is_loop


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_no_name_breaks_the_reading(name: str) -> None:
    hints = name_hints(name)
    assert all(0.0 < weight <= 1.0 for _, weight in hints.categories)
    for told in (hints.bpm, hints.kit_bpm):
        assert told is None or 40.0 <= told.value <= 300.0

import pytest

from src.music.evidence.names import name_hints, tempo_hint


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
        ("Lead Fm 128 loop", 128),
        ("Lead (Fm)_130 dark", 130),
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
        "Bass FM 100",
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
    reported = hints.bpm or hints.kit_bpm
    assert reported is not None
    assert reported.value == bpm
    assert reported.weight >= 0.3


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
    reported = hints.bpm or hints.kit_bpm
    assert reported is None or reported.weight < 0.3

"""Ambient, 80 BPM, C major."""

from functools import partial

import numpy as np

from src.audio.basics.envelopes import Adsr, wave_curve
from src.audio.basics.validation import Audio
from src.audio.processing.effects import Echo, Room, chorus, ping_pong, saturate
from src.audio.processing.sweep_filter import Sweep, sweep
from src.audio.synthesis import drums
from src.audio.synthesis.fx import Air, Impact, air, impact, reversed_swell
from src.audio.synthesis.tonal import (
    VOWELS,
    DeepBass,
    PadVoice,
    Press,
    bell_note,
    deep_bass_note,
    felt_piano_note,
    string_note,
)
from src.demo import scores
from src.demo.studio import KitRecipe, StemRecipe, Studio, one_shot, pad

DRUMS = {
    "heart": partial(
        drums.kick, drums.Kick(44, 90, sweep_s=0.03, decay_s=0.5, click=0.06, drive_db=3, bias=0.05)
    ),
    "block": partial(drums.skin, drums.Skin(523.25, 0.14, 1.05, 0.006, (1, 2.57, 4.2), 0.15, 2)),
    "tom": partial(drums.skin, drums.Skin(98, 0.8, 1.2, 0.06, tap=0.25, drive_db=3)),
    "rim": partial(drums.skin, drums.Skin(410, 0.1, 1.1, 0.006, modes=(1, 1.7, 2.5), drive_db=2)),
    "shaker": partial(drums.shaker, length_s=0.16),
    "swell": partial(drums.cymbal, drums.Cymbal(decay_s=3.2, low_hz=360, attack_s=0.25)),
}
ROOMS = {
    "cathedral": Room(decay_s=5.0, bright_s=2.4, damping_hz=2600.0, gap_s=0.03, low_cut_hz=180.0),
    "chamber": Room(decay_s=1.8, bright_s=1.1, damping_hz=3200.0),
}
BASS = DeepBass(amp=Adsr(0.25, 1.5, 0.85, 0.8), index=0.5, index_s=0.8, drive_db=2, cutoff_hz=420)
AURORA = PadVoice(amp=Adsr(1.8, 2.0, 0.95, 3.0), rolloff=1.15, width_cents=34, bright_hz=3400.0)
STRINGS = PadVoice(amp=Adsr(0.7, 1.0, 0.9, 0.9), rolloff=0.95, width_cents=20, bright_hz=3400.0)
CHOIR = PadVoice(
    amp=Adsr(1.4, 1.5, 0.9, 2.0), rolloff=0.6, width_cents=26, bright_hz=2400.0,
    formants_hz=VOWELS["oh"],
)  # fmt: skip


def _drums(studio: Studio) -> Audio:
    gains = {"heart": 0.9, "block": 0.3, "shaker": 0.1, "rim": 0.4}
    dry = studio.struck(studio.grid(4), scores.AMBIENT_DRUMS, gains)
    return saturate(studio.in_room(dry * 0.8, "chamber", mix=0.3), drive_db=2.0, loop=True)


def _bass(studio: Studio) -> Audio:
    def voice(press: Press, rate: int, _rng: np.random.Generator) -> Audio:
        return deep_bass_note(BASS, press, sample_rate=rate)

    return studio.played(studio.grid(8), scores.AMBIENT_BASS, voice, "bass", hold=0.9)


def _pad(studio: Studio) -> Audio:
    grid = studio.grid(8)
    dry = studio.played(grid, scores.AMBIENT_PAD, pad(AURORA), "pad", hold=0.95)
    moving = Sweep(wave_curve(grid.span, cycles=2, low=800, high=6500), 1.1)
    swept = sweep(dry, moving, sample_rate=studio.sample_rate, loop=True)
    wide = chorus(swept, sample_rate=studio.sample_rate, cycles=5, depth_s=0.005, mix=0.4)
    return studio.in_room(wide, "cathedral", mix=0.5)


def _choir(studio: Studio) -> Audio:
    grid = studio.grid(8)
    dry = studio.played(grid, scores.AMBIENT_CHOIR, pad(CHOIR), "choir")
    return studio.in_room(dry, "cathedral", mix=0.55)


def _strings(studio: Studio) -> Audio:
    grid = studio.grid(8)
    dry = studio.played(grid, scores.AMBIENT_STRINGS, pad(STRINGS), "strings", hold=0.95)
    bow = wave_curve(grid.span, cycles=8, low=0.6, high=1.0, start_cycles=0.75)
    return studio.in_room(dry * bow.astype(np.float32), "chamber", mix=0.45)


def _felt(studio: Studio) -> Audio:
    def voice(press: Press, rate: int, rng: np.random.Generator) -> Audio:
        return felt_piano_note(press, sample_rate=rate, rng=rng)

    dry = studio.played(studio.grid(4), scores.AMBIENT_FELT, voice, "felt")
    return studio.in_room(saturate(dry, drive_db=2.0, loop=True), "chamber", mix=0.45)


def _guitar(studio: Studio) -> Audio:
    def voice(press: Press, rate: int, rng: np.random.Generator) -> Audio:
        return string_note(press, sample_rate=rate, rng=rng, brightness=0.55)

    grid = studio.grid(4)
    dry = studio.played(grid, scores.AMBIENT_GUITAR, voice, "guitar")
    echo = Echo(grid.sample_of(0.75), feedback=0.4, mix=0.22)
    return studio.in_room(ping_pong(dry, echo, sample_rate=studio.sample_rate), "chamber", mix=0.35)


def _bells(studio: Studio) -> Audio:
    def voice(press: Press, rate: int, _rng: np.random.Generator) -> Audio:
        return bell_note(press, sample_rate=rate, ring_s=2.5)

    grid = studio.grid(8)
    dry = studio.played(grid, scores.AMBIENT_BELLS, voice, "bells")
    echo = Echo(grid.sample_of(1.5), feedback=0.5, mix=0.3)
    echoed = ping_pong(dry, echo, sample_rate=studio.sample_rate)
    return studio.in_room(echoed, "cathedral", mix=0.5)


def _bell(studio: Studio) -> Audio:
    press = Press((scores.pitch_hz("C5"),), 3.0)
    return bell_note(press, sample_rate=studio.sample_rate, ring_s=3.2)


def _shore(studio: Studio) -> Audio:
    grid = studio.grid(8)
    sea = Air(-4.0, bands_hz=(500.0, 2400.0), resonance=0.8, swing_octaves=1.0, cycles=3)
    return studio.in_room(air(sea, grid.span, rng=studio.rng("sea")), "chamber", mix=0.3)


def _swell(studio: Studio) -> Audio:
    grid = studio.grid(1)
    swell = reversed_swell(studio.drum("swell"), sample_rate=studio.sample_rate)
    out = np.zeros((2, grid.samples), np.float32)
    count = min(swell.shape[-1], grid.samples)
    out[:, grid.samples - count :] = swell[:, -count:]
    return out


def _impact(studio: Studio) -> Audio:
    shape = Impact(boom_hz=32.7, crack=0.3, tail_s=5.0, drive_db=4)
    return impact(shape, sample_rate=studio.sample_rate, rng=studio.rng("impact"))


AMBIENT = KitRecipe(
    folder="NTE_Ambient_Kit_80_Cmaj",
    bpm=80.0,
    key="C",
    sample_rate=48_000,
    drums=DRUMS,
    rooms=ROOMS,
    stems=(
        one_shot("One_Shots/NTE_Drift_Kick_Heartbeat.wav", "kick", "heart"),
        one_shot("One_Shots/NTE_Drift_Perc_Woodblock.wav", "percussion", "block"),
        one_shot("One_Shots/NTE_Drift_Tom_Cavern.wav", "tom", "tom"),
        StemRecipe("One_Shots/NTE_Drift_Keys_Bell_Glass_C.wav", "keys", _bell, key="C"),
        StemRecipe("Loops/NTE_Drift_80_Drums_Slow_Tide.wav", "drums", _drums, True, 4),
        StemRecipe("Loops/NTE_Drift_80_Bass_Undertow_Cmaj.wav", "bass", _bass, True, 8, "C"),
        StemRecipe("Loops/NTE_Drift_80_Pad_Aurora_Cmaj.wav", "pad", _pad, True, 8, "C"),
        StemRecipe("Loops/NTE_Drift_80_Vocal_Choir_Cmaj.wav", "vocal", _choir, True, 8, "C"),
        StemRecipe(
            "Loops/NTE_Drift_80_Strings_Horizon_Cmaj.wav", "strings", _strings, True, 8, "C"
        ),
        StemRecipe("Loops/NTE_Drift_80_Keys_Felt_Piano_Cmaj.wav", "keys", _felt, True, 4, "C"),
        StemRecipe("Loops/NTE_Drift_80_Guitar_Driftwood_Cmaj.wav", "guitar", _guitar, True, 4, "C"),
        StemRecipe("Loops/NTE_Drift_80_Synth_Bells_Snow_Cmaj.wav", "synth", _bells, True, 8, "C"),
        StemRecipe("FX/NTE_Drift_80_Atmo_Shoreline.wav", "atmo", _shore, True, 8),
        StemRecipe("FX/NTE_Drift_FX_Reverse_Swell.wav", "fx", _swell, False, 1),
        StemRecipe("FX/NTE_Drift_FX_Impact_Abyss.wav", "fx", _impact),
    ),
)

"""Deep house, 124 BPM, F minor, with a loose sixteenth."""

from functools import partial

import numpy as np

from src.audio.basics.envelopes import Adsr, wave_curve
from src.audio.basics.validation import Audio
from src.audio.processing.effects import Echo, Room, chorus, ping_pong, saturate
from src.audio.processing.sweep_filter import Sweep, sweep
from src.audio.synthesis import drums
from src.audio.synthesis.fx import Air, Rise, air, crackle, downlifter, riser
from src.audio.synthesis.tonal import (
    DeepBass,
    PadVoice,
    Press,
    Singer,
    SynthVoice,
    deep_bass_note,
    electric_piano_note,
    sung_note,
)
from src.demo import scores
from src.demo.studio import (
    KitRecipe,
    StemRecipe,
    Studio,
    mono_below,
    one_shot,
    pad,
    pumping,
    synth,
    thinned,
)

DRUMS = {
    "kick": partial(
        drums.kick, drums.Kick(50, 210, sweep_s=0.022, decay_s=0.34, click=0.5, drive_db=6)
    ),
    "clap": partial(drums.clap, drums.Clap(centre_hz=1400, tail_s=0.2, room=0.35)),
    "rim": partial(drums.skin, drums.Skin(540, 0.08, 1.15, 0.005, modes=(1, 1.62, 2.4))),
    "closed": partial(drums.hat, drums.Hat(decay_s=0.055, tune=1.15, air=0.6, drive_db=3)),
    "open": partial(drums.hat, drums.Hat(decay_s=0.3, tune=1.1, air=0.55, drive_db=3)),
    "shaker": partial(drums.shaker, length_s=0.11),
    "high": partial(drums.skin, drums.Skin(330, 0.16, 1.12, 0.012, tap=0.25, drive_db=3)),
    "low": partial(drums.skin, drums.Skin(196, 0.26, 1.15, 0.016, tap=0.2, drive_db=3)),
}
ROOMS = {
    "club": Room(decay_s=0.9, bright_s=0.6, damping_hz=3500.0),
    "hall": Room(decay_s=2.4, bright_s=1.3, damping_hz=2500.0, low_cut_hz=220.0),
}
BASS = DeepBass(amp=Adsr(0.004, 0.35, 0.6, 0.05), index=2.0, index_s=0.1, ratio=1.0, cutoff_hz=1700)
STAB = SynthVoice(
    wave="pulse", detune_cents=12, sub=0.3, amp=Adsr(0.002, 0.12, 0.25, 0.09), cutoff_hz=900,
    sweep_octaves=2.2, sweep_s=0.06, resonance=1.6, drive_db=4,
)  # fmt: skip
PLUCK = SynthVoice(
    unison=3, detune_cents=8, amp=Adsr(0.002, 0.1, 0.0, 0.12), cutoff_hz=800,
    sweep_octaves=3.4, sweep_s=0.055, resonance=1.8, drive_db=2,
)  # fmt: skip
DUSK = PadVoice(amp=Adsr(0.7, 1.5, 0.9, 1.4), rolloff=1.25, width_cents=24, bright_hz=3200.0)


def _drums(studio: Studio) -> Audio:
    grid, part = studio.grid(4), scores.HOUSE_DRUMS
    kicks = studio.struck(grid, part, {"kick": 0.95})
    gains = {"clap": 0.6, "closed": 0.3, "open": 0.34, "shaker": 0.12, "rim": 0.34}
    tops = studio.in_room(studio.struck(grid, part, gains), "club", mix=0.1)
    pump = pumping(grid, part["kick"], depth=0.3, recover_beats=0.45)
    return saturate((kicks + tops * pump) * np.float32(0.8), drive_db=2.0, loop=True)


def _percussion(studio: Studio) -> Audio:
    grid = studio.grid(2)
    dry = studio.struck(grid, scores.HOUSE_PERC, {"high": 0.6, "low": 0.7, "shaker": 0.22})
    echo = Echo(grid.sample_of(0.75), feedback=0.3, mix=0.12)
    return studio.in_room(ping_pong(dry, echo, sample_rate=studio.sample_rate), "club", mix=0.22)


def _bass(studio: Studio) -> Audio:
    grid = studio.grid(4)

    def voice(press: Press, rate: int, _rng: np.random.Generator) -> Audio:
        return deep_bass_note(BASS, press, sample_rate=rate)

    dry = studio.played(grid, scores.HOUSE_BASS, voice, "bass")
    pump = pumping(grid, scores.HOUSE_DRUMS["kick"], depth=0.6, recover_beats=0.35)
    return saturate(dry * pump, drive_db=3.0, loop=True)


def _keys(studio: Studio) -> Audio:
    grid = studio.grid(4)

    def voice(press: Press, rate: int, rng: np.random.Generator) -> Audio:
        return electric_piano_note(press, sample_rate=rate, rng=rng, warmth=0.6)

    dry = studio.played(grid, scores.HOUSE_KEYS, voice, "keys")
    tremolo = wave_curve(grid.span, cycles=32, low=0.75, high=1.0)
    sides = np.stack([tremolo, 1.75 - tremolo]).astype(np.float32)
    wide = chorus(dry * sides, sample_rate=studio.sample_rate, cycles=6, depth_s=0.003, mix=0.35)
    centred = mono_below(wide, 150.0, sample_rate=studio.sample_rate)
    return studio.in_room(centred, "club", mix=0.22)


def _stabs(studio: Studio) -> Audio:
    grid = studio.grid(4)
    dry = studio.played(grid, scores.HOUSE_STABS, synth(STAB), "stab")
    dry = thinned(dry, 140.0, sample_rate=studio.sample_rate)
    echo = Echo(grid.sample_of(0.75), feedback=0.45, mix=0.28, damping_hz=2800)
    return studio.in_room(ping_pong(dry, echo, sample_rate=studio.sample_rate), "club", mix=0.3)


def _pluck(studio: Studio) -> Audio:
    grid = studio.grid(4)
    dry = studio.played(grid, scores.HOUSE_PLUCK, synth(PLUCK), "pluck")
    echo = Echo(grid.sample_of(0.75), feedback=0.55, mix=0.4, damping_hz=3500)
    return studio.in_room(ping_pong(dry, echo, sample_rate=studio.sample_rate), "hall", mix=0.3)


def _pad(studio: Studio) -> Audio:
    grid = studio.grid(8)
    dry = studio.played(grid, scores.HOUSE_PAD, pad(DUSK), "pad", hold=0.95)
    moving = Sweep(wave_curve(grid.span, cycles=1, low=1000, high=5200), 0.9)
    swept = sweep(dry, moving, sample_rate=studio.sample_rate, loop=True)
    pump = pumping(grid, scores.hits("X...X...X...X...", times=8), depth=0.35, recover_beats=0.8)
    wide = chorus(swept * pump, sample_rate=studio.sample_rate, cycles=7, depth_s=0.003, mix=0.4)
    return studio.in_room(wide, "hall", mix=0.4)


def _vocal(studio: Studio) -> Audio:
    grid = studio.grid(4)

    def voice(press: Press, rate: int, rng: np.random.Generator) -> Audio:
        singer = Singer(first="oo", then="ah") if press.gate_s > 0.2 else Singer("eh", "ah")
        return sung_note(singer, press, sample_rate=rate, rng=rng)

    dry = studio.played(grid, scores.HOUSE_VOCAL, voice, "vocal")
    echo = Echo(grid.sample_of(0.75), feedback=0.45, mix=0.3)
    return studio.in_room(ping_pong(dry, echo, sample_rate=studio.sample_rate), "hall", mix=0.35)


def _atmo(studio: Studio) -> Audio:
    grid = studio.grid(4)
    rain = Air(-1.5, bands_hz=(2200.0, 5200.0), resonance=1.0, swing_octaves=0.3, cycles=1)
    texture = air(rain, grid.span, rng=studio.rng("rain"))
    dust = crackle(grid.span, per_second=14, rng=studio.rng("dust"))
    return studio.in_room(0.6 * texture + 1.6 * dust, "club", mix=0.3)


def _riser(studio: Studio) -> Audio:
    shape = Rise(start_hz=174.6, octaves=1.0, tone=0.4)
    return riser(shape, studio.grid(4).span, rng=studio.rng("riser"))


def _downlifter(studio: Studio) -> Audio:
    return downlifter(studio.grid(2).span, rng=studio.rng("downlifter"))


HOUSE = KitRecipe(
    folder="NTE_Deep_House_Kit_124_Fm",
    bpm=124.0,
    key="Fm",
    sample_rate=44_100,
    drums=DRUMS,
    rooms=ROOMS,
    stems=(
        one_shot("One Shots/NTE_Kick_Velvet.wav", "kick", "kick"),
        one_shot("One Shots/NTE_Clap_Silk.wav", "clap", "clap"),
        one_shot("One Shots/NTE_Hat_Closed_Linen.wav", "hihat", "closed"),
        one_shot("One Shots/NTE_Hat_Open_Satin.wav", "hihat", "open"),
        one_shot("One Shots/NTE_Perc_Rim_Cork.wav", "percussion", "rim"),
        StemRecipe("Drum Loops/NTE_DrumLoop_Terrace_124bpm.wav", "drums", _drums, True, 4),
        StemRecipe(
            "Drum Loops/NTE_PercLoop_Courtyard_124bpm.wav", "percussion", _percussion, True, 2
        ),
        StemRecipe("Bass Loops/NTE_Bass_Low_Tide_124bpm_Fm.wav", "bass", _bass, True, 4, "Fm"),
        StemRecipe("Synth Loops/NTE_Keys_Afterglow_124bpm_Fm.wav", "keys", _keys, True, 4, "Fm"),
        StemRecipe(
            "Synth Loops/NTE_Synth_Chord_Harbour_124bpm_Fm.wav", "synth", _stabs, True, 4, "Fm"
        ),
        StemRecipe(
            "Synth Loops/NTE_Lead_Pluck_Lantern_124bpm_Fm.wav", "lead", _pluck, True, 4, "Fm"
        ),
        StemRecipe("Synth Loops/NTE_Pad_Dusk_124bpm_Fm.wav", "pad", _pad, True, 8, "Fm"),
        StemRecipe("Vocals/NTE_Vocal_Chop_Ooh_124bpm_Fm.wav", "vocal", _vocal, True, 4, "Fm"),
        StemRecipe("FX/NTE_Atmo_Vinyl_Rain_124bpm.wav", "atmo", _atmo, True, 4),
        StemRecipe("FX/NTE_FX_Riser_Sunrise.wav", "fx", _riser, False, 4),
        StemRecipe("FX/NTE_FX_Downlifter_Nightfall.wav", "fx", _downlifter, False, 2),
    ),
)

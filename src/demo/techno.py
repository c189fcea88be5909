"""Industrial techno, 138 BPM, A minor."""

from functools import partial

import numpy as np

from src.audio.basics.envelopes import Adsr, wave_curve
from src.audio.basics.validation import Audio
from src.audio.processing.effects import Echo, Room, chorus, ping_pong, saturate
from src.audio.processing.sweep_filter import Sweep, sweep
from src.audio.synthesis import drums
from src.audio.synthesis.fx import Air, Impact, Rise, air, impact, riser
from src.audio.synthesis.loop_canvas import Grid
from src.audio.synthesis.tonal import PadVoice, SynthVoice
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
        drums.kick, drums.Kick(46, 300, decay_s=0.36, click=0.8, drive_db=12, bias=0.15)
    ),
    "clap": partial(drums.clap, drums.Clap(centre_hz=1150, tail_s=0.26, room=0.4)),
    "closed": partial(drums.hat, drums.Hat(decay_s=0.065, air=0.4, drive_db=7)),
    "open": partial(drums.hat, drums.Hat(decay_s=0.38, low_hz=6200, drive_db=7)),
    "pipe": partial(drums.pipe, drums.Pipe(392, ratio=1.414, index=4.5, decay_s=0.28)),
    "low": partial(drums.pipe, drums.Pipe(164, ratio=2.23, index=3.0, decay_s=0.4)),
    "tom": partial(drums.skin, drums.Skin(98, decay_s=0.4, bend=1.9, drive_db=9)),
    "rim": partial(drums.skin, drums.Skin(820, 0.07, 1.2, 0.004, modes=(1, 1.47, 2.09))),
    "crash": partial(drums.cymbal, drums.Cymbal(decay_s=2.4, low_hz=420)),
    "ride": partial(drums.cymbal, drums.Cymbal(decay_s=0.7, low_hz=620, air=0.35, bell=0.6)),
}
ROOMS = {
    "hall": Room(decay_s=2.6, bright_s=1.1, damping_hz=2200.0),
    "plate": Room(decay_s=1.2, bright_s=0.8, damping_hz=3500.0),
    "cellar": Room(decay_s=1.4, bright_s=0.4, damping_hz=300.0, gap_s=0.03, low_cut_hz=30.0),
}
BASS = SynthVoice(
    amp=Adsr(0.002, 0.15, 0.5, 0.04), unison=2, detune_cents=6, cutoff_hz=300,
    sweep_octaves=2.6, sweep_s=0.05, resonance=2.2, drive_db=9,
)  # fmt: skip
ACID = SynthVoice(
    amp=Adsr(0.002, 0.25, 0.6, 0.02), cutoff_hz=620, sweep_octaves=2.2, sweep_s=0.09,
    resonance=5.0, drive_db=8,
)  # fmt: skip
STAB = SynthVoice(
    unison=5, detune_cents=13, amp=Adsr(0.002, 0.16, 0.15, 0.12), cutoff_hz=750,
    sweep_octaves=2.7, sweep_s=0.07, resonance=2.4, drive_db=6,
)  # fmt: skip
SMOKE = PadVoice(amp=Adsr(1.2, 2.0, 0.9, 2.0), rolloff=1.1, bright_hz=2600.0, even=0.7)
DRONE = PadVoice(amp=Adsr(1.5, 1.0, 1.0, 1.5), rolloff=1.3, width_cents=45, bright_hz=700)


def _drums(studio: Studio) -> Audio:
    grid, part = studio.grid(4), scores.TECHNO_DRUMS
    kicks = studio.struck(grid, part, {"kick": 1.0})
    gains = {"clap": 0.6, "closed": 0.4, "open": 0.42, "pipe": 0.3, "tom": 0.5}
    tops = studio.in_room(studio.struck(grid, part, gains), "plate", mix=0.12)
    pump = pumping(grid, part["kick"], depth=0.45, recover_beats=0.5)
    mixed = kicks + _rumble(studio, grid, kicks) + tops * pump
    return saturate(mixed * np.float32(0.8), drive_db=2.0, loop=True)


def _rumble(studio: Studio, grid: Grid, kicks: Audio) -> Audio:
    """Make a rumble of the kick's own reverb: only its low end, ducked by the kick."""
    wet = studio.in_room(kicks, "cellar", mix=1.0) - kicks
    mono = np.repeat(wet.mean(axis=0, keepdims=True), 2, axis=0)
    low = sweep(mono, Sweep(110.0, 0.9, poles=4), sample_rate=studio.sample_rate, loop=True)
    driven = saturate(low, drive_db=6.0, loop=True)
    pump = pumping(grid, scores.TECHNO_DRUMS["kick"], depth=1.0, recover_beats=0.7)
    return 0.2 * driven * pump


def _hats(studio: Studio) -> Audio:
    gains = {"closed": 0.5, "open": 0.5, "ride": 0.3}
    dry = studio.struck(studio.grid(2), scores.TECHNO_HATS, gains)
    return saturate(studio.in_room(dry, "plate", mix=0.15), drive_db=4.0, loop=True)


def _percussion(studio: Studio) -> Audio:
    grid = studio.grid(2)
    dry = studio.struck(grid, scores.TECHNO_PERC, {"pipe": 0.5, "low": 0.55, "rim": 0.45})
    echo = Echo(grid.sample_of(0.75), feedback=0.45, mix=0.22, damping_hz=3000)
    return studio.in_room(ping_pong(dry, echo, sample_rate=studio.sample_rate), "plate", mix=0.2)


def _bass(studio: Studio) -> Audio:
    grid = studio.grid(4)
    dry = studio.played(grid, scores.TECHNO_BASS, synth(BASS), "bass")
    moving = Sweep(wave_curve(grid.span, cycles=1, low=900, high=4500), 0.8)
    swept = sweep(dry, moving, sample_rate=studio.sample_rate, loop=True)
    pump = pumping(grid, scores.TECHNO_DRUMS["kick"], depth=0.5, recover_beats=0.3)
    centred = mono_below(swept, 180.0, sample_rate=studio.sample_rate)
    return saturate(centred * pump * 1.2, drive_db=4.0, loop=True)


def _acid(studio: Studio) -> Audio:
    grid = studio.grid(4)
    dry = studio.played(grid, scores.TECHNO_ACID, synth(ACID), "acid")
    opening = Sweep(wave_curve(grid.span, cycles=1, low=1100, high=9000, start_cycles=0.75), 1.0)
    swept = sweep(dry, opening, sample_rate=studio.sample_rate, loop=True)
    driven = saturate(swept * 1.2, drive_db=7.0, bias=0.1, loop=True)
    echo = Echo(grid.sample_of(0.75), feedback=0.45, mix=0.3)
    echoed = ping_pong(driven, echo, sample_rate=studio.sample_rate)
    return studio.in_room(echoed, "plate", mix=0.12)


def _stabs(studio: Studio) -> Audio:
    grid = studio.grid(4)
    dry = studio.played(grid, scores.TECHNO_STABS, synth(STAB), "stab")
    dry = thinned(dry, 120.0, sample_rate=studio.sample_rate)
    echo = Echo(grid.sample_of(0.75), feedback=0.6, mix=0.45, damping_hz=2200)
    return studio.in_room(ping_pong(dry, echo, sample_rate=studio.sample_rate), "hall", mix=0.35)


def _pad(studio: Studio) -> Audio:
    grid = studio.grid(8)
    dry = studio.played(grid, scores.TECHNO_PAD, pad(SMOKE), "pad", hold=0.95)
    moving = Sweep(wave_curve(grid.span, cycles=2, low=600, high=4200), 1.6)
    swept = sweep(dry, moving, sample_rate=studio.sample_rate, loop=True)
    wide = chorus(swept, sample_rate=studio.sample_rate, cycles=5, depth_s=0.004, mix=0.5)
    return studio.in_room(wide, "hall", mix=0.5)


def _atmo(studio: Studio) -> Audio:
    grid = studio.grid(8)
    machine = Air(bands_hz=(220.0, 880.0), resonance=7.0, cycles=3, floor=0.12)
    texture = air(machine, grid.span, rng=studio.rng("turbine"))
    tone = studio.played(grid, scores.TECHNO_DRONE, pad(DRONE), "drone")
    return studio.in_room(texture + 0.9 * tone, "hall", mix=0.6)


def _riser(studio: Studio) -> Audio:
    shape = Rise(start_hz=110.0, octaves=2.0, tone=0.6, pulse_cycles=40)
    return riser(shape, studio.grid(4).span, rng=studio.rng("riser"))


def _impact(studio: Studio) -> Audio:
    shape = Impact(boom_hz=44, tail_s=3.2, drive_db=12)
    return impact(shape, sample_rate=studio.sample_rate, rng=studio.rng("impact"))


TECHNO = KitRecipe(
    folder="NTE_Techno_Kit_138_Am",
    bpm=138.0,
    key="Am",
    sample_rate=44_100,
    drums=DRUMS,
    rooms=ROOMS,
    stems=(
        one_shot("One Shots/NTE_Kick_Iron.wav", "kick", "kick"),
        one_shot("One Shots/NTE_Clap_Concrete.wav", "clap", "clap"),
        one_shot("One Shots/NTE_Closed_Hat_Razor.wav", "hihat", "closed"),
        one_shot("One Shots/NTE_Open_Hat_Steam.wav", "hihat", "open"),
        one_shot("One Shots/NTE_Perc_Pipe.wav", "percussion", "pipe"),
        one_shot("One Shots/NTE_Crash_Foundry.wav", "cymbal", "crash"),
        StemRecipe("Drum Loops/NTE_138_Drums_Warehouse.wav", "drums", _drums, True, 4),
        StemRecipe("Drum Loops/NTE_138_Hats_Conveyor.wav", "hihat", _hats, True, 2),
        StemRecipe("Drum Loops/NTE_138_Perc_Girders.wav", "percussion", _percussion, True, 2),
        StemRecipe("Music Loops/NTE_138_Bass_Rolling_Am.wav", "bass", _bass, True, 4, "Am"),
        StemRecipe("Music Loops/NTE_138_Lead_Acid_Am.wav", "lead", _acid, True, 4, "Am"),
        StemRecipe("Music Loops/NTE_138_Synth_Chord_Hollow_Am.wav", "synth", _stabs, True, 4, "Am"),
        StemRecipe("Music Loops/NTE_138_Pad_Smoke_Am.wav", "pad", _pad, True, 8, "Am"),
        StemRecipe("FX/NTE_138_Atmo_Turbine_Am.wav", "atmo", _atmo, True, 8, "Am"),
        StemRecipe("FX/NTE_Riser_Pressure.wav", "fx", _riser, False, 4),
        StemRecipe("FX/NTE_Impact_Girder.wav", "fx", _impact),
    ),
)

"""Drum and bass, 174 BPM, E minor."""

from functools import partial

import numpy as np

from src.audio.basics.envelopes import Adsr, wave_curve
from src.audio.basics.validation import Audio
from src.audio.processing.effects import Echo, Room, chorus, ping_pong, saturate
from src.audio.processing.sweep_filter import Sweep, sweep
from src.audio.synthesis import drums
from src.audio.synthesis.fx import Air, Impact, Rise, air, impact, riser
from src.audio.synthesis.tonal import (
    PadVoice,
    Press,
    SynthVoice,
    plain_tone,
)
from src.demo import scores
from src.demo.studio import (
    KitRecipe,
    StemRecipe,
    Studio,
    mono_below,
    one_shot,
    pad,
    synth,
    thinned,
)

DRUMS = {
    "kick": partial(
        drums.kick, drums.Kick(56, 250, sweep_s=0.018, hold_s=0.03, decay_s=0.22, click=0.9,
                               drive_db=10)
    ),
    "snare": partial(drums.snare, drums.Snare(196, tone_s=0.17, noise_s=0.24, drive_db=11)),
    "ghost": partial(
        drums.snare, drums.Snare(225, tone_s=0.08, noise_s=0.12, crack=0.3, drive_db=5)
    ),
    "closed": partial(drums.hat, drums.Hat(decay_s=0.06, tune=1.3, air=0.45, drive_db=6)),
    "open": partial(drums.hat, drums.Hat(decay_s=0.32, tune=1.2, drive_db=6)),
    "ride": partial(drums.cymbal, drums.Cymbal(decay_s=0.55, low_hz=720, air=0.4, bell=0.45)),
    "crash": partial(drums.cymbal, drums.Cymbal(decay_s=1.8, low_hz=520)),
    "tom": partial(drums.skin, drums.Skin(134, 0.42, 1.35, 0.05, tap=0.5, drive_db=7)),
    "rim": partial(drums.skin, drums.Skin(760, 0.06, 1.2, 0.004, modes=(1, 1.5, 2.2))),
    "shaker": partial(drums.shaker, length_s=0.09),
}  # fmt: skip
ROOMS = {
    "studio": Room(decay_s=0.55, bright_s=0.4, damping_hz=4500.0, gap_s=0.006, low_cut_hz=250.0),
    "hall": Room(decay_s=2.8, bright_s=1.4, damping_hz=2400.0, low_cut_hz=220.0),
}
REESE = SynthVoice(
    unison=4, detune_cents=22, amp=Adsr(0.008, 1.0, 0.95, 0.03), cutoff_hz=950,
    sweep_octaves=0.8, sweep_s=0.3, resonance=1.0, drive_db=9,
)  # fmt: skip
LEAD = SynthVoice(
    unison=7, detune_cents=16, amp=Adsr(0.004, 0.3, 0.6, 0.12), cutoff_hz=1700,
    sweep_octaves=2.4, sweep_s=0.18, resonance=1.2, drive_db=5, vibrato_cents=14,
)  # fmt: skip
STAB = SynthVoice(
    unison=5, detune_cents=14, amp=Adsr(0.002, 0.18, 0.2, 0.15), cutoff_hz=1100,
    sweep_octaves=2.4, sweep_s=0.08, resonance=1.8, drive_db=5,
)  # fmt: skip
MIST = PadVoice(amp=Adsr(0.9, 1.5, 0.9, 1.6), rolloff=1.0, width_cents=30, bright_hz=3200.0)
SUB_AMP = Adsr(0.006, 0.8, 0.85, 0.05)


def _two_step(studio: Studio) -> Audio:
    gains = {"kick": 0.95, "snare": 0.85, "ghost": 0.55, "closed": 0.3, "ride": 0.16, "open": 0.3}
    return _drum_bus(studio, studio.struck(studio.grid(4), scores.DNB_DRUMS, gains))


def _break(studio: Studio) -> Audio:
    gains = {"kick": 0.9, "snare": 0.8, "ghost": 0.7, "closed": 0.36, "crash": 0.3}
    return _drum_bus(studio, studio.struck(studio.grid(4), scores.DNB_BREAK, gains), room=0.22)


def _drum_bus(studio: Studio, dry: Audio, *, room: float = 0.1) -> Audio:
    return saturate(studio.in_room(dry * 0.8, "studio", mix=room), drive_db=3.5, loop=True)


def _tops(studio: Studio) -> Audio:
    dry = studio.struck(
        studio.grid(2), scores.DNB_TOPS, {"closed": 0.5, "shaker": 0.4, "rim": 0.16}
    )
    return studio.in_room(dry, "studio", mix=0.18)


def _reese(studio: Studio) -> Audio:
    grid, rate = studio.grid(8), studio.sample_rate
    dry = studio.played(grid, scores.DNB_REESE, synth(REESE), "reese", hold=0.98)
    notch = sweep(
        dry,
        Sweep(wave_curve(grid.span, cycles=8, low=350, high=1500), 2.5, "bandpass"),
        sample_rate=rate,
        loop=True,
    )
    moving = Sweep(wave_curve(grid.span, cycles=4, low=450, high=2800, start_cycles=0.75), 1.4)
    swept = sweep(dry - 0.8 * notch, moving, sample_rate=rate, loop=True)
    driven = saturate(swept * 1.2, drive_db=8.0, bias=0.08, loop=True)
    wide = chorus(driven, sample_rate=rate, cycles=11, depth_s=0.003, mix=0.45)
    return mono_below(wide, 160.0, sample_rate=rate)


def _sub(studio: Studio) -> Audio:
    def voice(press: Press, rate: int, _rng: np.random.Generator) -> Audio:
        return plain_tone(press, sample_rate=rate, amp=SUB_AMP)

    dry = studio.played(studio.grid(4), scores.DNB_SUB, voice, "sub")
    return saturate(dry, drive_db=5.0, bias=0.1, loop=True)


def _lead(studio: Studio) -> Audio:
    grid = studio.grid(4)
    dry = studio.played(grid, scores.DNB_LEAD, synth(LEAD), "lead")
    echo = Echo(grid.sample_of(1.5), feedback=0.4, mix=0.3, damping_hz=3500)
    return studio.in_room(ping_pong(dry, echo, sample_rate=studio.sample_rate), "hall", mix=0.3)


def _stabs(studio: Studio) -> Audio:
    grid = studio.grid(4)
    dry = studio.played(grid, scores.DNB_STABS, synth(STAB), "stab")
    dry = thinned(dry, 130.0, sample_rate=studio.sample_rate)
    echo = Echo(grid.sample_of(1.5), feedback=0.5, mix=0.35, damping_hz=2600)
    return studio.in_room(ping_pong(dry, echo, sample_rate=studio.sample_rate), "hall", mix=0.35)


def _pad(studio: Studio) -> Audio:
    grid = studio.grid(8)
    dry = studio.played(grid, scores.DNB_PAD, pad(MIST), "pad", hold=0.95)
    moving = Sweep(wave_curve(grid.span, cycles=1, low=1200, high=5000), 0.8)
    swept = sweep(dry, moving, sample_rate=studio.sample_rate, loop=True)
    return studio.in_room(swept, "hall", mix=0.45)


def _atmo(studio: Studio) -> Audio:
    grid = studio.grid(8)
    tunnel = Air(-4.5, bands_hz=(330.0, 1400.0), resonance=3.0, swing_octaves=0.9, cycles=2)
    return studio.in_room(air(tunnel, grid.span, rng=studio.rng("tunnel")), "hall", mix=0.6)


def _riser(studio: Studio) -> Audio:
    shape = Rise(start_hz=82.4, octaves=3.0, tone=0.7, pulse_cycles=48)
    return riser(shape, studio.grid(8).span, rng=studio.rng("riser"))


def _impact(studio: Studio) -> Audio:
    shape = Impact(boom_hz=41.2, crack=1.0, tail_s=2.6, drive_db=14)
    return impact(shape, sample_rate=studio.sample_rate, rng=studio.rng("impact"))


DRUM_AND_BASS = KitRecipe(
    folder="NTE_DnB_Kit_174_Em",
    bpm=174.0,
    key="Em",
    sample_rate=48_000,
    drums=DRUMS,
    rooms=ROOMS,
    stems=(
        one_shot("One Shots/NTE_Kick_Flint.wav", "kick", "kick"),
        one_shot("One Shots/NTE_Snare_Crack.wav", "snare", "snare"),
        one_shot("One Shots/NTE_HiHat_Wire.wav", "hihat", "closed"),
        one_shot("One Shots/NTE_Crash_Shatter.wav", "cymbal", "crash"),
        one_shot("One Shots/NTE_Tom_Bunker.wav", "tom", "tom"),
        StemRecipe("Drum Loops/NTE_174_Drums_Skyline.wav", "drums", _two_step, True, 4),
        StemRecipe("Drum Loops/NTE_174_Break_Switchback.wav", "drums", _break, True, 4),
        StemRecipe("Drum Loops/NTE_174_HiHat_Tops_Swarm.wav", "hihat", _tops, True, 2),
        StemRecipe("Bass/NTE_174_Bass_Reese_Em.wav", "bass", _reese, True, 8, "Em"),
        StemRecipe("Bass/NTE_174_Bass_Sub_Depth_Em.wav", "bass", _sub, True, 4, "Em"),
        StemRecipe("Music/NTE_174_Lead_Beacon_Em.wav", "lead", _lead, True, 4, "Em"),
        StemRecipe("Music/NTE_174_Synth_Chord_Signal_Em.wav", "synth", _stabs, True, 4, "Em"),
        StemRecipe("Music/NTE_174_Pad_Mist_Em.wav", "pad", _pad, True, 8, "Em"),
        StemRecipe("FX/NTE_174_Atmo_Tunnel.wav", "atmo", _atmo, True, 8),
        StemRecipe("FX/NTE_Riser_Launch.wav", "fx", _riser, False, 8),
        StemRecipe("FX/NTE_Impact_Quake.wav", "fx", _impact),
    ),
)

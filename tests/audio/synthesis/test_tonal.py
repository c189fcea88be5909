"""Tonal voices sound at the pitch that is played, end in silence, and repeat."""

from collections.abc import Callable

import numpy as np
import pytest

from src.audio.basics.envelopes import Adsr
from src.audio.synthesis import tonal

RATE = 44_100
Voice = Callable[[tonal.Press, np.random.Generator], np.ndarray]
VOICES: dict[str, Voice] = {
    "saw": lambda p, r: tonal.synth_note(
        tonal.SynthVoice(unison=3, detune_cents=6), p, sample_rate=RATE, rng=r
    ),
    "pulse": lambda p, r: tonal.synth_note(
        tonal.SynthVoice(wave="pulse", noise=0.02), p, sample_rate=RATE, rng=r
    ),
    "deep": lambda p, r: tonal.deep_bass_note(tonal.DeepBass(), p, sample_rate=RATE),
    "pad": lambda p, r: tonal.pad_chord(tonal.PadVoice(), p, sample_rate=RATE, rng=r),
    "electric": lambda p, r: tonal.electric_piano_note(p, sample_rate=RATE, rng=r),
    "felt": lambda p, r: tonal.felt_piano_note(p, sample_rate=RATE, rng=r),
    "string": lambda p, r: tonal.string_note(p, sample_rate=RATE, rng=r),
    "bell": lambda p, r: tonal.bell_note(p, sample_rate=RATE, ring_s=2.0),
    "plain": lambda p, r: tonal.plain_tone(p, sample_rate=RATE, amp=Adsr(0.01, 1, 0.9, 0.1)),
    "singer": lambda p, r: tonal.sung_note(tonal.Singer(), p, sample_rate=RATE, rng=r),
}


def press(hz: float = 220.0, gate_s: float = 0.8, velocity: float = 0.8) -> tonal.Press:
    return tonal.Press((hz,), gate_s, velocity)


def played(name: str, key: tonal.Press, seed: int = 1) -> np.ndarray:
    return VOICES[name](key, np.random.default_rng(seed))


def pitch_hz(audio: np.ndarray) -> float:
    """The frequency whose first eight multiples hold the most level; octaves up are penalised."""
    size = 1 << 18
    lines = np.abs(np.fft.rfft(audio.mean(axis=0) * np.hanning(audio.shape[-1]), size))
    lines = np.max([np.roll(lines, shift) for shift in (-2, -1, 0, 1, 2)], axis=0)
    candidates = 440 * 2 ** (np.arange(-48, 20, 0.1) / 12)
    orders = np.arange(1, 9)
    bins = np.round(np.outer(candidates, orders) * size / RATE).astype(int)
    return float(candidates[int(np.argmax((lines[bins] / orders**0.3).sum(axis=1)))])


@pytest.mark.parametrize("name", VOICES)
@pytest.mark.parametrize("hz", [110.0, 261.63])
def test_a_voice_sounds_at_the_pitch_that_is_played(name: str, hz: float) -> None:
    cents = 1200 * np.log2(pitch_hz(played(name, press(hz))) / hz)
    assert abs(cents) < 25


@pytest.mark.parametrize("name", VOICES)
def test_a_voice_is_stereo_and_starts_and_ends_in_silence(name: str) -> None:
    audio = played(name, press())
    assert audio.shape[0] == 2
    assert audio.dtype == np.float32
    assert np.isfinite(audio).all()
    assert np.abs(audio).max() < 2.5
    assert np.abs(audio[:, 0]).max() < 0.05
    assert np.abs(audio[:, -20:]).max() < 0.01


@pytest.mark.parametrize("name", VOICES)
def test_a_voice_repeats_from_its_seed(name: str) -> None:
    assert np.array_equal(played(name, press(gate_s=0.2)), played(name, press(gate_s=0.2)))


@pytest.mark.parametrize("name", VOICES)
def test_a_harder_press_is_louder(name: str) -> None:
    soft, hard = (played(name, press(velocity=v)) for v in (0.3, 1.0))
    assert np.sqrt(np.mean(hard**2)) > 1.2 * np.sqrt(np.mean(soft**2))


def test_a_filter_envelope_makes_the_attack_brighter_than_the_end() -> None:
    voice = tonal.SynthVoice(cutoff_hz=300, sweep_octaves=4, sweep_s=0.05, amp=Adsr(0, 1, 1, 0.1))
    audio = tonal.synth_note(voice, press(), sample_rate=RATE, rng=np.random.default_rng(1))

    def high_share(part: np.ndarray) -> float:
        power = np.abs(np.fft.rfft(part * np.hanning(part.size))) ** 2
        return float(power[np.fft.rfftfreq(part.size, 1 / RATE) > 1500].sum() / power.sum())

    assert high_share(audio[0, :4000]) > 5 * high_share(audio[0, 26_000:30_000])


def test_a_slide_starts_at_the_pitch_before() -> None:
    voice = tonal.SynthVoice(cutoff_hz=4000, sweep_octaves=0, amp=Adsr(0.001, 1, 1, 0.02))
    slid = tonal.Press((440.0,), 0.5, 1.0, from_hz=220.0)
    audio = tonal.synth_note(voice, slid, sample_rate=RATE, rng=np.random.default_rng(1))
    assert pitch_hz(audio[:, 10_000:]) == pytest.approx(440, rel=0.01)
    start = audio[0, :900]
    rising = np.flatnonzero((start[:-1] < 0) & (start[1:] >= 0))
    assert RATE / np.diff(rising).max() < 330


def test_a_pad_is_wide_above_and_mono_below() -> None:
    audio = played("pad", press(60.0, gate_s=3.0))
    spectra = np.fft.rfft(audio[:, RATE : 3 * RATE] * np.hanning(2 * RATE))
    hz = np.fft.rfftfreq(2 * RATE, 1 / RATE)

    def likeness(low: float, high: float) -> float:
        left, right = spectra[:, (hz > low) & (hz < high)]
        cross = abs(np.vdot(left, right))
        return float(cross / np.sqrt(np.vdot(left, left).real * np.vdot(right, right).real))

    assert likeness(40, 140) > 0.97
    assert likeness(250, 3000) < 0.5


def test_a_vowel_shapes_the_voice() -> None:
    def first_formant_share(vowel: str) -> float:
        singer = tonal.Singer(first=vowel, then=vowel, breath=0.0)
        audio = tonal.sung_note(singer, press(130), sample_rate=RATE, rng=np.random.default_rng(1))
        power = np.abs(np.fft.rfft(audio[0])) ** 2
        hz = np.fft.rfftfreq(audio.shape[-1], 1 / RATE)
        return float(power[(hz > 600) & (hz < 1400)].sum() / power.sum())

    assert first_formant_share("ah") > 2 * first_formant_share("oo")

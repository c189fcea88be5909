import numpy as np
import pytest

from src.audio.basics.clicks import clicks_at
from src.mixdown.channel_strip import WARM_UP, ChannelStrip, Ducking
from src.mixdown.sources import SampleGrid
from src.music.model.score import Automation, AutomationPoint, Channel

RATE = 48_000
GRID = SampleGrid(120.0, RATE)


def line(parameter: str, *points: tuple[float, float]) -> Automation:
    return Automation(parameter, tuple(AutomationPoint(*point) for point in points))


def strip(*automation: Automation, **values: float) -> ChannelStrip:
    return ChannelStrip(Channel("t", "pad", automation=automation, **values), GRID)


def sine(samples: int) -> np.ndarray:
    wave = 0.3 * np.sin(2 * np.pi * 110 * np.arange(samples) / RATE)
    return np.repeat(wave[None].astype(np.float32), 2, axis=0)


def through(
    channel: ChannelStrip, audio: np.ndarray, length: int, ducking: Ducking | None = None
) -> np.ndarray:
    led = np.pad(audio, ((0, 0), (WARM_UP, 0)))
    blocks = []
    for start in range(0, audio.shape[1], length):
        stop = min(start + length, audio.shape[1])
        block = audio[:, start:stop]
        if channel.sweeps(start, stop):
            block = channel.filtered(led[:, start : stop + WARM_UP], start)
        amount = None if ducking is None else ducking.amount(start, stop)
        out = np.empty_like(block)
        channel.gains(start, stop, amount).apply(block, slice(0, stop - start), out)
        blocks.append(out)
    return np.concatenate(blocks, axis=1)


SWEEP = line("low_pass_hz", (0.0, 150.0), (3.0, 4000.0), (5.0, 18_000.0))
LIFT = line("high_pass_hz", (0.0, 20.0), (4.0, 300.0), (4.1, 20.0))
FADE = line("gain_db", (0.0, -12.0), (4.0, 0.0))


@pytest.mark.parametrize("automation", [(SWEEP,), (LIFT,), (SWEEP, LIFT, FADE)])
def test_automation_does_not_depend_on_blocks(automation: tuple[Automation, ...]) -> None:
    audio = sine(150_000)
    whole = through(strip(*automation), audio, 150_000)
    in_blocks = through(strip(*automation), audio, 20_000)
    np.testing.assert_allclose(in_blocks, whole, atol=1e-3)
    assert not clicks_at(in_blocks, range(20_000, 150_000, 20_000), sample_rate=RATE)


def test_open_filters_leave_the_sound_alone() -> None:
    audio = sine(48_000)
    opened = strip(line("low_pass_hz", (0.0, 18_000.0)), line("high_pass_hz", (0.0, 20.0)))
    np.testing.assert_array_equal(through(opened, audio, 48_000), audio)


def test_gain_automation_adds_to_the_tracks_gain() -> None:
    out = through(strip(FADE, gain_db=-6.0), np.ones((2, 120_000), np.float32), 120_000)
    assert out[0, 0] == pytest.approx(10 ** (-18 / 20), rel=1e-3)
    assert out[0, 48_000] == pytest.approx(10 ** (-12 / 20), rel=1e-3)
    assert out[0, -1] == pytest.approx(10 ** (-6 / 20), rel=1e-3)


def test_ducking_takes_away_what_the_track_asks_for() -> None:
    ducking = Ducking([24_000], RATE, release_s=0.2)
    sound = np.ones((2, 60_000), np.float32)
    out = through(strip(duck_db=6.0), sound, 10_000, ducking)
    assert out[0, 24_000] == pytest.approx(10 ** (-6 / 20), rel=1e-3)
    assert out[0, 10_000] == out[0, 50_000] == 1.0
    untouched = through(strip(), sound, 10_000, ducking)
    assert (untouched == 1.0).all()


def test_sends_default_to_none() -> None:
    channel = strip(SWEEP)
    assert channel.reverb_gain == channel.delay_gain == 0.0
    assert strip(reverb_send_db=-6.0).reverb_gain == pytest.approx(0.501, abs=1e-3)


def test_a_send_that_is_automated_opens_and_closes() -> None:
    throw = line("delay_send_db", (1.0, -80.0), (2.0, -6.0), (4.0, -6.0), (4.0, -80.0))
    channel = strip(throw, delay_send_db=-12.0)

    reverb, delay = channel.send_gains(0, 120_000)
    assert reverb == 0.0
    assert isinstance(delay, np.ndarray)
    assert delay[0] == pytest.approx(1e-4, rel=1e-3)
    assert delay[60_000] == pytest.approx(10 ** (-6 / 20), rel=1e-3)
    assert delay[-1] == pytest.approx(1e-4, rel=1e-3)
    assert channel.send_gains(200_000, 220_000)[1] == 0.0


def test_a_send_without_automation_is_the_tracks_own() -> None:
    assert strip(reverb_send_db=-6.0).send_gains(0, 1000) == (pytest.approx(0.501, abs=1e-3), 0.0)

import numpy as np
import pytest

from src.audio.processing.reverb_send import DelaySend, EchoTime, ReverbSend

RATE = 48_000


def in_blocks(send: ReverbSend | DelaySend, audio: np.ndarray, length: int) -> np.ndarray:
    out = []
    for start in range(0, audio.shape[1], length):
        block = audio[:, start : start + length]
        sent = block[:1] if isinstance(send, DelaySend) else block
        wet = send.process(sent if block.any() else None, block.shape[1])
        out.append(np.zeros_like(block) if wet is None else wet)
    return np.concatenate(out, axis=1)


def burst(samples: int) -> np.ndarray:
    audio = np.zeros((2, samples), np.float32)
    audio[:, 100:2000] = np.random.default_rng(0).standard_normal((2, 1900)) * 0.2
    return audio


@pytest.mark.parametrize("length", [5000, 30_000])
def test_room_does_not_depend_on_blocks(length: int) -> None:
    audio = burst(4 * RATE)
    whole = in_blocks(ReverbSend(sample_rate=RATE), audio, 4 * RATE)
    pieces = in_blocks(ReverbSend(sample_rate=RATE), audio, length)
    np.testing.assert_allclose(pieces, whole, atol=1e-5)


def test_room_rings_on_and_dies_away() -> None:
    wet = in_blocks(ReverbSend(sample_rate=RATE), burst(4 * RATE), RATE)
    levels = [np.sqrt(np.square(wet[:, s : s + 4800]).mean()) for s in (9600, 48_000, 96_000)]
    assert levels[0] > 3 * levels[1] > 9 * levels[2]
    assert np.abs(wet[:, 3 * RATE :]).max() < 1e-6


def test_silent_sends_cost_nothing() -> None:
    room = ReverbSend(sample_rate=RATE)
    echo = DelaySend(EchoTime(120.0), sample_rate=RATE)
    assert room.process(None, RATE) is None
    assert echo.process(None, RATE) is None


def test_echoes_come_in_time_and_change_sides() -> None:
    audio = burst(3 * RATE)
    wet = in_blocks(DelaySend(EchoTime(120.0, beats=0.75), sample_rate=RATE), audio, RATE)
    distance = 18_000
    level = [
        np.square(wet[:, n * distance + 100 : n * distance + 2000]).mean(axis=1) for n in (1, 2, 3)
    ]
    assert not wet[:, :distance].any()
    assert level[0][0] > 100 * level[0][1]
    assert level[1][1] > 100 * level[1][0]
    assert level[2][0] == pytest.approx(level[0][0] * 0.42**4, rel=0.05)


@pytest.mark.parametrize("length", [7000, 40_000])
def test_echoes_do_not_depend_on_blocks(length: int) -> None:
    audio = burst(3 * RATE)
    whole = in_blocks(DelaySend(EchoTime(133.3), sample_rate=RATE), audio, 3 * RATE)
    pieces = in_blocks(DelaySend(EchoTime(133.3), sample_rate=RATE), audio, length)
    np.testing.assert_allclose(pieces, whole, atol=1e-6)

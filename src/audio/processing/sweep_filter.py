"""A resonant filter whose cutoff may move at every sample.

The state-variable filter in its trapezoidal form (Zavalishin, 2012; Simper, 2013)
stays stable and in tune while it is swept. It is a linear recurrence, so the sound
is cut into blocks that run side by side from a zero state and from two unit states;
the true state at each block's start then follows from a short chain, and the blocks
are corrected by it. The result is exact, and needs no loop over all samples.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from src.audio.basics.oscillators import Curve, Hz
from src.audio.basics.validation import Audio

Shape = Literal["lowpass", "bandpass", "highpass"]
Block = NDArray[np.float64]


@dataclass(frozen=True)
class Sweep:
    """What the filter lets through.

    cutoff_hz: one number or one per sample; pulled into 10 Hz .. 0.45 of the sample rate
    resonance: quality factor; 0.71 is flat, 4 sings, 12 whistles
    poles: 2 (12 dB per octave) or 4 (24 dB, the second pair resonates)
    """

    cutoff_hz: Hz
    resonance: float = 0.71
    shape: Shape = "lowpass"
    poles: Literal[2, 4] = 2


def sweep(audio: Audio, shape: Sweep, *, sample_rate: int, loop: bool = False) -> Audio:
    """Filter a sound with a cutoff that may move.

    loop: start from the state in which the loop ends, so that it repeats without a seam

    Returns a new array of the same shape. An empty clip stays empty.
    """
    if audio.shape[-1] == 0:
        return audio.copy()
    limits = (10.0, 0.45 * sample_rate)
    cutoff = np.broadcast_to(np.clip(shape.cutoff_hz, *limits), audio.shape[-1:])
    slope = np.tan(np.pi * cutoff / sample_rate)
    if shape.poles == 4:
        audio = _two_poles(audio, slope, 0.6, shape.shape, loop=loop)
    return _two_poles(audio, slope, shape.resonance, shape.shape, loop=loop)


def _two_poles(audio: Audio, slope: Curve, resonance: float, shape: Shape, *, loop: bool) -> Audio:
    channels, samples = audio.shape
    length = max(16, int(np.sqrt(samples)))
    blocks = -(-samples // length)
    padding = blocks * length - samples
    # A slope of 0 holds the state, so the padding changes nothing.
    padded_slope = np.pad(slope, (0, padding)).reshape(blocks, length).T.copy()
    sound = np.pad(audio, ((0, 0), (0, padding)))
    inputs = np.zeros((length, channels + 2, blocks))
    inputs[:, :channels] = sound.reshape(channels, blocks, length).transpose(2, 0, 1)
    outputs, ends = _run_blocks(inputs, padded_slope, 1 / resonance, shape)
    starts = _chain(ends, channels, loop=loop)
    for state in range(2):
        outputs[:, :channels] += outputs[:, channels + state, None] * starts[state]
    flat = outputs[:, :channels].transpose(1, 2, 0).reshape(channels, -1)
    return flat[:, :samples].astype(np.float32)


def _run_blocks(inputs: Block, slope: Block, damping: float, shape: Shape) -> tuple[Block, Block]:
    """Compute what every block lets through, and the two states at each block's end.

    inputs: (length, rows, blocks); the last two rows hold no sound: they start from
    the unit states and so record how each block carries a state on.
    """
    loop_gain = 1 / (1 + slope * (slope + damping))
    outputs = np.empty_like(inputs)
    states = np.zeros((2, *inputs.shape[1:]))
    states[0, -2] = 1.0
    states[1, -1] = 1.0
    first, second = states
    band, low, double = (np.empty_like(first) for _ in range(3))
    for n in range(inputs.shape[0]):
        np.subtract(inputs[n], second, out=band)
        band *= slope[n]
        band += first
        band *= loop_gain[n]
        np.multiply(band, slope[n], out=low)
        low += second
        np.subtract(np.multiply(band, 2.0, out=double), first, out=first)
        np.subtract(np.multiply(low, 2.0, out=double), second, out=second)
        if shape == "lowpass":
            outputs[n] = low
        else:
            np.multiply(band, damping, out=outputs[n])
        if shape == "highpass":
            outputs[n] += low
            np.subtract(inputs[n], outputs[n], out=outputs[n])
    return outputs, states


def _chain(ends: Block, channels: int, *, loop: bool) -> Block:
    """Chain the two states at the start of each block: shape (2, channels, blocks)."""
    forced = ends[:, :channels].transpose(2, 0, 1)
    carry = np.stack([ends[:, channels], ends[:, channels + 1]], axis=1).transpose(2, 0, 1)
    start: Block = np.zeros((2, channels))
    if loop:
        total: Block = np.eye(2)
        for matrix, push in zip(carry, forced, strict=True):
            total, start = matrix @ total, matrix @ start + push
        start = np.asarray(np.linalg.solve(np.eye(2) - total, start), np.float64)
    starts = np.empty((2, channels, forced.shape[0]))
    for index, (matrix, push) in enumerate(zip(carry, forced, strict=True)):
        starts[:, :, index] = start
        start = matrix @ start + push
    return starts

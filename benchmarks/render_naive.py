"""The naive way to render: load, stretch and shift for each place, add up, write.

Run by a Python that has librosa; reads its work as JSON from standard input and prints seconds
of wall and processor and the peak memory in MB. One-shots are loaded once and only placed.
"""

import json
import resource
import sys
import time
import warnings

import librosa
import numpy as np
import soundfile


def placed(mix, sound, start):
    """Add a sound into the mix."""
    stop = min(start + sound.shape[1], mix.shape[1])
    mix[:, start:stop] += sound[:, : stop - start]


def main():
    """Render and print what it took."""
    warnings.simplefilter("ignore")
    loops, notes, length_s, rate, target = json.load(sys.stdin)
    librosa.effects.time_stretch(np.zeros(rate, np.float32), rate=1.1)  # compiles and imports
    wall, cpu = time.perf_counter(), time.process_time()
    mix = np.zeros((2, round(length_s * rate)), np.float32)
    for path, start_s, place_s, source_s, ratio, semitones in loops:
        sound, _ = librosa.load(path, sr=rate, mono=False, duration=source_s)
        sound = np.atleast_2d(sound)
        if ratio != 1.0:
            sound = librosa.effects.time_stretch(sound, rate=1 / ratio)
        if semitones:
            sound = librosa.effects.pitch_shift(sound, sr=rate, n_steps=semitones)
        requested = round(place_s * rate)
        repeated = np.tile(sound, (1, requested // max(sound.shape[1], 1) + 1))[:, :requested]
        placed(mix, repeated, max(0, round(start_s * rate)))
    hits = dict.fromkeys(path for path, *_ in notes)
    for path in hits:
        hits[path] = np.atleast_2d(librosa.load(path, sr=rate, mono=False)[0])
    for path, start_s, velocity in notes:
        placed(mix, hits[path] * velocity, round(start_s * rate))
    mix *= 0.9 / np.abs(mix).max()
    soundfile.write(target, mix.T, rate, subtype="PCM_24")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu, peak_mb]))


main()

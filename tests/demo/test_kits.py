"""The demo kits are what their ground truth says: lengths, onsets, keys, levels, seams."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from src.demo.kits import (
    DEMO_KITS,
    DEMO_TRUTH,
    LICENCE,
    MANIFEST,
    DemoStem,
    rendered_stem,
    write_demo_kits,
)
from src.demo.studio import Studio
from src.music.evidence.names import name_hints
from src.music.theory.library import CATEGORIES

LOOPS = [stem for stem in DEMO_TRUTH if stem.is_loop]
KEYED_LOOPS = [stem for stem in LOOPS if stem.key and stem.category != "atmo"]
SCALES = {
    "Am": {9, 11, 0, 2, 4, 5, 7},
    "Fm": {5, 7, 8, 10, 0, 1, 3},
    "Em": {4, 6, 7, 9, 11, 0, 2},
    "C": {0, 2, 4, 5, 7, 9, 11},
}


def read(demo_raw: Path, stem: DemoStem) -> tuple[np.ndarray, int]:
    audio, rate = soundfile.read(demo_raw / stem.path, dtype="float32", always_2d=True)
    return audio.T, rate


def by_path(stem: DemoStem) -> str:
    return Path(stem.path).stem


def test_there_are_four_kits_of_ten_to_sixteen_stems() -> None:
    assert [(kit.bpm, kit.key) for kit in DEMO_KITS] == [
        (138, "Am"), (124, "Fm"), (174, "Em"), (80, "C"),
    ]  # fmt: skip
    for kit in DEMO_KITS:
        categories = {stem.category for stem in kit.stems}
        assert 10 <= len(kit.stems) <= 16
        assert categories >= {"kick", "drums", "bass", "pad", "atmo", "fx"}
        assert categories <= set(CATEGORIES)


@pytest.mark.parametrize("stem", DEMO_TRUTH, ids=by_path)
def test_a_stem_is_stereo_24_bit_and_has_sane_levels(demo_raw: Path, stem: DemoStem) -> None:
    info = soundfile.info(demo_raw / stem.path)
    audio, _ = read(demo_raw, stem)
    peak_dbfs = 20 * np.log10(np.abs(audio).max())
    assert (info.channels, info.subtype, info.format) == (2, "PCM_24", "WAV")
    assert info.samplerate in (44_100, 48_000)
    assert -6.0 <= peak_dbfs <= -1.0
    assert np.abs(audio.mean(axis=-1)).max() < 1e-4
    assert np.sqrt(np.mean(audio**2, axis=-1)).min() > 0.01


@pytest.mark.parametrize("stem", [s for s in DEMO_TRUTH if s.bars], ids=by_path)
def test_lengths_are_exact_to_the_sample(demo_raw: Path, stem: DemoStem) -> None:
    audio, rate = read(demo_raw, stem)
    bpm = next(kit.bpm for kit in DEMO_KITS if stem.path.startswith(kit.folder))
    assert stem.bars is not None
    assert audio.shape[-1] == round(stem.bars * 240 / bpm * rate)


@pytest.mark.parametrize("stem", LOOPS, ids=by_path)
def test_a_loop_repeats_without_a_click(demo_raw: Path, stem: DemoStem) -> None:
    audio, rate = read(demo_raw, stem)
    around = np.concatenate([audio[:, -rate // 4 :], audio[:, : rate // 4]], axis=-1)
    steps = np.abs(np.diff(around, n=2)).max(axis=0)
    seam = audio[:, -rate // 4 :].shape[-1]
    at_seam = steps[seam - 3 : seam].max()
    usual = np.abs(np.diff(audio, n=2)).max()
    assert at_seam <= usual
    if stem.category in ("pad", "strings", "atmo", "vocal", "bass"):
        nearby = np.abs(np.diff(audio[:, -1000:], n=2)).max()
        nearby = max(nearby, np.abs(np.diff(audio[:, :1000], n=2)).max())
        assert at_seam <= 2 * nearby + 1e-6


@pytest.mark.parametrize("stem", [s for s in DEMO_TRUTH if not s.is_loop], ids=by_path)
def test_a_one_shot_starts_and_ends_in_silence(demo_raw: Path, stem: DemoStem) -> None:
    audio, rate = read(demo_raw, stem)
    assert np.abs(audio[:, 0]).max() < 0.01
    assert np.abs(audio[:, -1]).max() < 0.01
    if not stem.bars:
        assert int(np.argmax(np.abs(audio).max(axis=0) > 0.1)) < 0.03 * rate


def onsets_s(audio: np.ndarray, rate: int) -> np.ndarray:
    """Sudden rises of level in a loop, found on its second turn."""
    hop = rate // 500
    doubled = np.tile(np.abs(np.diff(audio.mean(axis=0), prepend=0.0)), 2)
    frames = doubled[: doubled.size // hop * hop].reshape(-1, hop).max(axis=1)
    before = np.array([frames[max(0, n - 10) : n].max(initial=1e-3) for n in range(frames.size)])
    found = np.flatnonzero((frames > 2.5 * before) & (frames > 0.15 * frames.max()))
    length_s = audio.shape[-1] / rate
    times = found * hop / rate
    return times[(times >= length_s - 0.01) & (times < 2 * length_s - 0.01)] - length_s


@pytest.mark.parametrize("stem", [s for s in LOOPS if s.category == "drums"], ids=by_path)
def test_onsets_of_drum_loops_lie_on_the_grid(demo_raw: Path, stem: DemoStem) -> None:
    audio, rate = read(demo_raw, stem)
    assert stem.bpm is not None
    steps = onsets_s(audio, rate) * stem.bpm / 60 * 4
    swing = 0.12 if "House" in stem.path else 0.0
    slots = np.concatenate([np.arange(64), np.arange(1, 64, 2) + swing, [64]])
    off_s = np.abs(steps[:, None] - slots).min(axis=1) * 15 / stem.bpm
    assert steps.size >= 8
    assert np.median(off_s) < 0.003
    assert off_s.max() < 0.012


def chroma(audio: np.ndarray, rate: int) -> np.ndarray:
    """Energy per pitch class between 50 and 2,000 Hz, of tones only.

    Percussive parts are left out by keeping the lines that stand above their surroundings.
    """
    size = 16_384
    hop = size // 2
    mono = np.tile(audio, 2).mean(axis=0)
    energy = np.zeros(12)
    hz = np.fft.rfftfreq(size, 1 / rate)
    for start in range(0, mono.size - size, hop):
        power = np.abs(np.fft.rfft(mono[start : start + size] * np.hanning(size))) ** 2
        peaks = np.flatnonzero((power[1:-1] > power[:-2]) & (power[1:-1] >= power[2:])) + 1
        peaks = peaks[(hz[peaks] > 50) & (hz[peaks] < 2000)]
        peaks = peaks[power[peaks] > 1e-3 * power.max()]
        left, middle, right = (np.log(power[peaks + n] + 1e-20) for n in (-1, 0, 1))
        shift = 0.5 * (left - right) / (left - 2 * middle + right)
        pitch = 69 + 12 * np.log2((peaks + shift) * rate / size / 440)
        np.add.at(energy, np.round(pitch).astype(int) % 12, power[peaks])
    return energy / energy.sum()


def pitch_classes(audio: np.ndarray, rate: int) -> np.ndarray:
    """Energy per pitch class of a line of single notes, by autocorrelation in short frames."""
    size, hop = rate // 18, rate // 72
    mono = audio.mean(axis=0)
    energy = np.zeros(12)
    lags = np.arange(rate // 36)
    for start in range(0, mono.size - size, hop):
        frame = mono[start : start + size] - mono[start : start + size].mean()
        spectrum = np.abs(np.fft.rfft(frame, 4 * size)) ** 2
        likeness = np.fft.irfft(spectrum)[lags] / (size - lags)
        left_zero = int(np.argmax(likeness < 0.3 * likeness[0]))
        best = likeness[left_zero:].max()
        if left_zero == 0 or best < 0.3 * likeness[0]:
            continue
        first = left_zero + int(np.argmax(likeness[left_zero:] > 0.85 * best))
        top = first + int(np.argmax(likeness[first : first + first // 8 + 1]))
        pitch = 69 + 12 * np.log2(rate / top / 440)
        energy[round(pitch) % 12] += float(np.mean(frame**2))
    return energy / energy.sum()


@pytest.mark.parametrize("stem", KEYED_LOOPS, ids=by_path)
def test_tonal_loops_stay_in_their_key(demo_raw: Path, stem: DemoStem) -> None:
    measure = pitch_classes if stem.category in ("bass", "lead") else chroma
    energy = measure(*read(demo_raw, stem))
    assert stem.key is not None
    assert sum(energy[pitch] for pitch in SCALES[stem.key]) >= 0.9


@pytest.mark.parametrize("category", ["drums", "bass", "pad", "lead", "synth", "keys", "vocal"])
def test_loops_of_a_class_are_alike_in_level(demo_raw: Path, category: str) -> None:
    levels = [
        20 * np.log10(np.sqrt(np.mean(read(demo_raw, stem)[0] ** 2)))
        for stem in LOOPS
        if stem.category == category
    ]
    assert max(levels) - min(levels) <= 4.0


def test_names_say_what_the_stems_are() -> None:
    for stem in DEMO_TRUTH:
        hints = name_hints(stem.path)
        assert hints.category == stem.category, stem.path
        assert (hints.bpm.value if hints.bpm else None) == stem.bpm, stem.path
        assert (hints.key.value if hints.key else None) == stem.key, stem.path
        assert hints.is_loop is None or hints.is_loop.value == stem.is_loop, stem.path


def test_a_stem_is_the_same_whatever_was_made_before(demo_raw: Path) -> None:
    for kit in DEMO_KITS:
        stem = next(stem for stem in kit.stems if stem.category == "drums")
        audio = rendered_stem(stem, Studio(kit, 1))
        written, _ = soundfile.read(demo_raw / kit.folder / stem.path, dtype="float32")
        assert np.abs(audio.T - written).max() < 2**-22


def test_another_seed_gives_another_sound() -> None:
    kit = DEMO_KITS[0]
    first, second = (rendered_stem(kit.stems[2], Studio(kit, seed)) for seed in (1, 2))
    assert first.shape != second.shape or not np.array_equal(first, second)


def digests(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_second_run_touches_nothing_and_a_lost_file_comes_back_the_same(
    demo_raw: Path, tmp_path: Path
) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(demo_raw, raw)
    before = digests(raw)
    paths = write_demo_kits(raw)
    assert digests(raw) == before
    assert [str(path.relative_to(raw)) for path in paths] == [stem.path for stem in DEMO_TRUTH]

    lost = next(path for path in paths if "Kick" in path.name)
    name = str(lost.relative_to(raw))
    lost.unlink()
    write_demo_kits(raw)
    after = digests(raw)
    assert after[name][0] == before[name][0]
    assert {k: v for k, v in after.items() if k != name} == {
        k: v for k, v in before.items() if k != name
    }


def test_each_kit_carries_its_licence_and_a_record(demo_raw: Path) -> None:
    for kit in DEMO_KITS:
        assert (demo_raw / kit.folder / "LICENSE.txt").read_text().startswith(LICENCE)
        record = json.loads((demo_raw / kit.folder / MANIFEST).read_text())
        assert len(record["sizes"]) == len(kit.stems)

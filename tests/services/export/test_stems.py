"""Stems: of one length from the first bar on, and their sum is the mix."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from src.core.progress import JobCancelled
from src.mixdown.playback import ending, mix_score, play_score, score_samples
from src.music.model.score import (
    Automation,
    AutomationPoint,
    Channel,
    Clip,
    Note,
    Score,
    ScoreSection,
)
from src.services.export.stems import PREMASTER_PEAK_DB, StemFiles, stem_names, write_stems

RATE = 48_000


def load(stem_id: str, start_s: float, length_s: float) -> np.ndarray:
    rng = np.random.default_rng(abs(hash_of(stem_id)))
    sound = rng.standard_normal((2, 2 * RATE)).astype(np.float32) * 0.2
    if stem_id == "kick":
        sound = sound[:, : RATE // 4] * np.exp(-np.arange(RATE // 4) / 2000).astype(np.float32)
    if stem_id == "against":
        sound = -load("noise", 0.0, 2.0)
    start = round(start_s * RATE)
    return sound[:, start : start + round(length_s * RATE)]


def hash_of(text: str) -> int:
    return sum(ord(sign) * 31**place for place, sign in enumerate(text)) % 2**31


def score(*tracks: Channel, bpm: float = 131.7, beats: float = 16.0) -> Score:
    return Score(
        bpm=bpm, key="Am", seed=1,
        sections=(ScoreSection("A", 0.0, beats, 0.5),), channels=tracks,
        target_lufs=-14.0, ceiling_dbtp=-1.0, tail_s=1.5,
    )  # fmt: skip


def everything() -> Score:
    """Notes, loops, panning, ducking, sends, a sweep and a curve."""
    sweep = Automation("low_pass_hz", (AutomationPoint(0, 300.0), AutomationPoint(8, 17_000.0)))
    rise = Automation("gain_db", (AutomationPoint(0, -20.0), AutomationPoint(16, 0.0)))
    kicks = tuple(Note("kick", float(beat)) for beat in range(16))
    loop = Clip("noise", 0.0, 16.0, 0.0, 1.8, stretch_ratio=0.97)
    return score(
        Channel("kick", "kick", notes=kicks, reverb_send_db=-20.0),
        Channel("pad", "pad", (loop,), gain_db=-8.0, pan=0.4, duck_db=9.0, automation=(rise,)),
        Channel(
            "lead", "lead", (replace(loop, stem_id="lead"),), gain_db=-12.0, pan=-0.3,
            reverb_send_db=-10.0, delay_send_db=-8.0, automation=(sweep,), high_pass_hz=150.0,
        ),
    )  # fmt: skip


def written(requested: Score, folder: Path) -> tuple[list[np.ndarray], np.ndarray, float]:
    files = StemFiles(folder / "stems", folder / "premaster.wav")
    gain_db = write_stems(requested, files, load=load)
    stems = [read(folder / "stems" / name) for name in stem_names(requested)]
    return stems, read(folder / "premaster.wav"), gain_db


def read(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="float64", always_2d=True)[0].T


def peak_db(audio: np.ndarray) -> float:
    return float(20 * np.log10(np.abs(audio).max()))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[np.ndarray], np.ndarray, float]:
    return written(everything(), tmp_path_factory.mktemp("stems"))


def test_the_sum_of_all_stems_is_the_premaster(made):
    stems, premaster, _ = made
    assert peak_db(sum(stems) - premaster) < -110


def test_the_premaster_is_the_mix_before_bus_and_master(made):
    _, premaster, gain_db = made
    mix = mix_score(everything(), load=load) * 10 ** (gain_db / 20)
    ramp = ending(everything())
    mix[:, mix.shape[1] - ramp.size :] *= ramp
    assert peak_db(premaster - mix) < -110


def test_it_is_what_the_preset_without_mastering_gives(made):
    requested = replace(
        everything(), target_lufs=None, ceiling_dbtp=PREMASTER_PEAK_DB, bus_compression=False
    )
    blocks: list[np.ndarray] = []
    play_score(requested, load=load, sink=blocks.append)
    assert peak_db(np.concatenate(blocks, axis=1) - made[1]) < -110


def test_all_files_begin_at_the_first_bar_and_have_one_length(made):
    stems, premaster, _ = made
    expected = score_samples(everything())
    assert {audio.shape for audio in (*stems, premaster)} == {(2, expected)}
    assert np.abs(stems[0][:, :480]).max() > 0.01, "the first kick lies at the first sample"


def test_the_highest_sample_of_the_premaster_leaves_room(made):
    assert peak_db(made[1]) == pytest.approx(PREMASTER_PEAK_DB, abs=0.01)


def test_a_stem_is_ducked_as_it_is_in_the_mix(made):
    pad = made[0][1]
    beat = 60 / 131.7 * RATE

    def level(share: float) -> float:
        places = [round((number + share) * beat) for number in range(4, 15)]
        return float(np.mean([np.square(pad[:, p : p + 1000]).mean() for p in places]))

    assert 10 * np.log10(level(0.8) / level(0.02)) > 5


def test_what_comes_back_of_the_sends_has_stems_of_its_own(made):
    assert stem_names(everything()) == [
        "01 kick.wav", "02 pad.wav", "03 lead.wav", "04 reverb.wav", "05 delay.wav",
    ]  # fmt: skip
    assert all(np.abs(audio).max() > 1e-3 for audio in made[0][3:])


def test_a_send_that_only_automation_opens_has_a_stem():
    thrown = Automation("delay_send_db", (AutomationPoint(0, -80.0), AutomationPoint(4, -6.0)))
    requested = score(Channel("lead", "lead", automation=(thrown,)))
    assert stem_names(requested) == ["01 lead.wav", "02 delay.wav"]


def test_no_stem_clips_where_two_cancel_each_other(tmp_path):
    loop = Clip("noise", 0.0, 16.0, 0.0, 2.0)
    tracks = (
        Channel("one", "synth", (loop,), gain_db=20.0),
        Channel("two", "synth", (replace(loop, stem_id="against"),), gain_db=20.0),
    )
    stems, premaster, _ = written(score(*tracks, bpm=120.0), tmp_path)
    assert max(peak_db(stem) for stem in stems) == pytest.approx(-0.1, abs=0.01)
    assert peak_db(sum(stems) - premaster) < -110


def test_silence_stays_silence_at_its_level(tmp_path):
    stems, premaster, gain_db = written(score(Channel("kick", "kick")), tmp_path)
    assert gain_db == 0.0
    assert not premaster.any()
    assert len(stems) == 1


def test_names_that_could_harm_a_folder_are_made_plain():
    names = stem_names(score(Channel("../../kick", "kick"), Channel("a/b\\c", "bass")))
    assert names == ["01 kick.wav", "02 c.wav"]


def test_a_cancelled_export_leaves_nothing_behind(tmp_path):
    def cancel(stage: str, done: int, total: int) -> None:
        if done > total // 2:
            raise JobCancelled("stop")

    files = StemFiles(tmp_path / "stems", tmp_path / "premaster.wav")
    long = replace(everything(), sections=(ScoreSection("A", 0.0, 40.0, 0.5),))
    with pytest.raises(JobCancelled):
        write_stems(long, files, load=load, progress=cancel)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_progress_runs_once_from_start_to_end(tmp_path):
    record: list[float] = []

    def note(stage: str, done: int, total: int) -> None:
        record.append(done / total)

    files = StemFiles(tmp_path / "stems", tmp_path / "premaster.wav")
    write_stems(everything(), files, load=load, progress=note)
    assert record == sorted(record)
    assert record[0] == 0.0
    assert 0.5 <= record[-1] < 1.0

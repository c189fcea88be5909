import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.analysis import fold_models, neutral_names, settled, tasks_of
from benchmarks.analysis_figures import Answer
from benchmarks.labels import Label
from src.core.errors import InvalidInputError
from src.music.evidence.estimates import Estimate
from src.music.evidence.kit_evidence import StemEvidence, evidence_record
from src.music.theory.keys import KEYS
from tests.benchmarks.answers import answer, label

ROOT = Path(__file__).resolve().parents[2]


def test_neutral_names_say_nothing_and_keep_folders_apart() -> None:
    paths = ["Kit 128 Am/Drums/kick.wav", "Kit 128 Am/Drums/hat.wav", "Kit 128 Am/x.wav", "y.wav"]
    neutral = neutral_names(paths)
    assert list(neutral) == paths
    assert neutral[paths[0]] == "folder0000/folder0001/file00000.wav"
    assert neutral[paths[1]] == "folder0000/folder0001/file00001.wav"
    assert neutral[paths[2]] == "folder0000/file00002.wav"
    assert neutral[paths[3]] == "file00003.wav"


def test_folders_of_one_name_in_two_kits_stay_two_folders() -> None:
    neutral = neutral_names(["A/Bass/x.wav", "B/Bass/x.wav"])
    first, second = (path.split("/") for path in neutral.values())
    assert first[:2] != second[:2]


def test_tasks_go_to_the_model_that_never_met_their_source() -> None:
    rows = [Label("a/x.wav", "one"), Label("b/y.wav", "two")]
    tasks = tasks_of(rows, Path("/sounds"), hide=True, models={"one": Path("one.npz")})
    assert [task.path for task in tasks] == [Path("/sounds/a/x.wav"), Path("/sounds/b/y.wav")]
    assert [task.model for task in tasks] == [Path("one.npz"), None]
    assert tasks[0].heard_as == "folder0000/file00000.wav"
    shown = tasks_of(rows, Path("/sounds"), hide=False, models={})
    assert [task.heard_as for task in shown] == ["a/x.wav", "b/y.wav"]


def test_answers_settle_with_their_kit_and_keep_their_order() -> None:
    named = [_loop(f"kit/{name}.wav", Estimate("Am", 0.95, "filename"), "Am") for name in "abc"]
    unsure = _loop("kit/d.wav", Estimate("C", 0.5, "audio"), "Am")
    alone = _loop("elsewhere/e.wav", Estimate("C", 0.5, "audio"), "Am")
    lost = Answer(label(), "kit/f.wav", None)
    answers = [unsure, *named, lost, alone]
    after = settled(answers)
    assert [one.heard_as for one in after] == [one.heard_as for one in answers]
    assert after[0].value("key") == "Am"
    assert after[0].facts is not None
    assert after[0].facts.analysis["key"]["source"] == "kit"
    assert after[4].facts is None


def _loop(path: str, key: Estimate[str], likely: str) -> Answer:
    """A tonal loop that sounds half as in C, half as in another key."""
    chances = tuple(0.5 * (name in ("C", likely)) for name in KEYS)
    evidence = StemEvidence(4.0, "pad", Estimate(True, 0.9, "audio"), None, key, keys=chances)
    made = answer(label(relpath=path), key=key.value, category="pad")
    assert made.facts is not None
    made.facts.analysis["alone"] = evidence_record(evidence)
    return made


def test_a_source_without_its_model_is_not_called_held_out(tmp_path: Path) -> None:
    (tmp_path / "one.npz").touch()
    assert fold_models(tmp_path, [Label("x", "one")]) == {"one": tmp_path / "one.npz"}
    with pytest.raises(InvalidInputError, match=r"two\.npz"):
        fold_models(tmp_path, [Label("x", "one"), Label("y", "two")])


def test_a_small_pack_is_measured_from_files_to_json(tmp_path: Path) -> None:
    beats = np.zeros(48_000 * 2, np.float32)
    for start in range(0, beats.size, 24_000):
        beats[start : start + 2_000] = 0.8 * np.sin(np.arange(2_000) * 0.01) ** 2
    (tmp_path / "odd, kit").mkdir()
    soundfile.write(tmp_path / "odd, kit" / "loop 120bpm.wav", beats, 48_000)
    (tmp_path / "broken.wav").write_bytes(b"no sound")
    (tmp_path / "labels.csv").write_text(
        "relpath,source,is_loop,bpm,category\n"
        '"odd, kit/loop 120bpm.wav",made,1,120,\n'
        "broken.wav,made,,,kick\n"
        "gone.wav,made,1,90,\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "benchmarks.analysis", "--corpus", tmp_path, "--wrong"]
    command += ["--workers", "1", "--json", tmp_path / "out.json", "--pictures", tmp_path / "svg"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    report = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert report["names"] == "shown"
    assert report["overall"]["tempo_n"] == report["overall"]["tempo_exact"] == 1
    assert report["overall"]["category_top1"] == 0.0
    assert report["by_source"]["made"]["stems_per_s"] > 0
    assert "gone.wav: there is no such file" in done.stderr
    assert "broken.wav: it could not be read" in done.stderr
    assert "kick heard as None: 1" in done.stdout
    assert len(list((tmp_path / "svg").glob("*.svg"))) == 2


def test_a_folder_without_labels_is_refused_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.analysis", "--corpus", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.strip() == f"{tmp_path} must hold a labels.csv"

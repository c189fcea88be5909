"""The command line as a user types it, run in this process or as a program of its own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import soundfile

from src.cli import main
from src.services.ingest.lock import import_lock

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def own_library(demo_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo kits, for what writes to its library."""
    home = tmp_path_factory.mktemp("own") / "home"
    shutil.copytree(demo_library, home)
    return home


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict]:
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_generate_prints_one_json_object_and_writes_the_file_asked_for(
    capsys: pytest.CaptureFixture[str], own_library: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mine" / "track.wav"
    words = ("generate", "minimal techno 138 bpm, 24 bars", "--seed", "3", "--out", str(out))
    code, answer = run(capsys, *words, "--library", str(own_library))
    assert code == 0
    assert answer["seed"] == 3
    assert Path(answer["track_path"]) == out
    assert answer["plan"]["bpm"] == 138
    assert answer["stems"]
    audio, rate = soundfile.read(out, always_2d=True)
    assert rate == 48_000
    assert soundfile.info(out).subtype == "PCM_24"
    assert 0.1 < np.abs(audio).max() < 1.0
    assert audio.shape[0] / rate == pytest.approx(24 * 4 * 60 / 138, abs=8)


def test_same_seed_gives_the_same_bytes_in_another_process(
    capsys: pytest.CaptureFixture[str], own_library: Path, tmp_path: Path
) -> None:
    words = ["generate", "house 124 bpm, 16 bars", "--seed", "5", "--library", str(own_library)]
    run(capsys, *words, "--out", "here.wav")
    other = [sys.executable, "-m", "src.cli", *words, "--quiet", "--out", str(tmp_path / "b.wav")]
    subprocess.run(other, cwd=ROOT, check=True, capture_output=True)
    assert Path("here.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_search_finds_a_kick_by_meaning(
    capsys: pytest.CaptureFixture[str], own_library: Path
) -> None:
    code, answer = run(capsys, "search", "dark punchy kick", "--library", str(own_library))
    assert code == 0
    assert answer["hits"][0]["category"] == "kick"
    assert Path(answer["hits"][0]["path"]).is_file()
    assert answer["hits"][0]["reasons"]


def test_a_named_library_is_never_the_database_of_the_settings(
    capsys: pytest.CaptureFixture[str],
    own_library: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    for folder in (own_library, own_library / "processed_database"):
        _, answer = run(capsys, "search", "kick", "--library", str(folder))
        assert answer["hits"]
    assert not (tmp_path / "other.db").exists()


def test_plan_needs_no_library(capsys: pytest.CaptureFixture[str]) -> None:
    code, plan = run(capsys, "plan", "drum and bass 174 bpm, 64 bars")
    assert code == 0
    assert plan["bpm"] == 174
    assert sum(section["bars"] for section in plan["structure"]) == 64


def test_a_printed_plan_can_be_rendered(
    capsys: pytest.CaptureFixture[str], own_library: Path
) -> None:
    blueprint = {
        "bpm": 124,
        "key": "Fm",
        "structure": [
            {"section": "Groove", "bars": 8, "stem_queries": [{"category": "drums"}]},
        ],
    }
    Path("plan.json").write_text(json.dumps(blueprint))
    words = ("render", "plan.json", "--out", "t.wav", "--library", str(own_library))
    code, answer = run(capsys, *words)
    assert code == 0
    assert Path("t.wav").is_file()
    assert [stem["category"] for stem in answer["stems"]] == ["drums"]


def test_a_folder_of_sounds_is_a_library_and_is_left_as_it_is(
    capsys: pytest.CaptureFixture[str], own_library: Path, tmp_path: Path
) -> None:
    sounds = tmp_path / "sounds"
    kit = next(path for path in (own_library / "raw_construction_kits").iterdir() if path.is_dir())
    shutil.copytree(kit, sounds / kit.name)
    (sounds / "broken.wav").write_text("not a sound")
    before = sorted(path for path in sounds.rglob("*"))
    code, answer = run(capsys, "search", "kick", "--library", str(sounds))
    assert code == 0
    assert answer["hits"]
    assert sorted(path for path in sounds.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("preprocess", "/no/such/folder"), "there is no folder"),
        (("search", "kick", "--library", "/no/such/folder"), "--library must be a folder"),
        (("plan", ""), "prompt"),
        (("plan", "techno 900 bpm"), "900"),
        (("render", "missing.json"), "cannot be read"),
        (("generate", "techno"), "empty"),
        (("generate", "techno", "--out", "track.mp3"), "must end in .wav, got 'track.mp3'"),
        (("generate", "techno", "--seed", "-1"), "seed must be a whole number from 0"),
        (("generate", "techno", "--seed", "9" * 20), "seed must be a whole number from 0"),
    ],
)
def test_errors_name_the_value_and_give_no_traceback(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    code = main([*words, "--json"])
    printed = capsys.readouterr()
    assert code == 1
    assert message in json.loads(printed.out)["error"]["message"]
    assert "Traceback" not in printed.err


def test_a_place_that_takes_no_file_is_named(
    capsys: pytest.CaptureFixture[str], own_library: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    words = ("generate", "techno, 8 bars", "--library", str(own_library))
    code, answer = run(capsys, *words, "--out", "file/track.wav")
    assert code == 1
    assert "file" in answer["error"]["message"]


def test_a_wrong_setting_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TARGET_LUFS", "loud")
    assert main(["doctor"]) == 1
    assert "target_lufs" in capsys.readouterr().err


def test_unknown_words_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["dance"])
    assert stopped.value.code == 2


def test_wrong_usage_is_json_where_json_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    for words, message in (
        (("dance",), "invalid choice: 'dance'"),
        (("search", "kick", "--limit", "many"), "invalid int value: 'many'"),
        (("plan",), "required: TEXT"),
    ):
        with pytest.raises(SystemExit) as stopped:
            main([*words, "--json"])
        assert stopped.value.code == 2
        printed = capsys.readouterr()
        error = json.loads(printed.out)["error"]
        assert error["code"] == "usage"
        assert message in error["message"]
        assert printed.err.startswith("usage: python -m src.cli")


def test_stems_are_heard_again(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    raw = tmp_path / "raw_construction_kits"
    raw.mkdir()
    for number, name in enumerate(("kick.wav", "bass.wav")):
        tone = 0.5 * np.sin(np.arange(24_000) / (20 + number))
        soundfile.write(raw / name, tone, 48_000)
    run(capsys, "preprocess")
    code, report = run(capsys, "reanalyse", "--all")
    assert (code, report["selected"], report["reanalysed"], report["changed"]) == (0, 2, 2, 0)
    _, report = run(capsys, "reanalyse", "--category", "kick", "--no-loop")
    assert report["selected"] == 1
    code, answer = run(capsys, "reanalyse", "nobody")
    assert (code, answer["error"]["code"]) == (1, "stems_not_found")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "say which stems"), (("--all", "--kit", "x"), "say which stems"),
        (("--category", "cowbell"), "got 'cowbell'"), (("--key", "H#"), "got 'H#'"),
    ],
)  # fmt: skip
def test_reanalyse_never_means_all_by_mistake(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    code, answer = run(capsys, "reanalyse", *words)
    assert code == 1
    assert message in answer["error"]["message"]


def test_doctor_says_what_is_there(capsys: pytest.CaptureFixture[str], own_library: Path) -> None:
    code, answer = run(capsys, "doctor", "--library", str(own_library))
    assert code == 0
    found = {check["name"]: check for check in answer["checks"]}
    assert found["library"]["state"] == "ok"
    assert "stems" in found["library"]["detail"]


def test_preprocess_moves_broken_files_and_lists_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    raw = tmp_path / "raw_construction_kits"
    raw.mkdir()
    (raw / "fake.wav").write_text("not a sound")
    tone = 0.5 * np.sin(np.arange(48_000) / 20)
    soundfile.write(raw / "tone.wav", tone, 48_000)
    code, report = run(capsys, "preprocess")
    assert (code, report["added"], report["quarantined"]) == (0, 1, 1)
    _, answer = run(capsys, "quarantine")
    [row] = answer["quarantine"]
    assert row["original_path"] == "fake.wav"
    assert not (raw / "fake.wav").exists()
    code, report = run(capsys, "quarantine", "--retry", row["id"])
    assert (code, report["quarantined"]) == (0, 1)


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_an_impossible_port_is_refused(
    port: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--library", str(tmp_path), "--port", port, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "invalid_input"


def test_a_port_in_use_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert main(["serve", "--library", str(tmp_path), "--port", port, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "address_unavailable"


def test_a_home_that_can_not_hold_folders_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "generated_tracks").write_text("in the way", encoding="utf-8")
    assert main(["serve", "--library", str(tmp_path), "--port", "8137", "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "disk"
    assert "generated_tracks" in error["message"]


def test_a_reader_that_has_gone_is_no_defect(tmp_path: Path) -> None:
    (tmp_path / "raw_construction_kits").mkdir()
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "src.cli", "plan", "techno", "--library", str(tmp_path)]
    ended = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, "")


def test_a_second_command_waits_for_the_import_of_the_first(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "raw_construction_kits").mkdir()
    with ExitStack() as held:
        held.enter_context(import_lock(tmp_path / "processed_database"))
        let_go = threading.Timer(1.0, held.close)
        started = time.monotonic()
        let_go.start()
        code, answer = run(capsys, "search", "kick", "--library", str(tmp_path))
        let_go.join()
    assert (code, answer["hits"]) == (0, [])
    assert time.monotonic() - started >= 1.0

"""Commands that make music, from words to files."""

import json
from pathlib import Path

import pytest

from src.cli.program import main
from tests.generation.tiny_checkpoint import needs_diffusers, write_checkpoint

pytestmark = pytest.mark.xdist_group("generation")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRAUM_HOME", str(tmp_path))
    monkeypatch.setenv("ACE_STEP_MODEL", "tiny")
    return tmp_path


@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
def test_dream_makes_a_file_of_words_on_this_machine(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs_diffusers()
    write_checkpoint(home / "models" / "tiny")
    capsys.readouterr()
    lyrics = home / "words.txt"
    lyrics.write_text("[verse]\nla la", encoding="utf-8")
    words = ["dream", "warm dub", "--duration", "10", "--lyrics", f"@{lyrics}", "--format", "flac"]
    assert main([*words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    path = home / "generated_audio" / answer["file"]
    assert path.read_bytes()[:4] == b"fLaC"
    beside = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert beside["lyrics"] == "[verse]\nla la"


@pytest.mark.parametrize("command", [["dream", "dub"], ["gpu-worker"]])
def test_without_a_checkpoint_the_answer_says_what_to_do(
    command: list[str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "generator_missing"
    assert "models pull ace-step" in error["message"]


def test_a_gpu_worker_without_redis_is_refused_where_jobs_go_over_redis(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    assert main(["gpu-worker", "--json"]) == 1
    assert "-Q gpu" in json.loads(capsys.readouterr().out)["error"]["message"]


def test_the_licence_is_told_before_anything_is_pulled(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "pull", "ace-step", "acestep-v15-base", "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "licence_not_accepted"
    assert "third party" in error["message"]
    assert main(["models", "pull", "ace-step", "other", "--json"]) == 1
    assert "acestep-v15-xl-turbo" in json.loads(capsys.readouterr().out)["error"]["message"]

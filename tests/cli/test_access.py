"""Keys and the audit log from the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from src.cli import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRAUM_HOME", str(tmp_path))
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main([*words, "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_a_key_is_made_listed_and_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    made = answer(capsys, "keys", "create", "phone", "--read-only")
    assert made["key"].startswith("tk_")
    assert main(["keys", "list"]) == 0
    listed = capsys.readouterr().out
    assert "phone" in listed
    assert "read-only" in listed
    assert "used never" in listed
    assert made["key"] not in listed
    assert main(["keys", "revoke", "phone"]) == 0
    capsys.readouterr()
    (one,) = answer(capsys, "keys", "list")["keys"]
    assert one["revoked_at"] is not None


def test_what_commands_changed_is_in_the_audit_log(capsys: pytest.CaptureFixture[str]) -> None:
    made = answer(capsys, "keys", "create", "phone")
    answer(capsys, "collections", "--create", "Dark drums")
    answer(capsys, "collections")
    answer(capsys, "keys", "list")
    assert main(["keys", "revoke", "tablet"]) == 1
    capsys.readouterr()
    assert main(["audit"]) == 0
    told = capsys.readouterr().out
    assert made["key"] not in told
    assert [line.partition("-  ")[2].strip() for line in told.splitlines()] == [
        "collections --create 'Dark drums' --json", "keys create phone --json",
    ]  # fmt: skip


@pytest.mark.parametrize("words", [["keys", "create"], ["keys", "revoke"], ["keys", "create", " "]])
def test_a_key_needs_a_name(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(words) == 1
    assert "name" in capsys.readouterr().err

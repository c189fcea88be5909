"""One run of the program, as another program sees it."""

import logging
from pathlib import Path

import pytest

from src.cli.program import main


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAUM_HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["models", "list", "--json"], 0),
        (["models", "verify", "--debug"], 1),
        (["models", "verify", "--quiet"], 1),
    ],
)
def test_a_command_leaves_the_logging_of_its_process_as_it_was(
    words: list[str], code: int, caplog: pytest.LogCaptureFixture
) -> None:
    log = logging.getLogger("another.program")
    levels = [logging.getLogger(name).level for name in ("", "alembic")]
    assert main(words) == code
    assert [logging.getLogger(name).level for name in ("", "alembic")] == levels
    log.warning("goes where it went before")
    assert caplog.messages[-1:] == ["goes where it went before"]

"""Who can make music at the moment."""

from dataclasses import replace
from pathlib import Path

import pytest

from src.core.errors import BackendUnavailableError, InvalidInputError
from src.services.generation.presence import GONE_AFTER_S, WorkerPresence
from tests.services.plain_generator import CARD


def test_a_worker_that_is_not_heard_of_any_more_is_gone(tmp_path: Path) -> None:
    now = [1000.0]
    presence = WorkerPresence(tmp_path / "workers", clock=lambda: now[0])
    presence.announce("one", CARD)
    now[0] += GONE_AFTER_S
    assert [one.card for one in presence.workers()] == [CARD]
    now[0] += 0.1
    assert presence.workers() == []
    with pytest.raises(BackendUnavailableError):
        presence.check("text2music")


def test_what_only_a_base_checkpoint_can_do_needs_one_among_the_workers(tmp_path: Path) -> None:
    presence = WorkerPresence(tmp_path)
    presence.announce("quick", replace(CARD, name="tiny-turbo", family="turbo"))
    presence.check("cover")
    with pytest.raises(InvalidInputError, match=r"there is tiny-turbo \(turbo\)") as caught:
        presence.check("lego")
    assert caught.value.code == "task_needs_base"
    presence.announce("base", CARD)
    presence.check("lego")


def test_a_file_that_is_no_announcement_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "half.json").write_text('{"at": 1')
    (tmp_path / "other.json").write_text('{"at": 1, "colour": "red"}')
    assert WorkerPresence(tmp_path).workers() == []

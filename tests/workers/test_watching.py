"""The kits folder is looked at for as long as the service runs, and only where that is wanted."""

import threading

import pytest
from fastapi.testclient import TestClient

from src.core.config import Settings
from src.main import create_app
from src.workers import watching
from src.workers.watching import WatchThread
from tests.patience import PATIENCE_S, until
from tests.services.library_files import write_sound


class Looker:
    """Fails at the first look, and says when it was asked a second time."""

    def __init__(self) -> None:
        self.looks, self.twice = 0, threading.Event()

    def look(self) -> bool:
        self.looks += 1
        if self.looks > 1:
            self.twice.set()
            return False
        raise OSError("the network folder is away")


def test_a_folder_that_is_away_for_a_moment_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "LOOK_EVERY_S", 0.01)
    looker = Looker()
    thread = WatchThread(looker)  # type: ignore[arg-type]
    thread.start()
    assert looker.twice.wait(PATIENCE_S)
    thread.stop()


def test_the_service_imports_what_is_copied_into_its_folder(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK_EVERY_S", 0.05)
    watched = settings.model_copy(update={"watch": True, "watch_quiet_s": 0.1})
    with TestClient(create_app(watched)) as client:
        write_sound(settings.raw_path / "Kit" / "new.wav", length_s=0.2)
        until(lambda: client.get("/api/v1/stems/").json()["total"] == 1, "the import")
        jobs = client.get("/api/v1/jobs").json()["items"]
    assert [job["kind"] for job in jobs] == ["preprocess"]


def test_without_being_told_to_it_does_not_watch(settings: Settings) -> None:
    with TestClient(create_app(settings)) as client:
        assert not [one for one in threading.enumerate() if one.name == "folder-watch"]
        assert client.get("/healthz").status_code == 200

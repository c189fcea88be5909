"""What is on the disk, and which settings hold, over HTTP."""

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from src.core.config import Settings
from src.services.library.storage_use import shown_settings, storage_use


@pytest.mark.one_machine
def test_every_folder_tells_its_files_and_bytes(client: TestClient, settings: Settings) -> None:
    kit = settings.raw_path / "Kit" / "Drums"
    kit.mkdir(parents=True)
    (kit / "a.wav").write_bytes(b"x" * 100)
    (kit.parent / "b.wav").write_bytes(b"x" * 11)
    (kit / "link.wav").symlink_to(kit / "a.wav")
    reported = client.get("/api/v1/storage").json()
    folders = {folder["name"]: folder for folder in reported["folders"]}
    assert (folders["raw"]["files"], folders["raw"]["bytes"]) == (2, 111)
    assert folders["processed"]["bytes"] > 0, "the database lies there"
    assert 0 < reported["free_bytes"] < reported["total_bytes"]


def test_a_folder_that_is_not_there_is_empty(settings: Settings) -> None:
    settings.processed_path.mkdir(parents=True)
    use = {one.name: one.files for one in storage_use(settings).folders}
    assert use == {"raw": 0, "processed": 0, "tracks": 0}


def test_settings_are_told_by_their_names_but_no_secret(
    client: TestClient, settings: Settings
) -> None:
    reported = client.get("/api/v1/settings").json()
    assert reported["TRAUM_HOME"] == str(settings.home)
    assert reported["TARGET_LUFS"] == "-14.0"
    locked = Settings(
        TRAUM_HOME=settings.home,
        api_key=SecretStr("open sesame"),
        database_url="postgresql://me:hunter2@host/db",
    )
    shown = str(shown_settings(locked))
    assert "sesame" not in shown
    assert "hunter2" not in shown
    assert "API_KEY" not in shown


def test_the_port_that_is_told_is_the_one_in_use(client: TestClient) -> None:
    other = client.get("http://127.0.0.1:18123/api/v1/settings").json()
    assert (other["HOST"], other["PORT"]) == ("127.0.0.1", "18123")

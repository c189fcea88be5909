"""A track is put in its place as a whole, wherever its maker dies."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from src.core.config import Settings
from src.db.database import Database
from src.db.models import TrackRow
from src.db.rows.tracks import track_row
from src.services.tracks import shelf as shelves
from src.services.tracks.files import rendering_file
from src.services.tracks.shelf import Described, TrackShelf


@pytest.fixture
def shelf(each_database: Database, settings: Settings) -> TrackShelf:
    settings.tracks_path.mkdir(parents=True, exist_ok=True)
    return TrackShelf(each_database, settings)


def described(path: Path, moment: datetime, track_id: str = "t") -> Described:
    row = TrackRow(
        id=track_id, path=path.name, bpm=120.0, key="Am", seed=1, duration_s=1.0, plan={},
        report={}, created_at=moment,
    )  # fmt: skip
    return Described(row, {"track_path": f"generated_tracks/{path.name}", "id": track_id})


def publish(shelf: TrackShelf, folder: Path, track_id: str = "t") -> str:
    with rendering_file(folder, track_id) as unfinished:
        unfinished.write_bytes(b"sound")
        record = shelf.publish(
            unfinished, track_id, lambda path, moment: described(path, moment, track_id)
        )
    return Path(record["track_path"]).name


class Died(BaseException):
    """The process ended here."""


def test_a_track_gets_a_name_a_description_and_a_row(
    shelf: TrackShelf, settings: Settings, each_database: Database
) -> None:
    name = publish(shelf, settings.tracks_path)
    assert {path.name for path in settings.tracks_path.iterdir()} == {
        name, name.replace(".wav", ".json"),
    }  # fmt: skip
    with each_database.transaction() as session:
        row = track_row(session, "t")
        assert row is not None
        assert row.path == name
    record = shelf.published("t")
    assert record is not None
    assert record["id"] == "t"
    assert shelf.published("another") is None


def test_tracks_of_the_same_moment_get_names_of_their_own(
    shelf: TrackShelf, settings: Settings
) -> None:
    names = [publish(shelf, settings.tracks_path, str(number)) for number in range(12)]
    assert len(set(names)) == 12


def test_a_file_that_the_user_put_there_keeps_its_name(
    shelf: TrackShelf, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2026, 11, 21, 15, 0, 0)
    monkeypatch.setattr(shelves, "now", lambda: moment)
    mine = settings.tracks_path / "20261121_150000.wav"
    mine.write_bytes(b"mine")
    assert publish(shelf, settings.tracks_path) == "20261121_150000_2.wav"
    assert mine.read_bytes() == b"mine"


@pytest.mark.parametrize("step", [0, 1, 2])
def test_whoever_takes_up_a_render_that_died_leaves_one_whole_track(
    shelf: TrackShelf, settings: Settings, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """step: 0 dies before the row, 1 before the first rename, 2 between both"""
    folder, real, done = settings.tracks_path, shelves.os.replace, 0
    left = {path: path.read_bytes() for path in folder.iterdir()}

    def dying(source: Path, target: Path) -> None:
        nonlocal done
        done += 1
        if done == step:
            kept.update({path: path.read_bytes() for path in folder.iterdir()})
            raise Died
        real(source, target)

    kept = dict(left)
    if step == 0:
        (folder / ".part-t-12345678.wav").write_bytes(b"half a so")
        (folder / ".part-t-12345678.json").write_text('{"track_path": "gen')
    else:
        monkeypatch.setattr(shelves.os, "replace", dying)
        with pytest.raises(Died):
            publish(shelf, folder)
        monkeypatch.setattr(shelves.os, "replace", real)
        for path, content in kept.items():  # a process that dies does not clean up
            path.write_bytes(content)
    shelf.finish("t")
    assert (shelf.published("t") is not None) == (step > 0), "published once its row was there"
    name = publish(shelf, folder)
    assert {path.name for path in folder.iterdir()} == {name, name.replace(".wav", ".json")}
    assert (folder / name).read_bytes() == b"sound"
    assert json.loads((folder / name).with_suffix(".json").read_text())["id"] == "t"


def test_what_others_are_rendering_is_left_alone(shelf: TrackShelf, settings: Settings) -> None:
    with rendering_file(settings.tracks_path, "other") as unfinished:
        unfinished.write_bytes(b"sound")
        shelf.finish("t")
        assert unfinished.exists()

from datetime import UTC, datetime

import pytest

from src.core.errors import ConflictError
from src.services.tracks.files import (
    chosen_track,
    free_path,
    rendering_file,
    shown_path,
    sidecar_of,
    write_sidecar,
)

MOMENT = datetime(2026, 11, 21, 15, 0, 0, tzinfo=UTC)


def test_a_track_is_named_by_its_time(tmp_path):
    assert free_path(tmp_path, MOMENT, 1) == tmp_path / "20261121_150000.wav"
    assert free_path(tmp_path, MOMENT, 2) == tmp_path / "20261121_150000_2.wav"


@pytest.mark.parametrize("suffix", [".wav", ".json"])
def test_a_name_that_is_taken_is_not_free(tmp_path, suffix):
    (tmp_path / f"20261121_150000{suffix}").write_bytes(b"mine")
    assert free_path(tmp_path, MOMENT, 1) is None


def test_names_of_one_second_come_to_an_end(tmp_path):
    with pytest.raises(ConflictError, match="no free name"):
        free_path(tmp_path, MOMENT, 10_001)


def test_an_unfinished_file_is_hidden_and_goes_away(tmp_path):
    def fail():
        with rendering_file(tmp_path, "t") as path:
            assert path.name.startswith(".")
            path.write_bytes(b"half")
            write_sidecar(path, {"prompt": "x"})
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        fail()

    assert list(tmp_path.iterdir()) == []


def test_a_failed_track_does_not_take_the_users_older_file_with_it(tmp_path):
    older = tmp_path / "mine.wav"
    older.write_bytes(b"older")

    with pytest.raises(RuntimeError, match="broken"), chosen_track(older):
        raise RuntimeError("broken")

    assert older.read_bytes() == b"older"


def test_a_description_that_lay_there_outlives_a_track_that_failed(tmp_path):
    mine = tmp_path / "song.json"
    mine.write_text("not yours")

    def fail():
        with chosen_track(tmp_path / "song.wav") as path:
            path.write_bytes(b"half")
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        fail()

    assert [one.name for one in tmp_path.iterdir()] == ["song.json"]
    assert mine.read_text() == "not yours"


def test_a_folder_cannot_be_overwritten_by_a_track(tmp_path):
    with pytest.raises(ConflictError, match="folder"), chosen_track(tmp_path):
        pass


def test_places_are_told_relative_to_the_home(tmp_path):
    inside = tmp_path / "generated_tracks" / "a.wav"

    assert shown_path(inside, tmp_path) == "generated_tracks/a.wav"
    assert shown_path(inside, tmp_path / "other") == inside.as_posix()
    assert sidecar_of(inside).name == "a.json"

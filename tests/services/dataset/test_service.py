import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from src.core.config import Settings
from src.core.errors import BackendUnavailableError, InvalidInputError
from src.core.progress import JobCancelled
from src.services.dataset.service import DatasetService
from src.services.dataset.steps import StepRunningError, exclusive
from src.services.dataset.tagging import TaggingOptions
from src.tagging.policy import SongTags
from src.tagging.records import read_record
from src.tagging.songs import SongFiles
from src.tagging.whitelist import read_whitelist
from tests.audio.songs.made_songs import A_MINOR, RATE, song, steady

COMMON = SongTags(("techno",), moods=("dark", "driving"), instruments=("synth",))
WHITELIST = read_whitelist()
OPTIONS = TaggingOptions(WHITELIST, common=COMMON)


@pytest.fixture(scope="session")
def sound() -> np.ndarray:
    return song(steady(120.0, 40), A_MINOR)


@pytest.fixture
def service(tmp_path: Path) -> DatasetService:
    return DatasetService(Settings(TRAUM_HOME=tmp_path / "home"))


@pytest.fixture
def songs(tmp_path: Path, sound: np.ndarray) -> Path:
    folder = tmp_path / "songs"
    folder.mkdir()
    for number, name in enumerate(("01 - Band - One.flac", "track_02_two.wav")):
        soundfile.write(folder / name, (0.9 - 0.1 * number) * sound.T, RATE)
    (folder / "track_02_two.txt").write_text("[Instrumental]", encoding="utf-8")
    return folder


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.txt")}


def made(service: DatasetService, songs: Path) -> Path:
    service.lyrics(songs)
    service.tag(songs, OPTIONS)
    output = songs.parent / "sets"
    service.convert(songs, output, WHITELIST)
    return output


def test_from_songs_to_a_training_set(service: DatasetService, songs: Path) -> None:
    output = made(service, songs)
    assert texts(songs)["track_02_two_prompt.txt"].startswith("techno, 120 bpm, ")
    assert texts(songs)["track_02_two_prompt.txt"].endswith("synth, instrumental")
    assert texts(songs)["track_02_two_lyrics.txt"] == "[instrumental]"
    train_set = songs.parent / "train"
    answer = service.create(output, train_set)
    stored = json.loads((train_set / "dataset.json").read_text(encoding="utf-8"))
    assert [one["bpm"] for one in stored["samples"]] == [120, 120]
    for one in stored["samples"]:
        info = soundfile.info(train_set / one["audio_path"])
        assert (info.samplerate, info.channels) == (48_000, 2)
    assert answer["songs"] == 2


def test_a_second_run_measures_and_writes_nothing(service: DatasetService, songs: Path) -> None:
    assert service.tag(songs, OPTIONS)["measured"] == 2
    before = {path: path.stat().st_mtime_ns for path in songs.rglob("*") if path.suffix != ".lock"}
    assert service.tag(songs, OPTIONS)["measured"] == 0
    after = {path: path.stat().st_mtime_ns for path in songs.rglob("*") if path.suffix != ".lock"}
    files = {path for path in before if path.is_file()}
    assert {path: before[path] for path in files} == {path: after[path] for path in files}


def test_a_stopped_run_goes_on_where_it_was(service: DatasetService, songs: Path) -> None:
    def stop(_stage: str, done: int, _total: int) -> None:
        if done == 1:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        service.tag(songs, OPTIONS, progress=stop)
    assert len(list(songs.glob("*_prompt.txt"))) == 1
    (songs / ".part-9-9.txt").write_text("half", encoding="utf-8")
    assert service.tag(songs, OPTIONS)["measured"] == 1
    assert not list(songs.glob(".part-*"))
    assert len(list(songs.glob("*_prompt.txt"))) == 2


def test_what_a_person_wrote_wins_and_survives(service: DatasetService, songs: Path) -> None:
    service.tag(songs, OPTIONS)
    files = SongFiles(songs / "track_02_two.wav")
    files.prompt.write_text("house, 121 bpm, shiny", encoding="utf-8")
    service.tag(songs, OPTIONS)
    record = read_record(files.record)
    assert record is not None
    assert files.prompt.read_text(encoding="utf-8") == "house, 121 bpm, shiny"
    assert (record.tags.genres, record.tags.bpm) == (("house",), 121)
    assert record.sources["genres"].source == "person"
    assert record.notes == ("not in the whitelist: shiny",)


def test_a_file_that_is_no_sound_is_reported_and_the_others_go_on(
    service: DatasetService, songs: Path
) -> None:
    (songs / "00.mp3").write_bytes(b"no sound at all")
    answer = service.tag(songs, OPTIONS)
    assert [one["song"] for one in answer["problems"]] == ["00.mp3"]
    assert len(list(songs.glob("*_prompt.txt"))) == 2


def test_two_steps_on_one_folder_exclude_each_other(service: DatasetService, songs: Path) -> None:
    with exclusive(songs), pytest.raises(StepRunningError, match="another step"):
        service.tag(songs, OPTIONS)
    service.lyrics(songs)


def test_a_set_with_errors_is_not_created(service: DatasetService, songs: Path) -> None:
    output = made(service, songs)
    (songs / "track_02_two.wav").unlink()
    with pytest.raises(InvalidInputError, match="there is no file") as refused:
        service.create(output, songs.parent / "train")
    assert refused.value.code == "dataset_errors"
    report = json.loads((songs.parent / "train" / "report.json").read_text(encoding="utf-8"))
    assert report["findings"][0]["code"] == "missing_file"


def test_songs_without_prompts_are_no_dataset(service: DatasetService, songs: Path) -> None:
    with pytest.raises(InvalidInputError, match="tag first"):
        service.convert(songs, songs.parent / "sets", WHITELIST)


def test_training_says_that_it_is_not_there_yet(service: DatasetService, songs: Path) -> None:
    service.create(made(service, songs), songs.parent / "train")
    with pytest.raises(BackendUnavailableError, match="no LoRA training") as refused:
        service.train(songs.parent / "train")
    assert refused.value.code == "training_unavailable"

"""Exports of a rendered track: whole, agreeing with its score, and made once."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import mido
import numpy as np
import pytest
import soundfile
from sqlalchemy import delete, update
from tinytag import TinyTag

from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError, NotFoundError
from src.core.progress import JobCancelled
from src.db.models import Stem, TrackRow
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from src.music.model.score import Score
from src.music.model.score_reading import score_from_dict
from src.services.export.formats import FORMATS
from src.services.export.service import ExportService
from src.services.tracks.service import TrackService
from src.storage.picture import picture_png
from src.wiring import Services, build_services
from tests.services.small_library import fill_library, made_stems
from tests.storage.dawproject_rules import complaints, metadata_complaints

RATE = 48_000


@dataclass(frozen=True)
class Made:
    """A home with one rendered track."""

    services: Services
    track_id: str
    wav: Path

    @property
    def exports(self) -> ExportService:
        return self.services.exports

    @property
    def folder(self) -> Path:
        return self.wav.with_name(f"{self.wav.stem}_exports")

    @property
    def score(self) -> Score:
        return score_from_dict(json.loads(self.wav.with_suffix(".json").read_text())["score"])

    def path(self, ending: str) -> Path:
        (found,) = (path for path in self.folder.iterdir() if path.name.endswith(ending))
        return found


def plan() -> ArrangementPlan:
    def section(name: str, energy: float, *categories: str) -> SectionPlan:
        return SectionPlan(name, 4, tuple(StemQuery(c) for c in categories), energy=energy)

    structure = (
        section("Intro", 0.4, "kick", "atmo"),
        section("Höhepunkt", 0.9, "kick", "hihat", "bass", "pad"),
    )
    return ArrangementPlan(126.0, "Am", structure, "techno", prompt="small & dark")


def at(home: Path, track_id: str, name: str) -> Made:
    services = build_services(Settings(TRAUM_HOME=home))
    return Made(services, track_id, home / "generated_tracks" / name)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A rendered track with all its exports. Read only, please."""
    home = tmp_path_factory.mktemp("home")
    services = build_services(Settings(TRAUM_HOME=home))
    fill_library(services.database, services.settings, services.embedder, made_stems())
    track = services.renderer.render_track(plan(), seed=3)
    services.exports.export(track.track_id)
    services.close()
    return at(home, track.track_id, Path(track.track_path).name)


@pytest.fixture
def made(template: Made, tmp_path: Path) -> Iterator[Made]:
    """A copy of it that may be changed."""
    shutil.copytree(template.services.settings.home, tmp_path, dirs_exist_ok=True)
    copy = at(tmp_path, template.track_id, template.wav.name)
    yield copy
    copy.services.close()


def samples(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="float64", always_2d=True)[0].T


def stamps(made: Made) -> dict[str, int]:
    files = (path for path in made.folder.rglob("*") if path.is_file())
    return {str(path): path.stat().st_mtime_ns for path in files}


# what comes out


def test_every_format_is_listed_with_its_files_and_their_sizes(template):
    listed = template.exports.files(template.track_id)
    assert {file.format for file in listed.files} == set(FORMATS) == set(listed.formats)
    for file in listed.files:
        assert (template.folder / file.name).stat().st_size == file.bytes > 0
    assert listed.zips == ["all.zip", "stems.zip"]
    assert not list(template.folder.glob(".part-*"))


def test_wav_and_flac_hold_the_tracks_very_samples(template):
    master = soundfile.read(template.wav, dtype="int32")[0]
    stem = template.wav.stem
    for name, subtype in ((f"{stem}.wav", "PCM_24"), (f"{stem}.flac", "PCM_24")):
        assert soundfile.info(template.folder / name).subtype == subtype
        np.testing.assert_array_equal(
            soundfile.read(template.folder / name, dtype="int32")[0], master
        )


def test_mp3_has_the_tracks_length_and_says_its_tempo_and_key(template):
    with soundfile.SoundFile(template.path(".mp3")) as sound:
        assert sound.frames == soundfile.info(template.wav).frames
        assert sound.title == "small & dark"
        assert sound.comment.startswith("126 BPM, Am")


def test_the_stems_of_a_rendered_track_add_up_to_its_premaster(template):
    premaster = samples(template.path("_premaster.wav"))
    stems = [samples(path) for path in sorted((template.folder / "stems").iterdir())]
    assert len(stems) >= len(template.score.channels)
    assert {stem.shape for stem in stems} == {premaster.shape}
    assert premaster.shape[1] == soundfile.info(template.wav).frames
    error = np.abs(sum(stems) - premaster).max()
    assert 20 * np.log10(error) < -90


@pytest.mark.parametrize("ending", [".mp3", ".flac", ".wav"])
def test_tempo_and_key_are_where_other_programs_look_for_them(template, ending):
    (path,) = (path for path in template.folder.iterdir() if path.suffix == ending
               and "premaster" not in path.name)  # fmt: skip
    found = TinyTag.get(path, image=True)
    assert (found.title, found.other["bpm"], found.other["initial_key"]) == (
        "small & dark", ["126"], ["Am"],
    )  # fmt: skip
    front = found.images.front_cover
    drawn = template.path(".png").read_bytes()
    assert (None if front is None else front.data) == (None if ending == ".wav" else drawn)


def test_a_genre_that_nobody_named_is_not_in_the_tags(made):
    with made.services.database.transaction() as session:
        session.execute(update(TrackRow).values(genre="default"))
    made.exports.export(made.track_id, ["flac"])
    assert TinyTag.get(made.path(".flac")).genre is None


def test_the_artist_of_the_settings_is_in_the_tags(made):
    settings = made.services.settings.model_copy(update={"track_artist": " Ada "})
    exports = ExportService(made.services.database, settings, made.services.cards)
    exports.export(made.track_id, ["mp3"])
    assert TinyTag.get(made.path(".mp3")).artist == "Ada"


def test_the_notes_are_the_scores(template):
    file = mido.MidiFile(template.path(".mid"), charset="utf-8")
    score = template.score
    named = {track.name: track for track in file.tracks[1:]}
    assert list(named) == [track.name for track in score.channels]
    for track in score.channels:
        tick, starts = 0, []
        for message in named[track.name]:
            tick += message.time
            if message.type == "note_on":
                starts.append(tick / file.ticks_per_beat)
        beats = sorted(note.start_beats for note in track.notes)
        np.testing.assert_allclose(starts, beats, atol=0.54 / file.ticks_per_beat)
    marks = [message.text for message in file.tracks[0] if message.type == "marker"]
    assert marks == ["Intro", "Höhepunkt"]


def test_the_dawproject_is_allowed_whole_and_agrees_with_the_score(template):
    with zipfile.ZipFile(template.path(".dawproject")) as archive:
        assert archive.testzip() is None
        document = archive.read("project.xml")
        assert complaints(document) == []
        assert metadata_complaints(archive.read("metadata.xml")) == []
        project = ElementTree.fromstring(document)
        used = set()
        for audio in project.iter("Audio"):
            name = audio.find("File").attrib["path"]  # type: ignore[union-attr]
            info = soundfile.info(io.BytesIO(archive.read(name)))
            assert round(float(audio.attrib["duration"]) * RATE) == info.frames
            assert int(audio.attrib["channels"]) == info.channels
            used.add(name)
        assert used == set(archive.namelist()) - {"project.xml", "metadata.xml"}
    clips = project.findall("Arrangement/Lanes/Lanes/Clips/Clip")
    starts = {float(clip.attrib["time"]) for clip in clips}
    assert {clip.start_beats for track in template.score.channels for clip in track.clips} <= starts


def test_the_reaper_project_names_only_files_that_are_with_it(template):
    with zipfile.ZipFile(template.path("_reaper.zip")) as archive:
        assert archive.testzip() is None
        (project,) = (name for name in archive.namelist() if name.endswith(".rpp"))
        lines = [line.strip() for line in archive.read(project).decode().splitlines()]
        files = {line.split(" ", 1)[1].strip('"') for line in lines if line.startswith("FILE ")}
        assert files == set(archive.namelist()) - {project}
    assert lines.count("<TRACK") == len(template.score.channels)
    hits = sum(len(track.notes) for track in template.score.channels)
    assert lines.count("<ITEM") > hits


def test_the_picture_and_the_credits_tell_of_every_stem(template):
    svg = template.path(".svg").read_text(encoding="utf-8")
    ElementTree.fromstring(svg)
    assert template.path(".png").read_bytes() == picture_png(svg)
    text = template.path("_credits.txt").read_text(encoding="utf-8")
    record = json.loads(template.path("_credits.json").read_text(encoding="utf-8"))
    for choice in template.score.choices:
        assert choice.name in text
        assert choice.name in {stem["name"] for stem in record["stems"]}


def test_the_same_track_gives_the_same_bytes_again(template, made):
    shutil.rmtree(made.folder)
    made.exports.export(made.track_id)
    for file in made.exports.files(made.track_id).files:
        again, before = made.folder / file.name, template.folder / file.name
        assert again.read_bytes() == before.read_bytes(), file.name


# what is kept


def test_what_is_there_is_not_made_again(made):
    before = stamps(made)
    assert len(made.exports.export(made.track_id).files) > 10
    assert stamps(made) == before


def test_a_file_that_is_gone_or_cut_is_made_again(made):
    whole = made.path(".mid").read_bytes()
    made.path(".mid").write_bytes(b"cut")
    made.path(".svg").unlink()
    listed = made.exports.files(made.track_id)
    assert not {"midi", "picture"} & {file.format for file in listed.files}
    made.exports.export(made.track_id, ["midi", "picture"])
    assert made.path(".mid").read_bytes() == whole
    assert made.path(".svg").is_file()


def test_another_sound_is_exported_anew_but_the_notes_stay(made):
    flac, notes = made.path(".flac").read_bytes(), made.path(".mid").stat().st_mtime_ns
    audio, rate = soundfile.read(made.wav, dtype="int32")
    soundfile.write(made.wav, audio[::-1], rate, subtype="PCM_24")
    made.exports.export(made.track_id, ["flac", "midi"])
    assert made.path(".flac").read_bytes() != flac
    assert made.path(".mid").stat().st_mtime_ns == notes


def test_another_score_loses_the_stems_that_it_does_not_have(made):
    sidecar = made.wav.with_suffix(".json")
    record = json.loads(sidecar.read_text())
    gone = record["score"]["tracks"].pop()["name"]
    sidecar.write_text(json.dumps(record))
    made.exports.export(made.track_id, ["stems"])
    names = [path.name for path in (made.folder / "stems").iterdir()]
    assert not any(name.endswith(f" {gone}.wav") for name in names)
    listed = made.exports.files(made.track_id).files
    assert {f"stems/{name}" for name in names} <= {file.name for file in listed}


def test_formats_come_in_any_order_and_only_those_asked_for(made):
    shutil.rmtree(made.folder)
    answer = made.exports.export(made.track_id, ["midi", "credits", "midi"])
    assert [file.format for file in answer.files] == ["midi", "credits", "credits"]
    assert {file.format for file in made.exports.files(made.track_id).files} == {"midi", "credits"}


def test_a_cancelled_export_leaves_only_whole_formats(made):
    shutil.rmtree(made.folder)

    def cancel(stage: str, done: int, total: int) -> None:
        assert stage == "exporting"
        if done > 0.4 * total:
            raise JobCancelled("stop")

    with pytest.raises(JobCancelled):
        made.exports.export(made.track_id, progress=cancel)
    listed = made.exports.files(made.track_id).files
    assert {file.format for file in listed} == {"wav", "flac", "mp3"}
    assert not list(made.folder.glob(".part-*"))


def test_progress_never_falls_and_ends_at_its_end(made):
    shutil.rmtree(made.folder)
    record: list[float] = []
    made.exports.export(
        made.track_id, ["wav", "stems"], lambda _, done, total: record.append(done / total)
    )
    assert record == sorted(record)
    assert record[-1] == 1.0


def test_a_deleted_track_takes_its_exports_with_it(made):
    services = made.services
    tracks = TrackService(
        services.database, services.settings,
        arranger=services.arranger, renderer=services.renderer,
    )  # fmt: skip
    tracks.delete(made.track_id)
    assert not made.folder.exists()
    with pytest.raises(NotFoundError):
        made.exports.files(made.track_id)


# zips


def test_all_files_come_as_one_zip(template):
    download = template.exports.zip(template.track_id, "all.zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(download.pieces))) as archive:
        assert archive.testzip() is None
        listed = template.exports.files(template.track_id).files
        assert {info.filename: info.file_size for info in archive.infolist()} == {
            f"{template.wav.stem}/{file.name}": file.bytes for file in listed
        }


def test_stems_come_as_a_zip_of_their_own(template):
    download = template.exports.zip(template.track_id, "stems.zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(download.pieces))) as archive:
        names = archive.namelist()
    assert len(names) == len(list((template.folder / "stems").iterdir())) + 1
    assert download.name == f"{template.wav.stem}_stems.zip"


def test_no_other_zip_and_no_empty_one(made):
    with pytest.raises(NotFoundError, match=r"midi\.zip"):
        made.exports.zip(made.track_id, "midi.zip")
    shutil.rmtree(made.folder)
    with pytest.raises(NotFoundError, match="export the track first"):
        made.exports.zip(made.track_id, "all.zip")


# what can't be done


def test_a_stem_that_is_gone_from_the_library_is_named(made):
    choice = made.score.choices[0]
    with made.services.database.transaction() as session:
        session.execute(delete(Stem).where(Stem.id == choice.stem_id))
    shutil.rmtree(made.folder)
    for name in ("stems", "midi", "dawproject", "reaper"):
        with pytest.raises(ConflictError, match=choice.name) as caught:
            made.exports.export(made.track_id, [name])
        assert caught.value.code == "stem_missing"
    made.exports.export(made.track_id, ["wav", "picture", "credits"])


def test_a_mark_of_our_own_making_is_never_missing(made):
    sidecar = made.wav.with_suffix(".json")
    record = json.loads(sidecar.read_text())
    mark = {
        "stem_id": "made-riser-1", "start_beats": 8.0, "length_beats": 8.0,
        "source_start_s": 12.0, "source_length_s": 3.8,
    }  # fmt: skip
    record["score"]["tracks"].append({"name": "riser", "role": "fx", "clips": [mark]})
    sidecar.write_text(json.dumps(record))
    made.exports.export(made.track_id, ["stems", "midi", "dawproject"])
    (stem,) = (path for path in (made.folder / "stems").iterdir() if "riser" in path.name)
    assert np.abs(samples(stem)).max() > 0.01


def test_a_standardised_copy_that_is_gone_is_named(made):
    choice = made.score.choices[0]
    card = made.services.cards.by_id([choice.stem_id])[choice.stem_id]
    (made.services.settings.processed_path / card.path).unlink()
    shutil.rmtree(made.folder)
    with pytest.raises(ConflictError, match=choice.name):
        made.exports.export(made.track_id, ["stems"])
    assert not [path for path in made.folder.rglob("*") if path.is_file()]


def test_a_track_whose_file_is_gone_can_still_be_exported_from_its_score(made):
    made.wav.unlink()
    shutil.rmtree(made.folder)
    made.exports.export(made.track_id, ["stems", "midi", "credits"])
    with pytest.raises(ConflictError, match="render it again") as caught:
        made.exports.export(made.track_id, ["flac"])
    assert caught.value.code == "track_missing"


@pytest.mark.parametrize("text", [None, "", "{}", "[]", '{"score": {"bpm": 1}}'])
def test_a_track_without_its_score_is_refused(made, text):
    sidecar = made.wav.with_suffix(".json")
    sidecar.unlink()
    if text is not None:
        sidecar.write_text(text)
    with pytest.raises(ConflictError, match="render it again") as caught:
        made.exports.check(made.track_id, ["midi"])
    assert caught.value.code == "score_missing"


def test_an_unknown_format_is_refused_by_name(made):
    with pytest.raises(InvalidInputError, match=r"must be one of wav, flac.*got 'ogg'"):
        made.exports.export(made.track_id, ["wav", "ogg"])


def test_an_unknown_track_is_not_found(made):
    for ask in (made.exports.files, made.exports.export):
        with pytest.raises(NotFoundError):
            ask("nobody")


@pytest.mark.parametrize("name", ["../../stems.db", ".made-midi.json", "gone.wav", "stems", ""])
def test_only_what_was_exported_is_handed_out(made, name):
    with pytest.raises(NotFoundError, match="no export"):
        made.exports.file(made.track_id, name)


def test_the_newest_track_is_found_without_its_id(made):
    assert made.exports.newest() == made.track_id


# a real one


def test_a_rendered_demo_track_is_exported_whole(demo_library, tmp_path):
    shutil.copytree(demo_library / "processed_database", tmp_path / "processed_database")
    services = build_services(Settings(TRAUM_HOME=tmp_path))
    requested = services.arranger.plan_prompt("dark techno 132 bpm, 16 bars", seed=2)
    track = services.renderer.render_track(requested, seed=2)
    services.exports.export(track.track_id, ["stems", "dawproject", "midi"])
    services.close()
    real = at(tmp_path, track.track_id, Path(track.track_path).name)
    premaster = samples(real.path("_premaster.wav"))
    total = np.zeros_like(premaster)
    for path in (real.folder / "stems").iterdir():
        total += samples(path)
    assert 20 * np.log10(np.abs(total - premaster).max()) < -90
    with zipfile.ZipFile(real.path(".dawproject")) as archive:
        assert complaints(archive.read("project.xml")) == []

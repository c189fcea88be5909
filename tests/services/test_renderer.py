import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sqlalchemy import select

from src.audio.metering.loudness import integrated_loudness
from src.audio.metering.true_peak import true_peak_dbtp
from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError
from src.core.progress import JobCancelled
from src.db.database import Database
from src.db.models import TrackRow
from src.db.rows.cards import StemCards
from src.embeddings.acoustic import AcousticEmbedder
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery, plan_to_dict
from src.services.renderer import RendererService
from src.services.search import SearchService
from tests.services.small_library import fill_library, made_stems

BLUEPRINT = {
    "bpm": 126,
    "key": "Am",
    "structure": [
        {"section": "Intro", "bars": 4, "stem_queries": [{"category": "atmo", "count": 1}]},
        {
            "section": "Groove",
            "bars": 8,
            "stem_queries": [
                {"category": "kick", "tags": ["punchy"], "count": 1},
                {"category": "bass", "tags": ["dark"], "count": 1},
                {"category": "hihat"},
            ],
        },
    ],
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the small library; tests work on copies of it."""
    home = tmp_path_factory.mktemp("library")
    made = service(home)
    fill_library(made.database, made.settings, AcousticEmbedder(), made_stems())
    made.database.close()
    return home


def service(home: Path) -> RendererService:
    settings = Settings(TRAUM_HOME=home)
    database = Database(settings.sql_url)
    database.upgrade()
    return RendererService(
        database, settings, SearchService(database, AcousticEmbedder()), StemCards(database)
    )


@pytest.fixture
def renderer(tmp_path: Path, template: Path) -> Iterator[RendererService]:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    made = service(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[RendererService]:
    made = service(tmp_path)
    yield made
    made.database.close()


def simple_plan(*categories: str, bars: int = 8, energy: float = 0.9, **more) -> ArrangementPlan:
    queries = tuple(StemQuery(category) for category in categories)
    return ArrangementPlan(
        120.0, "Am", (SectionPlan("Groove", bars, queries, energy=energy),), "techno", **more
    )


def tracks_of(renderer: RendererService) -> list[TrackRow]:
    with renderer.database.transaction() as session:
        return list(session.scalars(select(TrackRow)))


def test_the_blueprint_of_the_seed_becomes_a_track(renderer, tmp_path):
    track = renderer.render_track(BLUEPRINT, seed=5)

    path = tmp_path / track.track_path
    info = soundfile.info(path)
    assert track.track_path.startswith("generated_tracks/")
    assert (info.samplerate, info.channels, info.subtype) == (48_000, 2, "PCM_24")
    assert info.duration >= 12 * 4 * 60 / 126
    assert {stem["asked_category"] for stem in track.stems} == {"atmo", "kick", "bass", "hihat"}


def test_loudness_and_peak_of_the_file_are_what_was_asked_for(renderer, tmp_path):
    track = renderer.render_track(simple_plan("kick", "bass", "hihat", "drums", "pad"))

    audio = soundfile.read(tmp_path / track.track_path, dtype="float32", always_2d=True)[0].T
    assert integrated_loudness(audio, sample_rate=48_000) == pytest.approx(-14.0, abs=0.5)
    assert true_peak_dbtp(audio, sample_rate=48_000) <= -1.0
    assert np.abs(audio).max() < 1.0
    assert track.loudness_lufs == pytest.approx(-14.0, abs=0.5)


def test_the_plans_own_loudness_wins(renderer, tmp_path):
    track = renderer.render_track(simple_plan("drums", "bass", target_lufs=-20.0))

    audio = soundfile.read(tmp_path / track.track_path, dtype="float32", always_2d=True)[0].T
    assert integrated_loudness(audio, sample_rate=48_000) == pytest.approx(-20.0, abs=0.5)


def test_a_preset_brings_its_levels(renderer, tmp_path):
    plan = simple_plan("kick", "bass", "hihat", "drums", "pad", mastering="club")
    track = renderer.render_track(plan)

    audio = soundfile.read(tmp_path / track.track_path, dtype="float32", always_2d=True)[0].T
    assert integrated_loudness(audio, sample_rate=48_000) == pytest.approx(-8.0, abs=0.3)
    assert true_peak_dbtp(audio, sample_rate=48_000) <= -1.0
    assert track.mix["preset"] == "club"
    assert track.reached


def test_a_missed_loudness_is_told_with_its_reason(renderer):
    plan = simple_plan("kick", energy=0.2, target_lufs=-5.0)
    track = renderer.render_track(plan)

    missed = [text for text in track.warnings if "misses its loudness" in text]
    assert not track.reached
    assert track.mix["shortfall"] == "peaks"
    assert track.mix["missed_by"] == pytest.approx(track.loudness_lufs + 5.0)
    assert missed == [
        f"the track has {track.loudness_lufs:.1f} LUFS instead of -5, it misses its loudness by"
        f" {-track.mix['missed_by']:.1f} LU: more gain would be eaten by the limiter and cost"
        " the track its punch"
    ]


def test_the_same_seed_gives_the_same_bytes(renderer, tmp_path):
    plan = simple_plan("kick", "hihat", "bass", "pad", "atmo")

    files = [tmp_path / renderer.render_track(plan, seed=3).track_path for _ in range(2)]

    assert files[0] != files[1]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_another_seed_gives_another_track(renderer, tmp_path):
    plan = simple_plan("kick", "hihat", "bass")

    files = [tmp_path / renderer.render_track(plan, seed=seed).track_path for seed in (1, 2)]

    assert files[0].read_bytes() != files[1].read_bytes()


def test_the_beats_of_the_file_lie_on_the_grid(renderer, tmp_path):
    track = renderer.render_track(replace(simple_plan("kick", bars=16, energy=0.6), bpm=133.0))

    audio = soundfile.read(tmp_path / track.track_path, dtype="float32", always_2d=True)[0].T
    power = np.abs(audio[0])
    for beat in [*range(30), *range(33, 60)]:  # Between them lies the turn of a phrase.
        place = round(beat * 60 / 133.0 * 48_000)
        before, after = power[max(0, place - 480) : place], power[place : place + 480]
        assert after.max() > 10 * before.max(initial=1e-6)


def test_the_description_beside_the_track_tells_everything(renderer, tmp_path):
    track = renderer.render_track(BLUEPRINT, seed=9)

    reported = json.loads((tmp_path / track.sidecar_path).read_text(encoding="utf-8"))
    assert reported["seed"] == 9
    assert reported["plan"]["structure"][1]["stem_queries"][0]["tags"] == ["punchy"]
    assert {"name": "Kick Round", "kit": "Kit", "licence": "CC0-1.0",
            "original_file": "Kit/Kick Round.wav"} in reported["credits"]  # fmt: skip
    assert all(stem["reasons"] for stem in reported["stems"])
    assert {line["role"] for line in reported["score"]["tracks"]} >= {"kick", "bass"}
    assert reported["mix"]["loudness_lufs"] == track.loudness_lufs


def test_the_track_has_a_row(renderer):
    track = renderer.render_track(simple_plan("kick"), seed=4)

    rows = tracks_of(renderer)
    assert [(row.id, row.seed, row.bpm) for row in rows] == [(track.track_id, 4, 120.0)]
    assert rows[0].path == Path(track.track_path).name


def test_a_place_can_be_chosen_and_used_again(renderer, tmp_path):
    out = tmp_path / "mine" / "song.wav"

    for seed in (1, 2):
        track = renderer.render_track(simple_plan("kick"), seed=seed, out=out)

    assert track.track_path == "mine/song.wav"
    assert sorted(file.name for file in out.parent.iterdir()) == ["song.json", "song.wav"]
    assert [row.seed for row in tracks_of(renderer)] == [2]


def test_a_cancelled_track_leaves_nothing_behind(renderer, tmp_path):
    def cancel(stage, done, total):
        if stage != "choosing stems":
            raise JobCancelled

    with pytest.raises(JobCancelled):
        renderer.render_track(simple_plan("kick", "bass"), progress=cancel)

    assert list((tmp_path / "generated_tracks").iterdir()) == []
    assert tracks_of(renderer) == []


def test_progress_tells_real_steps(renderer):
    stages = []

    renderer.render_track(simple_plan("kick", "bass"), progress=lambda *step: stages.append(step))

    assert len({stage for stage, _, _ in stages}) >= 2
    assert all(0 <= done <= total for _, done, total in stages if total)


def test_an_empty_library_says_what_to_do(empty):
    with pytest.raises(ConflictError, match="preprocess"):
        empty.render_track(BLUEPRINT)


def test_a_library_without_any_of_the_roles_says_so(renderer):
    with pytest.raises(ConflictError, match="guitar"):
        renderer.render_track(simple_plan("guitar", "vocal"), seed=1)


def test_a_missing_role_is_a_warning(renderer):
    track = renderer.render_track(simple_plan("kick", "vocal"))

    assert any("vocal" in warning for warning in track.warnings)


def test_a_plan_that_is_too_long_is_refused(renderer):
    with pytest.raises(InvalidInputError, match="1200 s"):
        renderer.render_track(simple_plan("kick", bars=512, time_signature="7/4"))


def test_a_plan_that_asks_for_nothing_is_refused(renderer):
    with pytest.raises(InvalidInputError, match="no stems"):
        renderer.render_track(simple_plan())


def test_a_plan_as_json_gives_the_same_score(renderer):
    plan = simple_plan("kick", "bass", "hihat")

    assert renderer.make_score(plan_to_dict(plan), seed=2) == renderer.make_score(plan, seed=2)


def test_a_lost_copy_is_told_by_name(renderer, tmp_path):
    for file in (tmp_path / "processed_database" / "stems").iterdir():
        file.unlink()

    with pytest.raises(ConflictError, match="Kick Round"):
        renderer.render_track(simple_plan("kick"))

    assert list((tmp_path / "generated_tracks").iterdir()) == []


@pytest.mark.parametrize(
    ("genre", "time_signature", "bar_s"),
    [("waltz", "3/4", 1.5), ("folk", "6/8", 1.0), ("balkan", "7/8", 1.75), ("blues", "12/8", 2.0)],
)
def test_a_track_in_another_metre_has_its_bars_in_their_places(
    renderer, tmp_path, genre, time_signature, bar_s
):
    plan = replace(
        simple_plan("kick", bars=8, energy=0.45), genre=genre, time_signature=time_signature
    )
    track = renderer.render_track(plan)

    audio = soundfile.read(tmp_path / track.track_path, dtype="float32", always_2d=True)[0]
    level = np.abs(audio).max(axis=1)
    described = json.loads((tmp_path / track.track_path).with_suffix(".json").read_text())
    assert described["score"]["time_signature"] == time_signature
    assert described["plan"]["time_signature"] == time_signature
    assert len(audio) / 48_000 == pytest.approx(8 * bar_s + described["score"]["tail_s"], abs=0.01)
    for bar in range(8):
        start = round(bar * bar_s * 48_000)
        before = level[max(start - 2_400, 0) : max(start - 240, 1)].max()
        assert level[start : start + 2_400].max() > 4.0 * before

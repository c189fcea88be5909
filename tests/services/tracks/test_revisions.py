"""Revisions of real tracks over a small real library."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from src.core.config import Settings
from src.core.errors import InvalidInputError, NotFoundError
from src.core.progress import silent
from src.db.database import Database
from src.db.rows.cards import StemCards
from src.embeddings.acoustic import AcousticEmbedder
from src.music.arranging.plan_edits import Mute, Swap
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from src.services.renderer import RendererService
from src.services.search import SearchService
from src.services.tracks.revisions import RevisionService
from src.services.tracks.service import TrackService, render_params
from tests.services.small_library import MadeStem, fill_library, made_stems, tone


class Studio:
    """A small library and what works on it."""

    def __init__(self, home: Path) -> None:
        settings = Settings(TRAUM_HOME=home)
        self.database = Database(settings.sql_url)
        self.database.upgrade()
        self.search = SearchService(self.database, AcousticEmbedder())
        cards = StemCards(self.database)
        self.home = home
        renderer = RendererService(self.database, settings, self.search, cards)
        self.tracks = TrackService(self.database, settings, arranger=None, renderer=renderer)
        self.revisions = RevisionService(self.database, self.search, cards)
        other = MadeStem("Kick Hard", "kick", tone(62.0, 0.3, decay=12.0, level=0.8))
        fill_library(self.database, settings, AcousticEmbedder(), [*made_stems(), other])

    def render(self, plan: ArrangementPlan, seed: int = 1, parent_id: str | None = None) -> dict:
        return self.tracks.render(render_params(plan, seed, parent_id=parent_id), silent)

    def score(self, track: dict) -> dict:
        return json.loads((self.home / track["sidecar_path"]).read_text(encoding="utf-8"))["score"]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    made = Studio(tmp_path_factory.mktemp("studio"))
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def track(studio: Studio) -> dict:
    queries = (StemQuery("kick"), StemQuery("bass"), StemQuery("hihat"))
    sections = tuple(SectionPlan(name, 4, queries, energy=0.7) for name in ("Groove", "Middle"))
    return studio.render(ArrangementPlan(126.0, "Am", sections, "techno"))


def playing(track: dict) -> dict[str, str]:
    return {stem["voice"]: stem["stem_id"] for stem in track["stems"]}


def test_a_revision_without_a_change_sounds_the_same(studio: Studio, track: dict) -> None:
    revised = studio.revisions.revised(track["track_id"], [Mute("bass", on=False)])
    again = studio.render(revised.plan, revised.seed)

    first, second = (studio.home / one["track_path"] for one in (track, again))
    assert first.read_bytes() == second.read_bytes()


def test_only_the_swapped_voice_changes(studio: Studio, track: dict) -> None:
    others = studio.revisions.suggestions(track["track_id"], "kick")
    assert others
    assert playing(track)["kick"] not in {match.card.id for match in others}
    swap = Swap("kick", others[0].card.id)
    revised = studio.revisions.revised(track["track_id"], [swap])
    made = studio.render(revised.plan, revised.seed)

    assert playing(made) == playing(track) | {"kick": others[0].card.id}
    before, after = studio.score(track)["tracks"], studio.score(made)["tracks"]
    assert [t["clips"] for t in before if t["name"] == "bass"] == [
        t["clips"] for t in after if t["name"] == "bass"
    ]
    assert made["warnings"] == track["warnings"]


def test_a_muted_voice_is_not_in_the_score(studio: Studio, track: dict) -> None:
    revised = studio.revisions.revised(track["track_id"], [Mute("hihat")])

    names = {line["name"] for line in studio.score(studio.render(revised.plan))["tracks"]}
    assert names == {"kick", "bass"}


def test_choices_are_explained_with_their_criteria(studio: Studio, track: dict) -> None:
    record = studio.revisions.explain(track["track_id"])

    assert {choice["voice"] for choice in record} == {"kick", "bass", "hihat"}
    assert all({"criterion", "score", "text"} <= choice["reasons"][0].keys() for choice in record)


def test_a_stem_of_another_kind_can_not_be_swapped_in(studio: Studio, track: dict) -> None:
    swap = Swap("kick", playing(track)["bass"])
    with pytest.raises(InvalidInputError, match="can't play the role 'kick'"):
        studio.revisions.revised(track["track_id"], [swap])


def test_what_is_not_there_is_named(studio: Studio, track: dict) -> None:
    with pytest.raises(NotFoundError, match="nobody"):
        studio.revisions.plan("nobody")
    with pytest.raises(NotFoundError, match="ghost"):
        studio.revisions.revised(track["track_id"], [Swap("kick", "ghost")])
    with pytest.raises(InvalidInputError, match="'tuba'"):
        studio.revisions.suggestions(track["track_id"], "tuba")

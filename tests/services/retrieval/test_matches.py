"""What goes with a stem of a small library."""

from pathlib import Path

import pytest

from src.core.errors import InvalidInputError, NotFoundError
from src.db.database import Database
from src.db.models import Kit, Stem
from src.db.rows.cards import StemCards
from src.services.retrieval import matches
from src.services.retrieval.matches import MAX_LIMIT, MatchQuery, MatchService

FOUR = [1.0 if slot % 4 == 0 else 0.0 for slot in range(16)]
C_MINOR = [1 / 7 if tone in (0, 2, 3, 5, 7, 8, 10) else 0.0 for tone in range(12)]


def stem(stem_id: str, category: str, bpm: float | None = None, **values: object) -> Stem:
    notes = {"chroma": C_MINOR, "groove": FOUR, "groove_bpm": bpm} if bpm else {}
    fields: dict[str, object] = {
        "id": stem_id, "path": f"stems/{stem_id}.wav", "original_file": stem_id,
        "name": stem_id, "content_hash": stem_id, "channels": 2, "is_loop": bpm is not None,
        "duration_s": 4 * 240 / bpm if bpm else 0.3, "original_sample_rate": 48_000,
        "category": category, "bpm": bpm, "tags": {}, "features": {"bass_share": 1.0},
        "analysis": {"matching": notes}, "analysis_version": "1",
    }  # fmt: skip
    return Stem(**(fields | values))


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'stems.db'}")
    made.upgrade()
    with made.transaction() as session:
        session.add(Kit(id="kit1", path="Kit", name="Kit"))
        session.add_all([
            stem("bass", "bass", 128.0, key="Cm", kit_id="kit1"),
            stem("kin", "lead", 128.0, key="Cm", kit_id="kit1"),
            stem("near", "lead", 128.0, key="Cm"),
            stem("off", "lead", 101.0, key="F#m"),
            stem("beat", "drums", 128.0),
            stem("hit", "kick"),
        ])  # fmt: skip
    return made


@pytest.fixture
def service(database: Database) -> MatchService:
    return MatchService(database, StemCards(database))


def found(service: MatchService, query: MatchQuery) -> list[str]:
    return [match.stem.id for match in service.matches(query)]


def test_best_comes_first_and_the_stem_itself_is_left_out(service: MatchService) -> None:
    order = found(service, MatchQuery("bass"))
    assert order[0] == "kin"
    assert order[-1] == "off"
    assert sorted(order) == ["beat", "hit", "kin", "near", "off"]


def test_only_the_asked_categories_are_told(service: MatchService) -> None:
    assert found(service, MatchQuery("bass", categories=("lead",))) == ["kin", "near", "off"]
    assert found(service, MatchQuery("bass", categories=("vocal",))) == []


def test_limit_keeps_the_best(service: MatchService) -> None:
    assert found(service, MatchQuery("bass", limit=2)) == found(service, MatchQuery("bass"))[:2]


def test_what_plays_beside_it_counts_and_is_left_out(service: MatchService) -> None:
    query = MatchQuery("bass", beside=("kin", "beat", "bass"), categories=("lead", "drums"))
    (near, _off) = service.matches(query)
    assert near.stem.id == "near"
    variety = next(r for r in near.found.reasons if r.criterion == "variety")
    assert variety.text == "another lead"


def test_reasons_tell_criterion_by_criterion(service: MatchService) -> None:
    kin = service.matches(MatchQuery("bass"))[0]
    reported = {reason.criterion: reason.score for reason in kin.found.reasons}
    assert (
        reported["tempo"]
        == reported["key"]
        == reported["tones"]
        == reported["rhythm"]
        == reported["kit"]
        == 1.0
    )
    assert reported["room"] < 0.5


def test_a_corrected_tempo_moves_the_groove_with_it(
    service: MatchService, database: Database
) -> None:
    with database.transaction() as session:
        beat = session.get(Stem, "beat")
        assert beat is not None
        beat.bpm = 64.0
    beat_match = next(m for m in service.matches(MatchQuery("bass")) if m.stem.id == "beat")
    reported = {reason.criterion: reason.score for reason in beat_match.found.reasons}
    assert reported["tempo"] == 1.0
    assert reported["rhythm"] == 1.0
    slots = [slot for slot, value in enumerate(beat_match.stem.groove) if value]
    assert slots == list(range(0, 16, 2))


def test_large_libraries_are_narrowed_by_tempo_and_kin(
    service: MatchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matches, "MOST_WEIGHED", 3)
    assert sorted(found(service, MatchQuery("bass"))) == ["beat", "kin", "near"]


def test_unknown_stems_are_not_found(service: MatchService) -> None:
    with pytest.raises(NotFoundError, match="there is no stem 'nobody'"):
        service.matches(MatchQuery("nobody"))
    with pytest.raises(NotFoundError, match="there is no stem 'nobody'"):
        service.matches(MatchQuery("bass", beside=("nobody",)))


@pytest.mark.parametrize(
    ("query", "reported"),
    [
        (MatchQuery("bass", limit=0), f"limit must be from 1 to {MAX_LIMIT}, got 0"),
        (MatchQuery("bass", categories=("tuba",)), "category must be one of .*, got 'tuba'"),
        (MatchQuery("bass", beside=("a",) * 33), "at most 32 stems can play beside it, got 33"),
    ],
)
def test_impossible_questions_are_refused(
    service: MatchService, query: MatchQuery, reported: str
) -> None:
    with pytest.raises(InvalidInputError, match=reported):
        service.matches(query)

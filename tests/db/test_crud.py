"""Rows read and changed, on SQLite and, where there is a server, on PostgreSQL."""

import time

import pytest

from src.core.config import Settings
from src.core.errors import InvalidInputError, NotFoundError
from src.db import crud
from src.db.database import Database
from src.db.models import Kit, Stem, StemLocation, TrackRow, now
from src.db.rows.jobs import NewJob, add_job
from tests.db.stocked import SOUNDS, Sound, stem_row, stock

WHOLE = crud.Window(limit=100)


@pytest.fixture
def stem_ids(database: Database, settings: Settings) -> list[str]:
    return stock(database, settings)


def names(database: Database, requested: crud.StemFilter, sort: str = "name") -> list[str]:
    with database.transaction() as session:
        rows, total = crud.list_stems(session, requested, sort=sort, window=WHOLE)
        assert total == len(rows)
        return [row.name for row in rows]


@pytest.mark.parametrize(
    ("requested", "expected"),
    [
        (crud.StemFilter(), ["bass_138_Am", "hat", "kick_01", "pad_80_C"]),
        (crud.StemFilter(categories=("kick", "hihat")), ["hat", "kick_01"]),
        (crud.StemFilter(bpm_min=100.0), ["bass_138_Am"]),
        (crud.StemFilter(bpm_max=100.0), ["pad_80_C"]),
        (crud.StemFilter(key="C"), ["pad_80_C"]),
        (crud.StemFilter(is_loop=False), ["hat", "kick_01"]),
        (crud.StemFilter(kit="Ambient 80 C"), ["pad_80_C"]),
        (crud.StemFilter(kit="kit-Techno 138 Am"), ["bass_138_Am", "kick_01"]),
        (crud.StemFilter(tag="dark"), ["bass_138_Am", "kick_01"]),
        (crud.StemFilter(text="TECHNO"), ["bass_138_Am", "kick_01"]),
        (crud.StemFilter(text="%"), []),
        (crud.StemFilter(text="_8"), ["pad_80_C"]),
        (crud.StemFilter(tag="dark", is_loop=True), ["bass_138_Am"]),
    ],
)
def test_filters_restrict(
    database: Database, stem_ids: list[str], requested: crud.StemFilter, expected: list[str]
) -> None:
    assert names(database, requested) == expected


def test_capitals_do_not_matter_in_other_alphabets(database: Database, settings: Settings) -> None:
    stock(database, settings, (Sound("Бочка ÜBER.wav"), Sound("kick.wav")))
    assert names(database, crud.StemFilter(text="бочка")) == ["Бочка ÜBER"]
    assert names(database, crud.StemFilter(text="über")) == ["Бочка ÜBER"]


def test_unknown_values_come_last_in_both_directions(
    database: Database, stem_ids: list[str]
) -> None:
    rising = names(database, crud.StemFilter(), "bpm")
    falling = names(database, crud.StemFilter(), "-bpm")
    assert rising[:2] == ["pad_80_C", "bass_138_Am"]
    assert falling[:2] == ["bass_138_Am", "pad_80_C"]


def test_pages_cover_everything_once(database: Database, stem_ids: list[str]) -> None:
    seen = []
    with database.transaction() as session:
        for offset in range(5):
            rows, total = crud.list_stems(
                session, crud.StemFilter(), sort="category", window=crud.Window(1, offset)
            )
            seen += [row.id for row in rows]
            assert total == 4
    assert sorted(seen) == sorted(stem_ids)


def test_an_unknown_order_is_refused(database: Database) -> None:
    with database.transaction() as session, pytest.raises(InvalidInputError, match="colour"):
        crud.list_stems(session, crud.StemFilter(), sort="colour", window=WHOLE)


def test_a_tag_cannot_leave_its_place_in_the_query(database: Database) -> None:
    with database.transaction() as session, pytest.raises(InvalidInputError, match="tag"):
        crud.list_stems(session, crud.StemFilter(tag='x" or "1'), sort="name", window=WHOLE)


def test_missing_stems_are_those_without_any_original(
    database: Database, stem_ids: list[str]
) -> None:
    with database.transaction() as session:
        place = session.get(StemLocation, SOUNDS[0].place)
        assert place is not None
        place.missing = True
        session.add(
            StemLocation(
                path="twin.wav", stem_id=stem_ids[1], size_bytes=1, modified_ns=1, missing=True
            )
        )
    assert names(database, crud.StemFilter(missing=True)) == ["kick_01"]
    assert "bass_138_Am" in names(database, crud.StemFilter(missing=False))


def test_a_deleted_stem_takes_its_empty_kit_along(database: Database, stem_ids: list[str]) -> None:
    with database.transaction() as session:
        crud.delete_stem(session, crud.get_stem(session, stem_ids[2]))
        crud.delete_stem(session, crud.get_stem(session, stem_ids[0]))
    with database.transaction() as session:
        assert [kit.kit.name for kit in crud.list_kits(session)] == ["Techno 138 Am"]
        assert session.get(StemLocation, SOUNDS[0].place) is None
        with pytest.raises(NotFoundError, match="no stem"):
            crud.get_stem(session, stem_ids[0])


def test_kits_tell_what_is_in_them(database: Database, stem_ids: list[str]) -> None:
    with database.transaction() as session:
        ambient, techno = crud.list_kits(session)
    assert (techno.stems, techno.loops, techno.categories) == (2, 1, {"bass": 1, "kick": 1})
    assert ambient.categories == {"pad": 1}


def test_counts_of_the_library(database: Database, stem_ids: list[str]) -> None:
    with database.transaction() as session:
        add_job(session, NewJob("a", "render", {}), now())
        counts = crud.library_counts(session, "plain")
        assert crud.library_counts(session, "other").vectors == 0
    assert (counts.stems, counts.kits, counts.vectors, counts.open_jobs) == (4, 2, 4, 1)


def test_tracks_come_newest_first(database: Database) -> None:
    with database.transaction() as session:
        for number in range(3):
            row = TrackRow(
                id=f"t{number}", path=f"{number}.wav", bpm=120.0, key="Am", seed=2**62,
                duration_s=1.0, plan={"bpm": 120}, report={},
            )  # fmt: skip
            crud.add_track(session, row)
            time.sleep(0.002)
    with database.transaction() as session:
        rows, total = crud.list_tracks(session, window=crud.Window(2))
        assert ([row.id for row in rows], total) == (["t2", "t1"], 3)
        assert crud.get_track(session, "t0").seed == 2**62


def test_a_page_needs_three_queries_however_long_it_is(
    database: Database,
) -> None:
    """Counting, the page with its kits, its places."""
    with database.transaction() as session:
        session.add(Kit(id="kit-K", path="K", name="K"))
        session.flush()
        sounds = [Sound(f"K/{n:05}.wav", "bass", True, 60.0 + n % 99, "Am") for n in range(2_000)]
        rows = [stem_row(sound, f"{n:064x}"[::-1]) for n, sound in enumerate(sounds)]
        session.add_all(rows)
        session.flush()
        session.add_all(
            StemLocation(path=row.original_file, stem_id=row.id, size_bytes=1, modified_ns=1)
            for row in rows
        )
    statements = count_statements(database)
    with database.transaction() as session:
        page, total = crud.list_stems(
            session, crud.StemFilter(), sort="-bpm", window=crud.Window(50, 500)
        )
        reported = [(row.kit.name if row.kit else "", len(row.locations), row.tags) for row in page]
    assert (len(page), total, reported[0][:2]) == (50, 2_000, ("K", 1))
    assert len(statements) == 3, statements


def count_statements(database: Database) -> list[str]:
    from sqlalchemy import event

    seen: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(connection, cursor, statement, parameters, context, many) -> None:  # type: ignore[no-untyped-def]
        seen.append(statement)

    return seen


def test_stem_is_found_by_its_content(database: Database, stem_ids: list[str]) -> None:
    with database.transaction() as session:
        digest = crud.get_stem(session, stem_ids[0]).content_hash
        found = crud.stem_of_content(session, digest)
        assert isinstance(found, Stem)
        assert found.id == stem_ids[0]
        assert crud.stem_of_content(session, "0" * 64) is None


def test_stems_are_found_by_the_names_that_the_first_plan_gave(
    database: Database, stem_ids: list[str]
) -> None:
    with database.transaction() as session:
        assert {stem.id for stem in crud.get_stems(session)} == set(stem_ids)
        assert len(crud.get_stems(session, skip=1, limit=2)) == 2
        kick = crud.get_stem_by_id(session, stem_ids[0])
        assert kick is not None
        assert kick.name == "kick_01"
        assert crud.get_stem_by_id(session, "nobody") is None
        find = crud.search_stems_by_tags_and_category
        assert [stem.name for stem in find(session, ["dark"], "kick")] == ["kick_01"]
        assert {stem.name for stem in find(session, ["dark"])} == {"kick_01", "bass_138_Am"}
        assert find(session, ["dark", "warm"]) == []
        assert [stem.name for stem in find(session, category="pad")] == ["pad_80_C"]


@pytest.mark.parametrize(
    ("chords", "expected"),
    [
        ("Am F C G", ["pad"]),
        ("C G Am F", ["pad"]),
        ("Am7 Fmaj7", ["pad"]),
        ("Am F Am F", ["pad"]),
        ("F Am", []),
        ("Am", ["bass", "pad"]),
        ("A", ["bass"]),
        ("D", []),
    ],
)
def test_loops_are_found_by_the_chords_they_go_over_wherever_they_begin(
    database: Database, settings: Settings, chords: str, expected: list[str]
) -> None:
    four = (("Am", 4.0, 0.9), ("F", 4.0, 0.9), ("C/E", 4.0, 0.9), ("G7", 4.0, 0.9))
    one = (("A5", 8.0, 0.9),)
    stock(
        database,
        settings,
        (
            Sound("pad.wav", "pad", True, 80.0, "Am", 0.1, chords=four),
            Sound("bass.wav", "bass", True, 80.0, "Am", 0.1, chords=one),
            Sound("hat.wav", "hihat", seconds=0.05),
        ),
    )
    assert names(database, crud.StemFilter(chords=chords)) == expected

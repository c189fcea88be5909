"""What of the library an import may call gone: only what its walk would have found."""

from pathlib import Path

import pytest

from src.db.rows.imports import KnownPlace, LibraryState, RefusedFile
from src.services.ingest.diff import Scope, compare
from src.services.ingest.scan import FoundFile, Scan
from src.storage.second_decoder import WOULD_BE_READ


def scope(root: Path, folder: str = "", unread: tuple[str, ...] = ()) -> Scope:
    return Scope(root / folder, root, tuple(root / one for one in unread))


@pytest.mark.parametrize(
    ("place", "covered"),
    [
        ("a.wav", True),
        ("Kit/b.wav", True),
        ("Closed/c.wav", False),
        ("Closed/inner/d.wav", False),
        ("Closed too/e.wav", True),
        ("/elsewhere/f.wav", False),
    ],
)
def test_places_below_an_unread_folder_are_out_of_scope(
    tmp_path: Path, place: str, covered: bool
) -> None:
    assert scope(tmp_path, unread=("Closed",)).covers(place) == covered


def test_places_beside_the_walked_folder_are_out_of_scope(tmp_path: Path) -> None:
    walked = scope(tmp_path, "Kit")
    assert [walked.covers(place) for place in ("Kit/a.wav", "Kit 2/b.wav", "c.wav")] == [
        True, False, False,
    ]  # fmt: skip


def test_where_nothing_could_be_read_nothing_is_gone(tmp_path: Path) -> None:
    assert not Scope(tmp_path, tmp_path, (tmp_path,)).covers("a.wav")


def test_only_places_in_scope_without_a_file_are_gone(tmp_path: Path) -> None:
    known = {name: KnownPlace(name, f"stem of {name}", None, 1, 1) for name in (
        "Closed/a.wav", "Kit/gone.wav", "Kit/there.wav",
    )}  # fmt: skip
    there = FoundFile(tmp_path / "Kit/there.wav", "Kit/there.wav", "Kit/there.wav", 1, 1)
    todo = compare(
        Scan(files=[there]),
        LibraryState(locations=known),
        scope=scope(tmp_path, unread=("Closed",)),
        outdated={},
    )
    assert todo.gone == {"stem of Kit/gone.wav": ["Kit/gone.wav"]}
    assert todo.unchanged == 1


def test_a_sound_that_waited_for_a_second_decoder_is_read_once_there_is_one() -> None:
    found = FoundFile(Path("/raw/a.m4a"), "a.m4a", "a.m4a", 9, 9)
    why = "unsupported"
    waiting = RefusedFile("1", "a.m4a", "KEPT_1", why, f"MP4 ({WOULD_BE_READ})", 9, 9)
    hopeless = RefusedFile("1", "a.m4a", "KEPT_1", why, "no moov atom", 9, 9)

    def fresh(bad: RefusedFile, *, second_decoder: bool) -> int:
        state = LibraryState(bad={bad.id: bad})
        todo = compare(
            Scan([found]),
            state,
            scope=scope(Path("/raw")),
            outdated={},
            second_decoder=second_decoder,
        )
        assert len(todo.fresh) + len(todo.kept_bad) == 1
        return len(todo.fresh)

    assert fresh(waiting, second_decoder=False) == 0
    assert fresh(waiting, second_decoder=True) == 1
    assert fresh(hopeless, second_decoder=True) == 0

import shlex
from dataclasses import replace

import pytest

from src.music.export.daw_session import SessionMarker
from src.storage.daw.reaper import reaper_project
from tests.storage.made_sessions import BPM, RATE, made_session


class Chunk:
    """A block of an .rpp: its words, its lines, the blocks inside."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.lines: list[list[str]] = []
        self.chunks: list[Chunk] = []

    def value(self, name: str) -> list[str]:
        (found,) = (line[1:] for line in self.lines if line[0] == name)
        return found

    def all(self, name: str) -> "list[Chunk]":
        return [chunk for chunk in self.chunks if chunk.words[0] == name]


def parsed(text: str) -> Chunk:
    """A small reader of the format: one line one statement, < opens, > closes."""
    top = Chunk([])
    open_chunks = [top]
    for line in text.splitlines():
        bare = line.strip()
        assert len(line) - len(bare) == 2 * (len(open_chunks) - 1 - (bare == ">")), line
        if bare == ">":
            open_chunks.pop()
        elif bare.startswith("<"):
            chunk = Chunk(shlex.split(bare[1:]))
            open_chunks[-1].chunks.append(chunk)
            open_chunks.append(chunk)
        else:
            open_chunks[-1].lines.append([bare] if bare[0] == "|" else shlex.split(bare))
    assert open_chunks == [top], "every block is closed"
    (project,) = top.chunks
    return project


@pytest.fixture(scope="module")
def project() -> Chunk:
    return parsed(reaper_project(made_session()))


def test_tempo_metre_rate_and_markers_are_the_sessions(project):
    assert project.words[0] == "REAPER_PROJECT"
    assert project.value("TEMPO") == ["133", "3", "4"]
    assert project.value("SAMPLERATE")[0] == "48000"
    markers = [line[1:] for line in project.lines if line[0] == "MARKER"]
    assert [marker[2] for marker in markers] == ["Intro", "Дроп <2>"]
    assert float(markers[1][1]) * RATE == pytest.approx(round(6 * 60 / BPM * RATE), abs=1e-6)


def test_every_pass_of_a_loop_is_an_item_on_its_sample(project):
    items = project.all("TRACK")[0].all("ITEM")
    expected = made_session().tracks[0].items[0].passes
    assert len(items) == 3
    for item, (start, length) in zip(items, expected, strict=True):
        assert float(item.value("POSITION")[0]) * RATE == pytest.approx(start, abs=1e-6)
        assert float(item.value("LENGTH")[0]) * RATE == pytest.approx(length, abs=1e-6)


def test_only_the_ends_of_a_loop_fade(project):
    items = project.all("TRACK")[0].all("ITEM")
    assert [float(item.value("FADEIN")[1]) for item in items] == [0.25, 0.0, 0.0]
    assert [float(item.value("FADEOUT")[1]) for item in items] == [0.0, 0.0, 0.5]


def test_items_have_their_level_their_name_and_a_file_beside_the_project(project):
    first, second = project.all("TRACK")[1].all("ITEM")
    assert float(first.value("VOLPAN")[0]) == 0.5
    assert float(second.value("VOLPAN")[0]) == 0.9
    assert first.value("NAME") == ["Kick"]
    (source,) = first.all("SOURCE")
    assert source.words == ["SOURCE", "WAVE"]
    assert source.value("FILE") == ["audio/kick & co.wav"]


def test_a_name_with_quotes_stays_whole(project):
    assert project.all("TRACK")[0].all("ITEM")[0].value("NAME") == ['Bass "Roll"']


def test_faders_hold_the_level_and_envelopes_what_moves(project):
    bass, kick = project.all("TRACK")
    assert [float(value) for value in bass.value("VOLPAN")[:2]] == [0.5, 0.0]
    assert float(kick.value("VOLPAN")[0]) == 3.0
    (envelope,) = bass.all("VOLENV2")
    points = [line[1:3] for line in envelope.lines if line[0] == "PT"]
    assert [float(value) for _, value in points] == [0.1, 2.0]
    assert not kick.all("VOLENV2")


def test_an_envelope_counts_pan_from_the_right(project):
    (envelope,) = project.all("TRACK")[0].all("PANENV2")
    assert [float(line[2]) for line in envelope.lines if line[0] == "PT"] == [1.0, -0.5]


def test_a_still_pan_is_on_the_fader():
    session = made_session()
    still = replace(session.tracks[0], pan_curve=())
    (track,) = parsed(reaper_project(replace(session, tracks=(still,)))).all("TRACK")
    assert float(track.value("VOLPAN")[1]) == -0.5


def test_line_breaks_and_all_kinds_of_quotes_break_nothing():
    session = replace(
        made_session(), title="one\n>two\n<three", markers=(SessionMarker(0.0, "a\n>\"'`"),)
    )
    project = parsed(reaper_project(session))
    (marker,) = (line for line in project.lines if line[0] == "MARKER")
    assert marker[3] == "a >'" + "'`"

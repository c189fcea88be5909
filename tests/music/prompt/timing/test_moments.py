"""Words that say when, in three languages, and those that only look like it."""

import pytest

from src.music.prompt.length import Length
from src.music.prompt.timing.moments import (
    AT,
    BARE,
    BEFORE,
    END,
    FROM,
    LASTING,
    MIDDLE,
    START,
    UNTIL,
    WITHIN,
    Moment,
    TimeMark,
    find_marks,
)
from src.words.spelling import fold


def marks(text: str) -> list[TimeMark]:
    return find_marks(fold(text))


@pytest.mark.parametrize(
    ("text", "kind", "moment"),
    [
        ("bass at bar 17", AT, Moment(bars=16.0)),
        ("drums after 32 bars", AT, Moment(bars=32.0)),
        ("ab Takt 33 Drums", FROM, Moment(bars=32.0)),
        ("beim 9. Takt Bass", AT, Moment(bars=8.0)),
        ("с 17 такта бас", FROM, Moment(bars=16.0)),
        ("на 17-м такте бас", AT, Moment(bars=16.0)),
        ("drop at 1:30", AT, Moment(seconds=90.0)),
        ("vocal @0:45", AT, Moment(seconds=45.0)),
        ("bei 1:30 Bass", AT, Moment(seconds=90.0)),
        ("nach 30 Sekunden Bass", AT, Moment(seconds=30.0)),
        ("через минуту брейк", AT, Moment(seconds=60.0)),
        ("через полторы минуты брейк", AT, Moment(seconds=90.0)),
        ("at 2 minutes techno", AT, Moment(seconds=120.0)),
        ("drums at 45s", AT, Moment(seconds=45.0)),
        ("bei Minute 2 Bass", AT, Moment(seconds=120.0)),
        ("на второй минуте дроп", AT, Moment(seconds=60.0)),
        ("at the 1 minute mark drums", AT, Moment(seconds=60.0)),
        ("8 bars later bass", AT, Moment(bars=8.0, later=True)),
        ("not until bar 9 bass", FROM, Moment(bars=8.0)),
        ("erst ab Takt 9 Bass", FROM, Moment(bars=8.0)),
        ("at bar 0 drums", AT, START),
        ("halfway the drums stop", AT, Moment(share=0.5)),
        ("после второго дропа струнные", AT, Moment(section="drop", number=2, at_end=True)),
        ("from the second drop on", FROM, Moment(section="drop", number=2)),
        ("after the first 16 bars bass", AT, Moment(bars=16.0)),
    ],
)
def test_a_moment_is_found(text: str, kind: str, moment: Moment) -> None:
    (mark,) = marks(text)
    assert (mark.kind, mark.start) == (kind, moment)


@pytest.mark.parametrize(
    ("text", "kind", "moment"),
    [
        ("no snare until the drop", UNTIL, Moment(section="drop")),
        ("bis zum Drop nur Pads", UNTIL, Moment(section="drop")),
        ("без баса до дропа", UNTIL, Moment(section="drop")),
        ("drums until 1:00", UNTIL, Moment(seconds=60.0)),
        ("until the last 8 bars drums", UNTIL, Moment(bars=-8.0)),
        ("silence before the drop", BEFORE, Moment(section="drop")),
    ],
)
def test_an_end_is_found(text: str, kind: str, moment: Moment) -> None:
    (mark,) = marks(text)
    assert (mark.kind, mark.end) == (kind, moment)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("the first 16 bars only hats", START, Moment(bars=16.0)),
        ("die ersten 8 Takte nur Pad", START, Moment(bars=8.0)),
        ("первые 30 секунд пэд", START, Moment(seconds=30.0)),
        ("first minute piano", START, Moment(seconds=60.0)),
        ("last 8 bars piano", Moment(bars=-8.0), END),
        ("bars 17-32 vocals", Moment(bars=16.0), Moment(bars=32.0)),
        ("from bar 17 to bar 33 vocals", Moment(bars=16.0), Moment(bars=32.0)),
        ("с 17 по 32 такт вокал", Moment(bars=16.0), Moment(bars=32.0)),
        ("0:30-1:00 drums", Moment(seconds=30.0), Moment(seconds=60.0)),
        ("von 30 bis 60 Sekunden Bass", Moment(seconds=30.0), Moment(seconds=60.0)),
        ("in der Mitte ein Break", *MIDDLE),
        ("in the second half strings", Moment(share=0.5), END),
        ("im zweiten Drop Streicher", Moment(section="drop", number=2),
         Moment(section="drop", number=2, at_end=True)),
    ],
)  # fmt: skip
def test_a_block_is_found(text: str, start: Moment, end: Moment) -> None:
    (mark,) = marks(text)
    assert (mark.kind, mark.start, mark.end) == (WITHIN, start, end)


@pytest.mark.parametrize(
    ("text", "kind", "length"),
    [
        ("pads for 8 bars", LASTING, Length(bars=8.0)),
        ("16 bars of drums", LASTING, Length(bars=16.0)),
        ("für 8 Takte Pad", LASTING, Length(bars=8.0)),
        ("4 minutes and 30 seconds", BARE, Length(seconds=270.0)),
        ("techno 64 bars 124 bpm", BARE, Length(bars=64.0)),
    ],
)
def test_a_length_is_told_from_a_moment(text: str, kind: str, length: Length) -> None:
    (mark,) = marks(text)
    assert (mark.kind, mark.length) == (kind, length)


@pytest.mark.parametrize(
    "text",
    [
        "piano music for a bar", "synths from the 80s", "a second drop", "ein zweiter Drop",
        "техно с дропом", "every 8 bars a crash", "from 120 to 140 bpm", "a dark techno track",
        "in the drop", "12-bar blues"[3:],
    ],
)  # fmt: skip
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert marks(text) == []


def test_one_clock_is_a_length_and_several_are_times() -> None:
    assert marks("techno 3:30") == []
    assert [mark.start for mark in marks("0:00 pads, 0:30 kick")] == [
        Moment(seconds=0.0), Moment(seconds=30.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["the second minute house", "die zweite Minute House", "вторую минуту хаус"]
)
def test_a_numbered_minute_lasts_one(text: str) -> None:
    (mark,) = marks(text)
    assert (mark.kind, mark.start, mark.end) == (
        WITHIN, Moment(seconds=60.0), Moment(seconds=120.0),
    )  # fmt: skip

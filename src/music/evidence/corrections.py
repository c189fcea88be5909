"""What a user says of a stem, laid over what the machine found.

Two layers: ``found`` holds the machine's word per column, ``said`` the user's. The columns
of a stem are what follows from both. Nothing is lost: what is taken back shows the other
layer again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from src.core.errors import InvalidInputError
from src.music.theory.library import DRUM_CATEGORIES
from src.music.theory.progressions import ChordRow, chord_row, chords_said, progression_text
from src.music.theory.tempo import BEATS_PER_BAR, bars_from_beats, beats_in

SLOWEST_BPM, FASTEST_BPM = 20.0, 999.0
"""Tempos that a stem may have, in beats per minute."""

MOST_TAGS = 32

CORRECTABLE = (
    "bpm", "key", "category", "is_loop", "tags", "name", "licence", "user_rating", "chords",
)  # fmt: skip
"""Fields that a user can correct. Each is a column of a stem."""

COVERED = (*CORRECTABLE, "bars", "progression")
"""Columns that follow from both layers."""

TAG_CHANGES = ("add_tags", "remove_tags")
"""Said of tags without replacing them all, so that later analyses still add theirs."""

TempoChange = Literal["double", "halve"]

_FACTOR: dict[str, float] = {"double": 2.0, "halve": 0.5}
_BEAT_TOLERANCE = 0.02

Layer = Mapping[str, Any]


class RuleError(InvalidInputError):
    """What was said does not fit this stem, though it may fit another one."""


@dataclass(frozen=True)
class Change:
    """What is to be said of a stem.

    values: field and value; None says that there is none (no tempo, no key); chords as text
    taken_back: fields of which nothing shall be said any more
    tempo: twice or half the tempo that the stem has
    add_tags, remove_tags: tags to have or not to have, whatever else there is
    """

    values: Layer = field(default_factory=dict)
    taken_back: tuple[str, ...] = ()
    tempo: TempoChange | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()


def columns_of(found: Layer, said: Layer, *, duration_s: float) -> dict[str, Any]:
    """Compute the columns COVERED: the override, else the analysis, else what follows from both.

    A one-shot has no tempo and a drum no key. Only the user's own word hides the user's
    word: a tempo that was given makes a loop of what the machine takes for a one-shot, and
    a key stays when the machine hears a drum later. Bars follow from a corrected tempo.
    """
    reported = {name: said.get(name, found[name]) for name in CORRECTABLE}
    reported["is_loop"] = said.get("is_loop", found["is_loop"] or bool(said.get("bpm")))
    if not reported["is_loop"]:
        reported["bpm"] = None
    if reported["category"] in DRUM_CATEGORIES and ("category" in said or not said.get("key")):
        reported["key"] = None
    if "tags" not in said:
        reported["tags"] = _joined_tags(found["tags"], said)
    reported["chords"] = _chords(reported, said)
    reported["progression"] = progression_text(reported["chords"])
    reported["bars"] = _bars(found, reported["bpm"], reported["is_loop"], duration_s)
    return reported


def _chords(reported: Layer, said: Layer) -> ChordRow | None:
    """Return the chords of a loop; a drum has none unless the user says so."""
    told: ChordRow | None = reported["chords"]
    drum = reported["category"] in DRUM_CATEGORIES and not said.get("chords")
    return None if drum or reported["bpm"] is None else told


def said_after(change: Change, found: Layer, said: Layer, *, duration_s: float) -> dict[str, Any]:
    """Compute the overrides after a change.

    Raises RuleError (code "one_shot_tempo", "drum_key", "no_tempo") for what this stem
    can't have, InvalidInputError for a tempo out of range, no chords, or too many tags.
    """
    after = {name: value for name, value in said.items() if name not in change.taken_back}
    if "tags" in change.taken_back or "tags" in change.values:
        after = {name: value for name, value in after.items() if name not in TAG_CHANGES}
    after |= {name: value for name, value in change.values.items() if name != "chords"}
    _check_key(change, found, said, after)
    if change.tempo is not None:
        bpm = columns_of(found, after, duration_s=duration_s)["bpm"]
        after["bpm"] = changed_tempo(bpm, change.tempo)
    elif change.values.get("bpm") is not None:
        _check_tempo(found, said, after)
    if "chords" in change.values:
        columns = columns_of(found, after, duration_s=duration_s)
        after["chords"] = _chords_said(change.values["chords"], columns, duration_s)
    if change.add_tags or change.remove_tags:
        after = _with_tags(after, change, columns_of(found, after, duration_s=duration_s)["tags"])
        count = len(columns_of(found, after, duration_s=duration_s)["tags"])
        if count > MOST_TAGS:
            raise InvalidInputError(f"a stem has at most {MOST_TAGS} tags, got {count}")
    return after


def changed_tempo(bpm: float | None, change: TempoChange) -> float:
    """Twice or half a tempo.

    Raises RuleError where there is none (code "no_tempo"), InvalidInputError (code
    "tempo_out_of_range") where the result is none that a stem may have.
    """
    if bpm is None:
        raise RuleError("it has no tempo to change: give one with bpm", code="no_tempo")
    changed = bpm * _FACTOR[change]
    if not SLOWEST_BPM <= changed <= FASTEST_BPM:
        raise InvalidInputError(
            f"tempo must be from {SLOWEST_BPM:g} to {FASTEST_BPM:g} BPM, got {changed:g}",
            code="tempo_out_of_range",
        )
    return changed


def _chords_said(text: str | None, columns: Layer, duration_s: float) -> ChordRow | None:
    """Convert the chords that were said to a row, in beats of the tempo that the stem has."""
    if text is None:
        return None
    bpm, bars = columns["bpm"], columns["bars"]
    if bpm is None:
        raise RuleError("it has no tempo, so chords have no beats: give bpm too", code="no_tempo")
    beats = bars * BEATS_PER_BAR if bars else beats_in(duration_s, bpm)
    return chord_row(chords_said(text, beats=max(1.0, beats)), bpm=bpm)


def _check_tempo(found: Layer, said: Layer, after: Layer) -> None:
    if not after.get("is_loop", found["is_loop"] or bool(said.get("bpm"))):
        raise RuleError(
            f"a one-shot has no tempo, got bpm {after['bpm']:g}: say is_loop true as well",
            code="one_shot_tempo",
        )


def _check_key(change: Change, found: Layer, said: Layer, after: Layer) -> None:
    category = after.get("category", found["category"])
    own_word = "category" not in after and bool(said.get("key"))
    if change.values.get("key") and category in DRUM_CATEGORIES and not own_word:
        raise RuleError(
            f"a {category} has no key, got key {change.values['key']!r}: change its category"
            " too (a tuned 808, for one, is a bass)",
            code="drum_key",
        )


def _with_tags(
    said: dict[str, Any], change: Change, present: Mapping[str, float]
) -> dict[str, Any]:
    """Add and remove tags of the overrides. present: the tags that it has now"""
    leaving = [tag for tag in change.remove_tags if tag in present]
    if "tags" in said:
        kept = {tag: value for tag, value in said["tags"].items() if tag not in leaving}
        return said | {"tags": kept | dict.fromkeys(change.add_tags, 1.0)}
    added = _merged(said.get("add_tags", ()), change.add_tags, without=leaving)
    removed = _merged(said.get("remove_tags", ()), leaving, without=change.add_tags)
    rest = {name: value for name, value in said.items() if name not in TAG_CHANGES}
    return (
        rest
        | ({"add_tags": added} if added else {})
        | ({"remove_tags": removed} if removed else {})
    )


def _merged(first: Sequence[str], more: Sequence[str], *, without: Sequence[str]) -> list[str]:
    return [tag for tag in dict.fromkeys((*first, *more)) if tag not in without]


def _joined_tags(found: Mapping[str, float], said: Layer) -> dict[str, float]:
    kept = {tag: value for tag, value in found.items() if tag not in said.get("remove_tags", ())}
    return kept | dict.fromkeys(said.get("add_tags", ()), 1.0)


def _bars(found: Layer, bpm: float | None, is_loop: bool, duration_s: float) -> float | None:
    """Bars of four beats; a length within 2 % of whole beats is taken as these.

    At twice or half the found tempo twice or half as many as were found: a tail that the
    machine left out stays out.
    """
    if not is_loop or bpm is None:
        return None
    if bpm == found["bpm"] and is_loop == found["is_loop"]:
        return None if found["bars"] is None else float(found["bars"])
    if found["bpm"] and found["bars"]:
        ratio = float(bpm / found["bpm"])
        if min(abs(ratio / octave - 1.0) for octave in (0.25, 0.5, 1.0, 2.0, 4.0)) < 1e-3:
            return round(float(found["bars"]) * ratio, 3)
    beats = beats_in(duration_s, bpm)
    near = beats >= 0.5 and abs(beats / max(1, round(beats)) - 1) < _BEAT_TOLERANCE
    return bars_from_beats(beats, exact=True) if near else beats / BEATS_PER_BAR

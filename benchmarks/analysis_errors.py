"""Wrong answers, grouped by the kind of mistake, so that one sees what limits a figure."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.analysis_figures import (
    CLOSE_SHARE,
    Answer,
    category_right,
    drums,
    key_exact,
    root_right,
    tempo_exact,
    with_category,
    with_key,
    with_note,
    with_tempo,
)
from src.music.theory.keys import is_minor, pitch_class, relative_key

_RATIOS = {"3:2 or 2:3": (1.5, 2 / 3), "4:3 or 3:4": (4 / 3, 0.75), "3:1 or 1:3": (3.0, 1 / 3)}


@dataclass(frozen=True)
class Mistake:
    """One wrong answer. field: bpm, key, root, loop, category; kind: in words."""

    field: str
    kind: str
    relpath: str
    truth: str
    heard: str
    confidence: float


def mistakes(answers: Sequence[Answer]) -> list[Mistake]:
    """All wrong answers, by field and kind."""
    groups: list[tuple[str, str, list[Answer], Callable[[Answer], str | None]]] = [
        ("bpm", "bpm", with_tempo(answers), tempo_mistake),
        ("bpm", "bpm", [a for a in answers if a.label.is_loop is False], _tempo_of_one_shot),
        ("key", "key", with_key(answers), key_mistake),
        ("root", "key", with_note(answers), root_mistake),
        ("key", "key", drums(answers), _key_of_drum),
        ("loop", "is_loop", [a for a in answers if a.label.is_loop is not None], _loop_mistake),
        ("category", "category", with_category(answers), category_mistake),
    ]
    found = [
        _mistake(field, kind, answer, value)
        for field, value, some, kind_of in groups
        for answer in some
        if (kind := kind_of(answer)) is not None
    ]
    return sorted(found, key=lambda one: (one.field, one.kind, one.relpath))


def print_mistakes(found: Sequence[Mistake]) -> None:
    """The groups with their sizes, largest first, each with its files."""
    for field in dict.fromkeys(one.field for one in found):
        here = [one for one in found if one.field == field]
        print(f"\n{field}: {len(here)} wrong")
        for kind, count in Counter(one.kind for one in here).most_common():
            print(f"  {kind}: {count}")
            for one in (one for one in here if one.kind == kind):
                reported = f"truth {one.truth}, answer {one.heard} ({one.confidence:.2f})"
                print(f"    {one.relpath}: {reported}")


def tempo_mistake(answer: Answer) -> str | None:
    """How a loop's tempo is wrong; None where it is right within 0.5 BPM."""
    if tempo_exact(answer):
        return None
    if answer.facts is None:
        return "not read"
    bpm, truth = answer.value("bpm"), answer.label.bpm
    if bpm is None or truth is None:
        return "no tempo" if answer.value("is_loop") else "taken for a one-shot"
    if tempo_exact(answer, octaves=True):
        return "half" if bpm < truth else "double"
    if abs(bpm / truth - 1.0) <= CLOSE_SHARE:
        return "within 4 %"
    for name, ratios in _RATIOS.items():
        if any(abs(math.log(bpm / truth / ratio)) < 0.02 for ratio in ratios):
            return name
    return "another tempo"


def key_mistake(answer: Answer) -> str | None:
    """How a loop's key is wrong; None where it is right."""
    if key_exact(answer):
        return None
    key, truth = answer.value("key"), answer.label.key
    if key is None or truth is None:
        return _unanswered(answer)
    above = (pitch_class(key) - pitch_class(truth)) % 12
    if relative_key(key) == truth:
        return "relative"
    if above == 0:
        return "parallel (mode)"
    if is_minor(key) == is_minor(truth) and above in (5, 7):
        return "a fifth above" if above == 7 else "a fifth below"
    return "another key"


def root_mistake(answer: Answer) -> str | None:
    """How a root note is wrong; None where its pitch class is right."""
    if root_right(answer):
        return None
    key, truth = answer.value("key"), answer.label.key
    if key is None or truth is None:
        return _unanswered(answer)
    above = (pitch_class(key) - pitch_class(truth)) % 12
    near = {1: "a semitone off", 11: "a semitone off", 7: "a fifth above", 5: "a fifth below"}
    return near.get(above, "another note")


def category_mistake(answer: Answer) -> str | None:
    """Truth and answer of a wrong category."""
    if category_right(answer, 1):
        return None
    return f"{answer.label.category} heard as {answer.value('category')}"


def _unanswered(answer: Answer) -> str:
    if answer.facts is None:
        return "not read"
    if answer.value("is_loop") is not answer.label.is_loop:
        return f"no answer, taken for a {'loop' if answer.value('is_loop') else 'one-shot'}"
    return f"no answer, taken for {answer.value('category')}"


def _tempo_of_one_shot(answer: Answer) -> str | None:
    return None if answer.value("bpm") is None else "one-shot given a tempo"


def _key_of_drum(answer: Answer) -> str | None:
    return None if answer.value("key") is None else "drum given a key"


def _loop_mistake(answer: Answer) -> str | None:
    if answer.value("is_loop") is answer.label.is_loop:
        return None
    return "loop taken for a one-shot" if answer.label.is_loop else "one-shot taken for a loop"


def _mistake(field: str, kind: str, answer: Answer, value: str) -> Mistake:
    truth = {
        "bpm": answer.label.bpm,
        "key": answer.label.key,
        "is_loop": answer.label.is_loop,
        "category": answer.label.category,
    }[value]
    return Mistake(
        field=field,
        kind=kind,
        relpath=answer.label.relpath,
        truth="-" if truth is None else str(truth),
        heard="-" if answer.value(value) is None else str(answer.value(value)),
        confidence=answer.confidence(value),
    )

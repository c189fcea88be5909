"""How right answers are: the figures of the analysis, from labels and answers alone.

Tempo: within 0.5 BPM, or 4 % (accuracy 1 and 2 of Gouyon et al. 2006). Key: the weights of
MIREX. Confidence: expected calibration error over ten bins (Guo et al. 2017).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.labels import Label, sources
from src.analysis import StemFacts
from src.music.theory.keys import is_minor, pitch_class, relative_key
from src.music.theory.library import DRUM_CATEGORIES

BINS = 10
EXACT_BPM, CLOSE_SHARE = 0.5, 0.04

TARGETS: dict[str, tuple[float | None, float | None]] = {
    "tempo_exact": (0.95, 0.76),
    "tempo_exact_octave": (0.99, 0.92),
    "tempo_acc1": (0.97, 0.80),
    "tempo_acc2": (0.99, 0.95),
    "one_shots_with_tempo": (0.01, 0.03),
    "key_exact": (0.95, 0.70),
    "key_mirex": (None, 0.80),
    "root_note": (0.97, 0.92),
    "drums_with_key": (0.01, 0.03),
    "loop_or_one_shot": (0.98, 0.96),
    "category_top1": (0.92, 0.70),
    "category_top3": (None, 0.90),
    "tempo_ece": (0.08, 0.10),
    "key_ece": (0.08, 0.10),
}
"""What is wanted with names shown and hidden, as shares of 1."""

AT_MOST = ("one_shots_with_tempo", "drums_with_key", "tempo_ece", "key_ece")
"""Targets that are limits from above."""

Score = Callable[["Answer"], float]


@dataclass(frozen=True)
class Answer:
    """What the analysis said of one labelled file.

    heard_as: the path under which it was analysed
    facts: None where the file could not be read
    busy_s: seconds that a worker spent on it
    """

    label: Label
    heard_as: str
    facts: StemFacts | None
    busy_s: float = 0.0

    def value(self, field: str) -> Any:
        """bpm, key, category or is_loop; None where nothing is known."""
        return None if self.facts is None else getattr(self.facts, field)

    def confidence(self, field: str) -> float:
        """How sure the analysis is of it, 0..1."""
        return 0.0 if self.facts is None else float(self.facts.analysis[field]["confidence"])


@dataclass(frozen=True)
class Bin:
    """Answers of similar confidence. confidence, right: means in 0..1; low, high: its edges."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


def with_tempo(answers: Sequence[Answer]) -> list[Answer]:
    """Loops whose tempo is known."""
    return [a for a in answers if a.label.is_loop and a.label.bpm is not None]


def with_key(answers: Sequence[Answer]) -> list[Answer]:
    """Loops whose key is known."""
    return [a for a in answers if a.label.is_loop and a.label.key and not a.label.is_note]


def with_note(answers: Sequence[Answer]) -> list[Answer]:
    """One-shots whose root note is known."""
    return [a for a in answers if a.label.is_loop is False and a.label.key and a.label.is_note]


def drums(answers: Sequence[Answer]) -> list[Answer]:
    """What has no key."""
    return [a for a in answers if a.label.category in DRUM_CATEGORIES]


def with_category(answers: Sequence[Answer]) -> list[Answer]:
    """Files whose category is scored."""
    return [a for a in answers if a.label.right_categories]


def report_of(answers: Sequence[Answer], *, hidden: bool, wall_s: float) -> dict[str, Any]:
    """All figures, overall and by source, as the benchmark's JSON has them.

    Of a source stems_per_s is its share of the time that the workers were busy.
    """
    busy_s = max(sum(answer.busy_s for answer in answers), 1e-9)

    def with_speed(some: Sequence[Answer]) -> dict[str, float | int | None]:
        share = sum(answer.busy_s for answer in some) / busy_s
        speed = len(some) / (wall_s * share) if share > 0.0 else None
        return figures(some) | {"stems_per_s": speed if speed is None else round(speed, 1)}

    labels = [answer.label for answer in answers]
    return {
        "names": "hidden" if hidden else "shown",
        "overall": with_speed(answers),
        "by_source": {
            source: with_speed([a for a in answers if a.label.source == source])
            for source in sources(labels)
        },
    }


def figures(answers: Sequence[Answer]) -> dict[str, float | int | None]:
    """The figures of a set of answers, as fractions of 1; None where nothing is labelled."""
    tempo, key, named = with_tempo(answers), with_key(answers), with_category(answers)
    shots = [a for a in answers if a.label.is_loop is False]
    known = [a for a in answers if a.label.is_loop is not None]
    return {
        "tempo_n": len(tempo),
        "tempo_exact": share(tempo, tempo_exact),
        "tempo_exact_octave": share(tempo, lambda a: tempo_exact(a, octaves=True)),
        "tempo_acc1": share(tempo, tempo_close),
        "tempo_acc2": share(tempo, lambda a: tempo_close(a, octaves=True)),
        "one_shots_with_tempo": share(shots, lambda a: a.value("bpm") is not None),
        "key_n": len(key),
        "key_exact": share(key, key_exact),
        "key_mirex": share(key, mirex),
        "root_note": share(with_note(answers), root_right),
        "drums_with_key": share(drums(answers), lambda a: a.value("key") is not None),
        "loop_or_one_shot": share(known, lambda a: a.value("is_loop") is a.label.is_loop),
        "category_n": len(named),
        "category_top1": share(named, lambda a: category_right(a, 1)),
        "category_top3": share(named, lambda a: category_right(a, 3)),
        "tempo_ece": calibration_error(reliability(tempo, "bpm", tempo_exact)),
        "key_ece": calibration_error(reliability(key, "key", key_exact)),
    }


def share(answers: Sequence[Answer], score: Score) -> float | None:
    """Mean score."""
    if not answers:
        return None
    return round(sum(float(score(answer)) for answer in answers) / len(answers), 4)


def tempo_exact(answer: Answer, octaves: bool = False) -> bool:
    """Within 0.5 BPM of the truth (of half or double it, with ``octaves``)."""
    bpm, truths = answer.value("bpm"), _truths(answer, octaves)
    return bpm is not None and any(abs(bpm - truth) <= EXACT_BPM for truth in truths)


def tempo_close(answer: Answer, octaves: bool = False) -> bool:
    """Within 4 % of the truth (of half or double it, with ``octaves``)."""
    bpm, truths = answer.value("bpm"), _truths(answer, octaves)
    return bpm is not None and any(abs(bpm / truth - 1.0) <= CLOSE_SHARE for truth in truths)


def key_exact(answer: Answer) -> bool:
    """Tonic and mode both right."""
    return mirex(answer) == 1.0


def mirex(answer: Answer) -> float:
    """MIREX's score of a key: 1 exact, 0.5 a fifth above, 0.3 relative, 0.2 parallel."""
    key, truth = answer.value("key"), answer.label.key
    if key is None or truth is None:
        return 0.0
    above = (pitch_class(key) - pitch_class(truth)) % 12
    if is_minor(key) == is_minor(truth):
        return {0: 1.0, 7: 0.5}.get(above, 0.0)
    return 0.3 if relative_key(key) == truth else 0.2 if above == 0 else 0.0


def root_right(answer: Answer) -> bool:
    """Whether the root note's pitch class is right."""
    key, truth = answer.value("key"), answer.label.key
    return key is not None and truth is not None and pitch_class(key) == pitch_class(truth)


def category_right(answer: Answer, best: int) -> bool:
    """Whether the label is among the best so many; chords and melodies are any tonal one."""
    if answer.facts is None:
        return False
    likeliest = list(answer.facts.analysis["category"]["likeliest"])
    named = [answer.facts.category, *(c for c in likeliest if c != answer.facts.category)][:best]
    return any(category in answer.label.right_categories for category in named)


def reliability(answers: Sequence[Answer], field: str, right: Score) -> list[Bin]:
    """Answers by confidence, in ten equal bins without the empty ones; unanswered are left out."""
    held: dict[int, list[tuple[float, float]]] = {}
    for answer in answers:
        if answer.value(field) is not None:
            confidence = answer.confidence(field)
            place = min(BINS - 1, int(confidence * BINS))
            held.setdefault(place, []).append((confidence, float(right(answer))))
    return [
        Bin(
            low=place / BINS,
            high=(place + 1) / BINS,
            count=len(pairs),
            confidence=sum(pair[0] for pair in pairs) / len(pairs),
            right=sum(pair[1] for pair in pairs) / len(pairs),
        )
        for place, pairs in sorted(held.items())
    ]


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Mean distance of confidence and share of right answers (Guo et al. 2017); None if empty."""
    count = sum(one.count for one in bins)
    if count == 0:
        return None
    return round(sum(one.count * abs(one.confidence - one.right) for one in bins) / count, 4)


def reached(figure: str, value: float | None, *, hidden: bool) -> bool | None:
    """Whether a figure is as good as wanted; None where nothing is wanted or measured."""
    requested = TARGETS.get(figure, (None, None))[hidden]
    if requested is None or value is None:
        return None
    return value <= requested if figure in AT_MOST else value >= requested


def _truths(answer: Answer, octaves: bool) -> list[float]:
    truth = answer.label.bpm
    if truth is None:
        return []
    return [truth, 0.5 * truth, 2.0 * truth] if octaves else [truth]

"""Answers of an analysis, made up for the benchmark's own tests."""

from benchmarks.analysis_figures import Answer
from benchmarks.labels import Label, label_of
from src.analysis import StemFacts


def label(**cells: str) -> Label:
    """A label as its row in labels.csv says it."""
    return label_of({"relpath": "a/b.wav", "source": "s"} | cells, [])


def answer(
    said: Label,
    *,
    bpm: float | None = None,
    key: str | None = None,
    category: str = "other",
    is_loop: bool = True,
    likeliest: tuple[str, ...] = (),
    confidence: float = 0.9,
) -> Answer:
    """What an analysis might have found, all with the same confidence."""
    found = {"bpm": bpm, "key": key, "category": category, "is_loop": is_loop}
    analysis = {
        name: {"value": value, "confidence": confidence, "source": "audio"}
        for name, value in found.items()
    }
    analysis["category"]["likeliest"] = dict.fromkeys(likeliest or (category,), 0.3)
    facts = StemFacts(
        is_loop=is_loop,
        bars=None,
        downbeat_s=0.0,
        bpm=bpm,
        key=key,
        category=category,
        tags={},
        features={},
        loudness_lufs=None,
        true_peak_dbtp=None,
        analysis=analysis,
    )
    return Answer(said, said.relpath, facts, busy_s=0.5)

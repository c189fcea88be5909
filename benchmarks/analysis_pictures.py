"""Two pictures of the analysis: which categories are confused, and whether confidence is true."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.analysis_figures import (
    Answer,
    Bin,
    calibration_error,
    category_right,
    key_exact,
    reliability,
    share,
    tempo_exact,
    with_category,
    with_key,
    with_tempo,
)
from benchmarks.labels import ANY_TONAL
from benchmarks.svg import BLUE, FAINT, GRID, GROUND, INK, ORANGE, Picture, shade
from src.music.theory.library import CATEGORIES

CONFUSION, RELIABILITY = "analysis-confusion.svg", "analysis-reliability.svg"

_CELL = 30.0
_LEFT, _TOP = 138.0, 138.0
_PLOT, _GAP = 300.0, 70.0


def write_pictures(
    answers: Sequence[Answer], folder: Path, *, hidden: bool, held_out: bool
) -> None:
    """Write both pictures into a folder.

    hidden: whether names said nothing; held_out: whether the models never met the sounds
    """
    names = "names hidden" if hidden else "names shown"
    models = "by models that never met the source" if held_out else "by the model that ships"
    confusion_picture(answers, f"{models}, {names}").save(folder / CONFUSION)
    reliability_picture(answers, names).save(folder / RELIABILITY)


def confusion_picture(answers: Sequence[Answer], how: str) -> Picture:
    """Rows: what sounds are; columns: what they are heard as; each row shaded by its shares.

    Labels that stand for any tonal category are rows of their own. how: said below the title.
    """
    judged = [a for a in with_category(answers) if a.facts is not None]
    counts = Counter((str(a.label.category), str(a.value("category"))) for a in judged)
    present = {truth for truth, _ in counts}
    rows = [name for name in (*CATEGORIES, *ANY_TONAL) if name in present]
    width = _LEFT + _CELL * len(CATEGORIES) + 70
    picture = Picture(width, _TOP + _CELL * max(1, len(rows)) + 46, "Confusion of categories")
    top1 = share(judged, lambda a: category_right(a, 1))
    right = "nothing is labelled" if top1 is None else f"{100 * top1:.0f} % right"
    picture.words((16, 28), "Categories: what a sound is, and what it is heard as", size=16)
    reported = f"{len(judged)} sounds, {right}, {how}; shade: share of the row"
    picture.words((16, 48), reported, color=FAINT)
    for column, name in enumerate(CATEGORIES):
        x = _LEFT + _CELL * (column + 0.62)
        picture.words((x, _TOP - 8), name, size=11, turned=-55)
    for row, truth in enumerate(rows):
        _confusion_row(picture, row, truth, counts)
    bottom = _TOP + _CELL * len(rows) + 28
    picture.words((_LEFT, bottom), "heard as →", color=FAINT)
    picture.words((_LEFT - 12, bottom), "labelled ↑", color=FAINT, anchor="end")
    return picture


def reliability_picture(answers: Sequence[Answer], how: str) -> Picture:
    """Confidence against the share of right answers, for tempo and for key; how: said above."""
    width = 2 * _PLOT + _GAP + 110
    picture = Picture(width, _PLOT + 196, "Reliability of confidence")
    hint = f"A dot on the dashed line keeps its word; bars: how many answers are that sure; {how}"
    picture.words((16, 28), "How true the confidence is", size=16)
    picture.words((16, 48), hint, color=FAINT)
    curves = (
        ("tempo of loops (±0.5 BPM)", BLUE, reliability(with_tempo(answers), "bpm", tempo_exact)),
        ("key of loops (exact)", ORANGE, reliability(with_key(answers), "key", key_exact)),
    )
    for place, (name, color, bins) in enumerate(curves):
        _reliability_plot(picture, 60 + place * (_PLOT + _GAP), (name, color), bins)
    return picture


def _confusion_row(
    picture: Picture, row: int, truth: str, counts: Counter[tuple[str, str]]
) -> None:
    top = _TOP + _CELL * row
    total = sum(count for (label, _), count in counts.items() if label == truth)
    picture.words((_LEFT - 12, top + 19), f"{truth} ({total})", size=11, anchor="end")
    for column, heard in enumerate(CATEGORIES):
        count = counts[truth, heard]
        part = count / total if total else 0.0
        x = _LEFT + _CELL * column
        fill = shade(part) if count else "#f7f9fb"
        tip = f"{truth} heard as {heard}: {count} of {total}"
        picture.box((x, top), (_CELL - 1, _CELL - 1), fill=fill, tip=tip if count else "")
        if count:
            color = GROUND if part > 0.45 else INK
            picture.words(
                (x + _CELL / 2, top + 19), str(count), size=10, color=color, anchor="middle"
            )


def _reliability_plot(
    picture: Picture, left: float, named: tuple[str, str], bins: Sequence[Bin]
) -> None:
    """One plot; below it the counts as bars. left: of its axes, in pixels."""
    (name, color), top = named, 92.0
    bottom, right = top + _PLOT, left + _PLOT
    for step in range(0, 11, 2):
        at = step / 10 * _PLOT
        picture.line((left, bottom - at), (right, bottom - at))
        picture.line((left + at, top), (left + at, bottom))
        tick = f"{step * 10} %"
        picture.words((left - 6, bottom - at + 4), tick, size=10, color=FAINT, anchor="end")
        picture.words((left + at, bottom + 16), tick, size=10, color=FAINT, anchor="middle")
    picture.line((left, bottom), (right, top), color=FAINT, dash="4 4")
    error = calibration_error(bins)
    reported = "no answers" if error is None else f"calibration error {error:.3f}"
    picture.words((left, top - 14), f"{name}: {reported}", size=13)
    picture.words((left + _PLOT / 2, bottom + 34), "confidence", color=FAINT, anchor="middle")
    at_side = (left - 42, top + _PLOT / 2)
    picture.words(at_side, "share of right answers", color=FAINT, anchor="middle", turned=-90)
    points = [(left + one.confidence * _PLOT, bottom - one.right * _PLOT) for one in bins]
    if len(points) > 1:
        picture.line(*points, color=color, width=2)
    for one, point in zip(bins, points, strict=True):
        tip = f"confidence {one.confidence:.2f}, right {one.right:.2f}, {one.count} answers"
        picture.dot(point, 4.5, fill=color, tip=tip)
    _count_bars(picture, (left, bottom + 84), color, bins)


def _count_bars(
    picture: Picture, corner: tuple[float, float], color: str, bins: Sequence[Bin]
) -> None:
    """How many answers there are in each bin; corner: lower left, in pixels."""
    left, bottom = corner
    most = max((one.count for one in bins), default=1)
    picture.line((left, bottom), (left + _PLOT, bottom), color=GRID)
    for one in bins:
        height = max(1.0, 28.0 * one.count / most)
        x, wide = left + one.low * _PLOT, (one.high - one.low) * _PLOT
        picture.box((x + 2, bottom - height), (wide - 4, height), fill=color)
        middle = (x + wide / 2, bottom + 13)
        picture.words(middle, str(one.count), size=10, color=FAINT, anchor="middle")

"""Where sections lie in beats, what kind they are, and when a part plays."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery

_KINDS = (
    ("intro", r"intro|opening|einleitung|anfang|start|вступ"),
    ("outro", r"outro|ending|schluss|ende|fade|конц|финал"),
    ("build", r"build|rise|riser|aufbau|ramp|pre-?drop|нараст|подъ"),
    ("break", r"break|breakdown|pause|bridge|interlude|брейк|проигрыш"),
    ("drop", r"drop|chorus|peak|climax|main|refrain|hook|дроп|припев"),
)
_HIGH_ENERGY = 0.8


@dataclass(frozen=True)
class SectionTime:
    """A section on the time line, in beats. kind: intro build drop break groove outro."""

    number: int
    name: str
    kind: str
    start: float
    length: float
    energy: float
    fill: bool

    @property
    def end(self) -> float:
        """Its end in beats."""
        return self.start + self.length


@dataclass(frozen=True)
class BeatSpan:
    """A stretch of beats in which something plays; loops count their passes from origin."""

    start: float
    end: float
    origin: float

    @property
    def length(self) -> float:
        """Its length in beats."""
        return self.end - self.start


def timeline(plan: ArrangementPlan) -> tuple[SectionTime, ...]:
    """Place all sections of a plan in beats."""
    times: list[SectionTime] = []
    start = 0.0
    for number, section in enumerate(plan.structure):
        length = section.bars * plan.beats_per_bar
        times.append(
            SectionTime(
                number, section.section, kind_of(section), start, length, section.energy,
                section.fill,
            )
        )  # fmt: skip
        start += length
    return tuple(times)


def kind_of(section: SectionPlan) -> str:
    """Return what a section is for, by its name, else by its energy."""
    name = section.section.casefold()
    for kind, words in _KINDS:
        if re.search(words, name):
            return kind
    return "drop" if section.energy >= _HIGH_ENERGY else "groove"


def spans_of(sections: Iterable[int], times: Sequence[SectionTime]) -> tuple[BeatSpan, ...]:
    """Compute when something plays that plays in these sections: neighbours are joined."""
    spans: list[BeatSpan] = []
    for number in sorted(sections):
        time = times[number]
        if spans and spans[-1].end == time.start:
            spans[-1] = BeatSpan(spans[-1].start, time.end, spans[-1].origin)
        else:
            spans.append(BeatSpan(time.start, time.end, time.start))
    return tuple(spans)


def while_it_plays(section: SectionTime, query: StemQuery, beats_per_bar: float) -> SectionTime:
    """Narrow a section to the bars in which a query plays, from its entry to its exit."""
    start, end = section.start, section.end
    if query.enters_bar is not None:
        start += (query.enters_bar - 1) * beats_per_bar
    if query.exits_bar is not None:
        end = section.start + (query.exits_bar - 1) * beats_per_bar
    return replace(section, start=start, length=max(0.0, end - start))


def without(
    spans: Iterable[BeatSpan], holes: Iterable[tuple[float, float]]
) -> tuple[BeatSpan, ...]:
    """Cut holes (start, end in beats) out of spans; what remains keeps its origin."""
    left = list(spans)
    for start, end in holes:
        cut: list[BeatSpan] = []
        for span in left:
            if end <= span.start or start >= span.end:
                cut.append(span)
                continue
            if span.start < start:
                cut.append(BeatSpan(span.start, start, span.origin))
            if end < span.end:
                cut.append(BeatSpan(end, span.end, span.origin))
        left = cut
    return tuple(left)


def turns(spans: Iterable[BeatSpan], *, turn: int, of: int, block: float) -> tuple[BeatSpan, ...]:
    """Call and answer: of every ``of`` blocks of ``block`` beats, keep number ``turn``."""
    kept: list[BeatSpan] = []
    for span in spans:
        start, number = span.start, 0
        while start < span.end:
            end = min(start + block, span.end)
            if number % of == turn:
                kept.append(BeatSpan(start, end, start))
            start, number = end, number + 1
    return tuple(kept)

"""Call and answer: two stems of one role take turns."""

from collections.abc import Iterable, Sequence

from src.music.casting.fit import Fit
from src.music.model.part_request import PartRequest
from src.music.model.timeline import BeatSpan, SectionTime, turns

OCTAVE = "octave"
"""The answer is played an octave away."""

SECOND_HALF = "second half"
"""The answer is the same loop, begun in its middle."""

USUAL_BARS = 4
"""Length of a turn where the plan does not say."""

_ANSWERING = ("lead", "vocal", "bass", "guitar", "brass")
_STATED = {
    OCTAVE: "answers itself an octave away",
    SECOND_HALF: "answers itself with its second half",
    "": "pauses where it would be answered",
}
_NEVER_TOGETHER = ("bass",)
_SHARED_FROM = 4
"""From so many turns in a section on, its last one is played by both."""


def take_turns(one: PartRequest, other: PartRequest) -> bool:
    """Tell whether two parts are call and answer of one query."""
    if one.library_query != other.library_query or one.index == other.index:
        return False
    if one.position is not None:
        return False
    return any(query.answer_bars > 0 for _, query in (*one.queries, *other.queries))


def variation_of(fit: Fit, beats_per_bar: float) -> str:
    """Choose how a stem can answer itself; "" where it can only pause."""
    if fit.way == "steps" and fit.key_distance is not None:
        return OCTAVE
    if fit.way == "loop" and not fit.own_bar and fit.beats >= 2 * beats_per_bar:
        return SECOND_HALF
    return ""


def variation_in_words(variation: str) -> str:
    """Put in words what a stem without a partner does; follows its name."""
    return _STATED[variation]


def spans_in_turn(
    request: PartRequest,
    spans: Iterable[BeatSpan],
    times: Sequence[SectionTime],
    beats_per_bar: float,
) -> tuple[BeatSpan, ...]:
    """Compute when a part plays, with the turns of others left out.

    The first stem of a query calls in the first turn of each section, the next one answers.
    Each turn begins its loops again. Where the plan says how long turns are, a long section
    ends with a turn of all (never two basses at once).
    """
    found: list[BeatSpan] = []
    for span in spans:
        for number in sorted(request.sections):
            section = times[number]
            start, end = max(span.start, section.start), min(span.end, section.end)
            if end <= start:
                continue
            block = _turn_bars(request, number) * beats_per_bar
            if not block:
                found.append(BeatSpan(start, end, span.origin))
                continue
            found += _turns(request, BeatSpan(start, end, section.start), number, block)
    return _joined(found)


def _turn_bars(request: PartRequest, section: int) -> int:
    """Bars of a turn in a section; 0 where nobody answers."""
    query = request.query_in(section)
    if query.count < 2:
        return 0
    usual = USUAL_BARS if request.category in _ANSWERING else 0
    return query.answer_bars or usual


def _turns(request: PartRequest, span: BeatSpan, section: int, block: float) -> list[BeatSpan]:
    query = request.query_in(section)
    count = query.count
    own = list(turns([span], turn=request.index, of=count, block=block))
    whole = -(-span.length // block)
    long = query.answer_bars > 0 and whole >= _SHARED_FROM
    shared = long and request.category not in _NEVER_TOGETHER
    last = span.start + (whole - 1) * block
    if shared and not any(one.start == last for one in own):
        own.append(BeatSpan(last, span.end, last))
    return own


def _joined(spans: Iterable[BeatSpan]) -> tuple[BeatSpan, ...]:
    """Neighbours that count from the same origin as one."""
    out: list[BeatSpan] = []
    for span in spans:
        if out and out[-1].end == span.start and out[-1].origin == span.origin:
            out[-1] = BeatSpan(out[-1].start, span.end, span.origin)
        else:
            out.append(span)
    return tuple(out)

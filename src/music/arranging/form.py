"""The sections of a track: a form of the genre, shaped to requests and scaled to a length."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from src.core.errors import InvalidInputError
from src.music.genre.genres import MAIN_KINDS, Form, FormSection
from src.music.model.plan import SECTIONS
from src.music.prompt.intent import PromptIntent

UNIT = 4
"""Sections are multiples of so many bars."""

LENGTH_SHARE = 0.05
"""By so much of the length asked for a track may be longer or shorter."""

SHORTEST_BARS = 4
SHORTEST_S, LONGEST_S = 120.0, 240.0
"""A track whose length is not asked for lies between these."""

_KEEP_ORDER = ("drop", "intro", "groove", "outro", "break", "build")
_REPEAT_FROM = 1.7
_BARS_PER_SECTION = 6
_LENGTH_FEEL = {-1.0: 0.5, 0.0: 1.0, 1.0: 1.6}


@dataclass(frozen=True)
class Shape:
    """Sections with their final bars, and what had to be bent, in words."""

    sections: tuple[FormSection, ...]
    notes: tuple[str, ...] = ()


def shape_form(
    forms: Sequence[Form],
    intent: PromptIntent,
    *,
    bpm: float,
    typical_s: float,
    max_length_s: float,
    beats_per_bar: float = 4.0,
    section_bars: int | None = None,
) -> Shape:
    """Fit a form to the requests for sections and length.

    forms: the form to use, then others whose middle varies a track too long for one

    typical_s: the genre's usual length, used where the form as written lasts under two or
        over four minutes
    section_bars: what the genre's sections are multiples of, where the length allows it

    Bars are multiples of four; the track is at least 4 bars. Raises InvalidInputError for a
    length of more than max_length_s.
    """
    # From here on a tempo counts four beats a bar, as lengths in seconds do.
    bpm = bpm * 4.0 / beats_per_bar
    sections, notes = _kept(forms[0].sections, intent)
    weights = [_weight(section, intent, bpm) for section in sections]
    if sections and all(section.exact for section in sections) and intent.length is None:
        return Shape(numbered(tuple(sections)), tuple(notes))
    total, length_notes = _total_bars(sum(weights), intent, bpm, typical_s, max_length_s)
    if not intent.form.is_row:
        others = [_kept(form.sections, intent)[0] for form in forms[1:]]
        sections = _repeated([sections, *others], total / max(sum(weights), 1.0))
        sections = fewer(sections, total)
    total = max(total, UNIT * len(sections))
    bars = _dealt(sections, total, intent, bpm, section_bars)
    shaped = tuple(replace(section, bars=n) for section, n in zip(sections, bars, strict=True))
    return Shape(numbered(shaped), (*notes, *length_notes))


def share_bars(weights: Sequence[float], total: int) -> list[int]:
    """Deal total bars out by weight, each share a multiple of four and at least four.

    Where there is room, shares are multiples of eight, and one takes the four bars left.
    total: a multiple of four, at least four per weight
    """
    unit = 2 * UNIT if total >= 3 * UNIT * len(weights) else UNIT
    counts = [1] * len(weights)
    ideal = [weight * total / sum(weights) / unit for weight in weights]
    for _ in range(total // unit - len(weights)):
        neediest = max(range(len(weights)), key=lambda i: (ideal[i] - counts[i], -i))
        counts[neediest] += 1
    shares = [count * unit for count in counts]
    for _ in range((total - sum(shares)) // UNIT):
        neediest = max(range(len(weights)), key=lambda i: (ideal[i] - shares[i] / unit, -i))
        shares[neediest] += UNIT
    return shares


def _shares(weights: Sequence[float], total: int, period: int | None) -> list[int]:
    """Deal bars out in whole periods, such as the twelve of a blues.

    Sections written shorter than a period, an intro or an ending, take what is left in fours.
    """
    least = [UNIT if period is None or weight < period else period for weight in weights]
    if period is None or total < sum(least):
        return share_bars(weights, total)
    shares, long = list(least), [i for i, bars in enumerate(least) if bars == period]
    short = [i for i in range(len(weights)) if i not in long] or [len(weights) - 1]
    for step, takers in ((period, long), (UNIT, short)):
        for _ in range((total - sum(shares)) // step if takers else 0):
            neediest = max(takers, key=lambda i: (weights[i] / shares[i], -i))
            shares[neediest] += step
    return shares


def _kept(
    sections: tuple[FormSection, ...], intent: PromptIntent
) -> tuple[list[FormSection], list[str]]:
    """Without the kinds of sections that are refused; main sections cannot all go."""
    kept = [section for section in sections if not intent.section(section.kind).removed]
    if not any(section.kind in MAIN_KINDS for section in kept) and not intent.form.sections:
        return list(sections), ["a track needs a main section: none was left out"]
    present = {section.kind for section in sections}
    missing = [request.kind for request in intent.sections if request.kind not in present]
    return kept, [f"this form has no section of the kind {kind!r}" for kind in missing]


def _weight(section: FormSection, intent: PromptIntent, bpm: float) -> float:
    """Bars that a section would like to have."""
    if section.exact:
        return float(section.bars)
    request = intent.section(section.kind)
    if request.length is not None:
        return _in_units(request.length.in_bars(bpm))
    return section.bars * request.factor


def _total_bars(
    natural: float, intent: PromptIntent, bpm: float, typical_s: float, max_length_s: float
) -> tuple[int, list[str]]:
    """Length of the track in bars, as asked, or as the form has it."""
    if intent.length is None:
        bars = natural * _LENGTH_FEEL[intent.length_feel]
        if not intent.length_feel and not SHORTEST_S <= bars * 240.0 / bpm <= LONGEST_S:
            bars = typical_s * bpm / 240.0
        return _in_units(bars), []
    requested = intent.length.in_bars(bpm)
    if requested * 240.0 / bpm > max_length_s + 0.5:
        raise InvalidInputError(
            f"length must be at most {max_length_s / 60:g} minutes, got "
            f"{requested * 4.0 / bpm:.3g} minutes ({requested:g} bars)"
        )
    total = max(SHORTEST_BARS, _in_units(requested))
    if abs(total - requested) > LENGTH_SHARE * requested and requested >= SHORTEST_BARS:
        return total, []  # the finished plan is corrected, see plan_checks
    if abs(total - requested) < 0.5 or (intent.length.bars is None and total > SHORTEST_BARS):
        return total, []
    return total, [f"{total} bars instead of {requested:g}: sections are multiples of four bars"]


def _in_units(bars: float) -> int:
    return max(UNIT, UNIT * round(bars / UNIT))


def _repeated(forms: list[list[FormSection]], stretch: float) -> list[FormSection]:
    """Go on with the middle of the next form where sections would otherwise become too long."""
    rounds = round(stretch) if stretch >= _REPEAT_FROM else 1
    sections = forms[0]
    first = [section for section in sections if section.kind == "intro"]
    last = [section for section in sections if section.kind == "outro"]
    middle: list[FormSection] = []
    for number in range(rounds):
        body = [s for s in forms[number % len(forms)] if s.kind not in ("intro", "outro")]
        if len(first) + len(middle) + len(body) + len(last) <= SECTIONS.high:
            middle += body
    return [*first, *middle, *last]


def fewer(sections: list[FormSection], total: int) -> list[FormSection]:
    """Leave out what matters least where the track is too short for all sections."""
    positions = min(len(sections), max(1, total // _BARS_PER_SECTION))
    order = sorted(range(len(sections)), key=lambda i: _importance(sections, i))
    chosen = set(order[:positions])
    return [section for i, section in enumerate(sections) if i in chosen]


def _importance(sections: list[FormSection], index: int) -> tuple[int, int, float]:
    """First one of each kind in the order of their weight, then the rest."""
    section = sections[index]
    same = [i for i, other in enumerate(sections) if other.kind == section.kind]
    same.sort(key=lambda i: -sections[i].energy)
    kinds = {other.kind for other in sections}
    order = _KEEP_ORDER.index(section.kind)
    if section.kind == "groove" and "drop" not in kinds:
        order = 0
    return same.index(index), order, -section.energy


def _dealt(
    sections: list[FormSection],
    total: int,
    intent: PromptIntent,
    bpm: float,
    section_bars: int | None,
) -> list[int]:
    """Bars of each section: fixed ones as asked, the others by weight."""
    fixed = {
        i: round(_weight(section, intent, bpm))
        for i, section in enumerate(sections)
        if section.exact or intent.section(section.kind).length is not None
    }
    free = [i for i in range(len(sections)) if i not in fixed]
    left = total - sum(fixed.values())
    left = UNIT * (left // UNIT) if free else left
    if left < UNIT * len(free) or (not free and left != 0):
        fixed, free, left = {}, list(range(len(sections))), total
    weights = [_weight(sections[i], intent, bpm) for i in free]
    shares = dict(zip(free, _shares(weights, left, section_bars), strict=True)) if free else {}
    return [fixed.get(i, shares.get(i, UNIT)) for i in range(len(sections))]


def numbered(sections: tuple[FormSection, ...]) -> tuple[FormSection, ...]:
    """Give sections of the same name a number: Drop, Drop 2."""
    seen: dict[str, int] = {}
    named = []
    for section in sections:
        seen[section.section] = seen.get(section.section, 0) + 1
        number = seen[section.section]
        name = section.section if number == 1 else f"{section.section} {number}"
        named.append(replace(section, section=name))
    return tuple(named)

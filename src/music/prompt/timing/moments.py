"""Words of a prompt that say when: at a bar, after a time, until a section, for so long."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from src.music.prompt.length import Length
from src.music.prompt.timing.lengths import length_of
from src.words.timeline_words import TimelineWords, timeline_words


@dataclass(frozen=True)
class Moment:
    """A position in a track; one of its fields says which.

    bars, seconds: from the track's start, or before its end
    share: 0..1 of the track
    section: kind of section, the one of that number (-1 the last), its start or its end
    later: counted from where the clause before begins
    """

    bars: float | None = None
    seconds: float | None = None
    share: float | None = None
    section: str = ""
    number: int = 1
    at_end: bool = False
    later: bool = False


MIDDLE = Moment(share=0.375), Moment(share=0.625)
"""What "in the middle" is: a quarter of the track about its middle."""

AT, FROM, UNTIL, BEFORE, WITHIN, LASTING, BARE = (
    "at", "from", "until", "before", "within", "lasting", "bare",
)  # fmt: skip
"""What a mark says: a moment, all that follows it, all before it (twice), a block with two ends,
a length, and a length that may also be the track's.
"""

START, END = Moment(bars=0.0), Moment(share=1.0)


@dataclass(frozen=True)
class TimeMark:
    """Words that say when.

    span: where they stand; start, end: of what they bound; length: of a LASTING or BARE one
    """

    span: tuple[int, int]
    kind: str
    start: Moment | None = None
    end: Moment | None = None
    length: Length | None = None


def find_marks(text: str) -> list[TimeMark]:
    """Find all words that say when, from left to right. text: in the spelling of ``fold``."""
    if not _may_say_when().search(text):
        return []
    found: list[TimeMark] = []
    for pattern, read in _readers():
        for match in pattern.finditer(text):
            free = all(match.end() <= m.span[0] or match.start() >= m.span[1] for m in found)
            mark = read(match) if free else None
            if mark is not None:
                found.append(mark)
    found += _bare_clocks(text, found)
    found += _bare_bars(text, found)
    return sorted(found, key=lambda mark: mark.span)


def _bare_clocks(text: str, found: list[TimeMark]) -> list[TimeMark]:
    """Read "0:00 pads, 0:30 kick": several clocks are times, one alone is a track's length."""
    bare = [
        match
        for match in _CLOCK_ALONE.finditer(text)
        if all(match.end() <= m.span[0] or match.start() >= m.span[1] for m in found)
    ]
    if len(bare) < _LEAST_CLOCKS:
        return []
    return [
        TimeMark(match.span(), AT, Moment(seconds=60.0 * int(match[1]) + int(match[2])))
        for match in bare
    ]


def _bare_bars(text: str, found: Sequence[TimeMark]) -> Iterator[TimeMark]:
    """Read "hats from bar 9, clap from 17": a number goes on counting what the last one did.

    Only one that is higher, as a bar of a phrase is, and has something to place in front of it.
    """
    bars = [
        m.start.bars for m in found if m.kind in (AT, FROM) and m.start and m.start.bars is not None
    ]
    if not bars:
        return
    for match in _going_on().finditer(text):
        free = all(match.end("n") <= m.span[0] or match.start("p") >= m.span[1] for m in found)
        bar = int(match["n"])
        if free and min(bars) + 1 < bar <= _MOST_BARE_BARS and bar % _PHRASE in (0, 1):
            mark = _bounded(match, Moment(bars=bar - 1.0))
            yield replace(mark, span=(match.start("p"), match.end("n")))


@cache
def _going_on() -> re.Pattern[str]:
    words = timeline_words()
    bound = words.any_of("from", "at", "until")
    ends = rf"(?=\s*(?:[,;.)\n]|$|{words['and']}))"
    return re.compile(rf"[^\W\d_]{{2,}}\s+(?P<p>{bound})\s+(?P<n>\d{{1,3}})(?:-?го)?{ends}")


_Reader = Callable[[re.Match[str]], TimeMark | None]
_CLOCK = r"(?<![\w:.,])(\d{1,2}):([0-5]\d)(?![\d:])"
_CLOCK_ALONE = re.compile(_CLOCK)
_LEAST_CLOCKS = 2
_MOST_BARE_BARS, _PHRASE = 128, 4
_BOUNDS = ("not until", "until", "before", "after", "from")
_RUSSIAN_WITH = re.compile(r"(?:ом|ем|ами|ой)$")
_ARTICLES = ("a", "an", "ein", "eine", "einer", "einem", "einen", "одну", "один", "одна")


@cache
def _may_say_when() -> re.Pattern[str]:
    """Match what every mark holds: a unit, a clock, a bound before a section, a middle."""
    words = timeline_words()
    units = words.any_of(
        "bar", "minute", "second", "middle", "halfway", "first half", "second half",
        "from the start", "until halfway",
    )  # fmt: skip
    named = rf"(?:{words.any_of(*_BOUNDS)}|{words.ordinal})(?:\s+\S+){{0,2}}\s+{words.section}"
    return re.compile(rf"{units}|\d[sс](?!\w)|{_CLOCK}|{named}")


@cache
def _readers() -> tuple[tuple[re.Pattern[str], _Reader], ...]:
    words = timeline_words()
    patterns = (*_ranges(words), *_edges(words), *_sections(words), *_positions(words),
                *_lengths(words))  # fmt: skip
    return tuple((re.compile(pattern), read) for pattern, read in patterns)


def _ranges(w: TimelineWords) -> Iterator[tuple[str, _Reader]]:
    into = rf"\s*(?:-|–|—|{w['to']})\s*(?:{w['article']}\s+)?"
    bound = w.any_of("from", "at", "during", "for")
    number = r"(\d{1,4})(?:-?[а-я]{1,2}(?![\w]))?"
    yield rf"(?:{bound}\s+)?{w['bar']}\s*{number}{into}(?:{w['bar']}\s*)?{number}", _bar_range
    yield rf"{w['from']}\s+{number}{into}{number}\s*{w['bar']}", _bar_range
    yield rf"(?:{bound}\s+)?{_CLOCK}{into}{_CLOCK}", _clock_range
    unit = w.any_of("minute", "second")
    yield (
        rf"{w['from']}\s+({w.number})\s*({unit})?{into}({w.number})\s*({unit})",
        _time_range,
    )


def _edges(w: TimelineWords) -> Iterator[tuple[str, _Reader]]:
    """First and last bars, halves, the middle."""
    unit = w.any_of("bar", "minute", "second")
    before = w.any_of("after", "until", "during", "for", "from")
    yield (
        rf"(?:(?P<p>{before})\s+)?(?:{w['article']}\s+)?(?P<which>{w['first']}|{w['last']})\s+"
        rf"(?:(?P<n>{w.number})[\s-]*)?(?P<u>{unit})",
        _first_or_last,
    )
    bound = w.any_of("during", "at")
    minute = r"(?:minute|минуту|минута)(?!\w)"
    yield (
        rf"(?:(?P<p>{bound})\s+)?(?:{w['article']}\s+)?(?P<n>{w.ordinal})\s+{minute}",
        _ordinal_minute,
    )
    of_track = r"(?:\s+(?:of\s+(?:the|it)(?:\s+\w+)?|des\s+\w+|трека|песни))?"
    not_of_section = rf"(?!\s+(?:of|des)\s+(?:the\s+)?{w.section})"
    for name, kind, start, end in (
        ("from the start", FROM, START, None),
        ("until halfway", WITHIN, START, Moment(share=0.5)),
        ("first half", WITHIN, START, Moment(share=0.5)),
        ("second half", WITHIN, Moment(share=0.5), END),
        ("halfway", AT, Moment(share=0.5), None),
        ("middle", WITHIN, *MIDDLE),
    ):
        yield rf"{w[name]}{not_of_section}{of_track}", _fixed(kind, start, end)


def _positions(w: TimelineWords) -> Iterator[tuple[str, _Reader]]:
    """At, from, until and after a bar or a time."""
    article = rf"(?:{w['article']}\s+)?"
    unit = w.unit
    bound = w.any_of(*_BOUNDS, "at")
    number = rf"(?P<n>{w.number})"
    clock = _CLOCK.replace("(\\d", "(?P<m>\\d", 1).replace("([0-5]", "(?P<s>[0-5]")
    yield (
        rf"(?:(?P<p>{bound})\s+)?{article}{w['bar']}\s*(?:number|nr\.?|no\.?|#)?\s*"
        rf"(?P<n>\d{{1,4}})(?!\s*(?:bpm|бпм|[\d:/]))(?:\s+{w['on']})?",
        _at_bar,
    )
    ordinal = r"(?P<n>\d{1,4})(?:\.|st|nd|rd|th|-?(?:го|й|м|ого|ого|ем|ом|е|я))"
    yield rf"(?P<p>{bound})\s+{article}{ordinal}\s*{w['bar']}(?:\s+{w['on']})?", _at_bar
    yield r"(?P<p>(?<!\w)(?:с|со|до|после|начиная с))\s+(?P<n>\d{1,4})\s+такта(?!\w)", _at_bar
    yield r"(?P<p>(?<!\w)(?:на|в))\s+(?P<n>\d{1,4})\s+такте(?!\w)", _at_bar
    yield (
        rf"(?:(?P<p>{bound})\s+|@\s*){article}{clock}(?:\s*{w['minute']})?(?:\s+{w['on']})?",
        _at_clock,
    )
    yield rf"{w['after']}\s+{article}(?:{number}[\s-]*)?(?P<u>{unit})(?!\s*\d)", _after_length
    yield (
        rf"(?P<p>{w.any_of('at length', 'from', 'until')})\s+{article}{number}[\s-]*(?P<u>{unit})"
        rf"(?:\s+{w['mark']})?(?:\s+{w['on']})?",
        _at_length,
    )
    clock_unit = w.any_of("minute", "second")
    yield rf"(?P<p>{bound})\s+{article}(?P<u>{clock_unit})\s+(?P<n>\d{{1,3}})", _at_length
    yield (
        rf"(?P<p>{w.any_of('at', 'from', 'after')})\s+(?P<n>{w.ordinal}|\d{{1,2}}-?[а-я]{{1,2}})"
        r"\s+(?P<u>минуте|минуты|секунде|секунды)(?!\w)",
        _in_ordinal_minute,
    )
    yield rf"{number}[\s-]*(?P<u>{unit})\s+{w['later']}", _later
    yield (
        rf"{number}[\s-]*(?P<u>{unit})\s+in(?:to\s+(?:it|the\s+(?:track|song)))?"
        r"(?=\s*(?:[,.;:]|$)|\s+(?:the|a|comes?)(?!\w))",
        _after_length,
    )


def _sections(w: TimelineWords) -> Iterator[tuple[str, _Reader]]:
    section = rf"(?:(?P<o>{w.ordinal})\s+)?(?P<s>{w.section})"
    bound = w.any_of(*_BOUNDS)
    yield (
        rf"(?P<p>{bound})\s+(?:{w['article']}\s+)?{section}(?:\s+{w['on']}(?!\s+\w))?",
        _at_section,
    )
    inside = rf"(?:{w['during']}\s+(?:{w['article']}\s+)?)?"
    yield rf"{inside}(?P<o>{w.ordinal})\s+(?P<s>{w.section})", _in_section


def _lengths(w: TimelineWords) -> Iterator[tuple[str, _Reader]]:
    length = rf"(?P<n>{w.number})[\s-]*(?P<u>{w.any_of('bar', 'minute', 'second')})"
    seconds = rf"(?:\s*(?:and|und|и)?\s*(?P<s>\d{{1,2}})\s*{w['second']})?"
    yield rf"{w['for']}\s+(?:{w['article']}\s+)?{length}{seconds}", _lasting(LASTING)
    yield rf"{length}{seconds}\s+{w.any_of('of', 'lasting')}", _lasting(LASTING)
    yield rf"{length}{seconds}", _lasting(BARE)


def _fixed(kind: str, start: Moment, end: Moment | None) -> _Reader:
    return lambda match: TimeMark(match.span(), kind, start, end)


def _bar_range(match: re.Match[str]) -> TimeMark:
    """Read bars by their numbers: the last one counts in where that gives whole phrases."""
    first, last = sorted((int(match[1]), int(match[2])))
    end = last - 1 if (last - first) % 4 == 0 else last
    return TimeMark(
        match.span(), WITHIN, Moment(bars=first - 1.0), Moment(bars=float(max(end, first)))
    )


def _clock_range(match: re.Match[str]) -> TimeMark:
    first, last = (60.0 * int(match[i]) + int(match[i + 1]) for i in (1, 3))
    return TimeMark(match.span(), WITHIN, Moment(seconds=first), Moment(seconds=last))


def _time_range(match: re.Match[str]) -> TimeMark:
    first = _moment(match[1], match[2] or match[4])
    return TimeMark(match.span(), WITHIN, first, _moment(match[3], match[4]))


def _first_or_last(match: re.Match[str]) -> TimeMark | None:
    words = timeline_words()
    if match["n"] is None and re.fullmatch(words["second"], match["u"]):
        return None
    moment = _moment(match["n"] or "1", match["u"])
    p = _bound(match["p"])
    if p == "after":
        return TimeMark(match.span(), AT, moment)
    if re.fullmatch(words["first"], match["which"]):
        return TimeMark(match.span(), WITHIN, START, moment)
    from_end = Moment(
        bars=None if moment.bars is None else -moment.bars,
        seconds=None if moment.seconds is None else -moment.seconds,
    )
    if p == "until":
        return TimeMark(match.span(), UNTIL, None, from_end)
    return TimeMark(match.span(), WITHIN, from_end, END)


def _at_bar(match: re.Match[str]) -> TimeMark | None:
    number = max(1, int(match["n"])) if match["p"] else int(match["n"])  # "bar 0" is the first
    before = match.string[: match.start()].rstrip(" -")
    if number < 1 or (match["p"] is None and re.search(rf"(?:{_number()})$", before)):
        return None
    bars = float(number - 1)
    if _bound(match["p"]) == "after":
        bars = float(number)
    return _bounded(match, Moment(bars=bars))


def _at_clock(match: re.Match[str]) -> TimeMark:
    return _bounded(match, Moment(seconds=60.0 * int(match["m"]) + int(match["s"])))


def _after_length(match: re.Match[str]) -> TimeMark | None:
    if _is_decade(match):
        return None
    return TimeMark(match.span(), AT, _moment(match["n"] or "1", match["u"]))


def _at_length(match: re.Match[str]) -> TimeMark | None:
    how_long = match["p"] == "von" and not re.search(rf"{timeline_words()['on']}$", match[0])
    return (
        None if how_long or _is_decade(match) else _bounded(match, _moment(match["n"], match["u"]))
    )


def _is_decade(match: re.Match[str]) -> bool:
    """Recognise "from the 80s", which is no position."""
    return match["u"] == "s" and not {"the", "a", "an"}.isdisjoint(match[0].split())


def _in_ordinal_minute(match: re.Match[str]) -> TimeMark | None:
    """Read "in the second minute", which begins when one is over; a second counts as it is."""
    words = timeline_words()
    digits = re.match(r"\d+", match["n"])
    number = int(digits[0]) if digits else words.ordinal_of(match["n"])
    if number < 1:
        return None
    minutes = re.fullmatch(words["minute"], match["u"]) is not None
    seconds = 60.0 * (number - 1) if minutes else float(number)
    return _bounded(match, Moment(seconds=seconds))


def _ordinal_minute(match: re.Match[str]) -> TimeMark | None:
    """Read "the second minute", which lasts as long as it says."""
    number = timeline_words().ordinal_of(match["n"])
    if number < 1:
        return None
    start, end = (Moment(seconds=60.0 * minutes) for minutes in (number - 1, number))
    if match["p"] == "at":
        return TimeMark(match.span(), AT, start)
    return TimeMark(match.span(), WITHIN, start, end)


def _later(match: re.Match[str]) -> TimeMark:
    moment = _moment(match["n"], match["u"])
    return TimeMark(match.span(), AT, Moment(moment.bars, moment.seconds, later=True))


def _at_section(match: re.Match[str]) -> TimeMark | None:
    words = timeline_words()
    p = _bound(match["p"])
    number = words.ordinal_of(match["o"]) if match["o"] else 1
    if match["p"] in ("с", "со") and _RUSSIAN_WITH.search(match["s"]):
        return None  # "с дропом" is "with a drop"
    kind = words.section_of(match["s"]).kind
    return _bounded(match, Moment(section=kind, number=number, at_end=p == "after"))


def _in_section(match: re.Match[str]) -> TimeMark | None:
    """Read one of several sections; "a second drop" asks for one more and is none."""
    words = timeline_words()
    before = match.string[: match.start()].split()
    if before and before[-1] in _ARTICLES:
        return None
    kind, number = words.section_of(match["s"]).kind, words.ordinal_of(match["o"])
    start = Moment(section=kind, number=number)
    return TimeMark(match.span(), WITHIN, start, Moment(section=kind, number=number, at_end=True))


def _lasting(kind: str) -> _Reader:
    def read(match: re.Match[str]) -> TimeMark | None:
        words = timeline_words()
        is_bar = re.fullmatch(words["bar"], match["u"]) is not None
        before = match.string[: match.start()].split()
        if match["n"] in _ARTICLES and (is_bar or match["u"] == "second"):
            return None  # "music for a bar", "a second drop"
        if before and re.fullmatch(words["every"], before[-1]):
            return None
        moment = _moment(match["n"], match["u"])
        seconds = moment.seconds
        if seconds is not None and match["s"] is not None:
            seconds += float(match["s"])
        return TimeMark(match.span(), kind, length=Length(seconds, moment.bars))

    return read


def _bounded(match: re.Match[str], moment: Moment) -> TimeMark:
    """Make a mark of a moment by the word before it."""
    p = _bound(match["p"])
    if p in (UNTIL, BEFORE):
        return TimeMark(match.span(), p, None, moment)
    return TimeMark(match.span(), FROM if p == "from" else AT, moment)


def _bound(written: str | None) -> str:
    """Name what a word before a moment says; "" where there is none."""
    words = timeline_words()
    if written is None:
        return ""
    names = (*_BOUNDS, "at", "during", "for")
    found = next((name for name in names if re.fullmatch(words[name], written)), "")
    return "from" if found == "not until" else found


@cache
def _number() -> str:
    return timeline_words().number


def _moment(number: str, unit: str) -> Moment:
    length = length_of(number, unit)
    return Moment(bars=length.bars, seconds=length.seconds)

"""Forms that a prompt names: a row of sections, letters, how many drops, where it begins."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from src.music.prompt.length import Length
from src.music.prompt.text import Sentence
from src.music.prompt.timing.lengths import length_of
from src.words.timeline_words import timeline_words

MOST_COUNTED = 8
"""So many sections of a kind may be asked for by a number: "120 drops" are none."""

_LETTERS = {"a": ("groove", "A"), "b": ("drop", "B"), "c": ("break", "C"), "d": ("groove", "D")}
_LEAST_ROW = 3
_BARE_ROW = re.compile(r"(?!ABBA$)A[A-D]{3,15}")
"""Letters that are a form without being called so; a band is none."""


@dataclass(frozen=True)
class NamedSection:
    """A section that a prompt names.

    kind: its part in a track; title: how it is called
    length: of exactly so long; None leaves it open
    says: where the words stand that tell what plays in it, as (start, end); None where none do
    """

    kind: str
    title: str
    length: Length | None = None
    says: tuple[int, int] | None = None


@dataclass(frozen=True)
class FormRequest:
    """A form as it is named.

    sections: all of them, in their order; empty where only some are spoken of
    counts: (kind, how many of it); doubled: kinds of which the last is played twice in a row
    straight_into: kind of section that the track begins with; "" where it is not said
    """

    sections: tuple[NamedSection, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    doubled: tuple[str, ...] = ()
    straight_into: str = ""
    written: tuple[str, ...] = ()

    @property
    def is_row(self) -> bool:
        """Whether it says which sections there are, so that none may be added or left out."""
        return bool(self.sections or self.counts)


def take_form(sentence: Sentence) -> FormRequest:
    """Find the form that a prompt names, and take its words out of the sentence.

    What stands behind a section in brackets ("[Intro] pads") is left there for its clause.
    """
    written: list[str] = []
    if not sentence.find(_any_section()):  # the other patterns take long to compile
        return FormRequest(_letters(sentence, written), written=tuple(written))
    readers = (_lone, _headed, _row, _letters)
    sections = next((found for read in readers if (found := read(sentence, written))), ())
    counts: dict[str, int] = {}
    straight = ""
    for match in sentence.find(_straight()):
        straight = timeline_words().section_of(match["s"]).kind
        written.append(sentence.take(match))
    for match in sentence.find(_counted()):
        kind, count = timeline_words().section_of(match["s"]).kind, _count(match)
        if count is not None:
            counts[kind] = count
            written.append(sentence.take(match))
    doubled = []
    for match in sentence.find(_double()):
        kind = timeline_words().section_of(match["s"]).kind
        if match["end"]:
            doubled.append(kind)
        else:
            counts[kind] = 2
        written.append(sentence.take(match))
    return FormRequest(sections, tuple(counts.items()), tuple(doubled), straight, tuple(written))


def _lone(sentence: Sentence, written: list[str]) -> tuple[NamedSection, ...]:
    """Read "a 1-minute techno intro", which asks for that section and nothing else."""
    match = _lone_section().fullmatch(sentence.free)
    if match is None or re.search(timeline_words().any_of("with", "no", "of", "and"), match[0]):
        return ()
    section = NamedSection(*_named(match["s"]), _length(match))
    written.append(sentence.take_span(*match.span("s")))
    written.append(sentence.take_span(match.start("n"), match.end("u")))
    return (section,)


def _headed(sentence: Sentence, written: list[str]) -> tuple[NamedSection, ...]:
    """Read "[Intro] pads [Verse 8 bars] drums": each heading with the words up to the next."""
    matches = sentence.find(_heading())
    colons = sentence.find(_colon_heading()) if not matches else []
    matches += colons if len(colons) > 1 else []
    ends = [*(match.start() for match in matches), len(sentence.raw)][1:]
    sections = tuple(
        NamedSection(*_named(match["s"]), _length(match), says=(match.end(), end))
        for match, end in zip(matches, ends, strict=True)
    )
    written += [sentence.take(match) for match in matches]
    return sections


def _row(sentence: Sentence, written: list[str]) -> tuple[NamedSection, ...]:
    """Read "verse chorus verse chorus bridge chorus", each perhaps with its length.

    What is said with a section ("bridge with only piano") is left there for its clause.
    """
    for match in sentence.find(_rows()):
        if _inside().search(sentence.before(match)):
            continue
        sections = tuple(_of_row(match))
        if len(sections) < _LEAST_ROW:
            continue
        start = match.start()
        for first, last in [one.says for one in sections if one.says] + [(match.end(),) * 2]:
            if start < first:
                written.append(sentence.take_span(start, first))
            start = last
        return sections
    return ()


def _of_row(row: re.Match[str]) -> Iterator[NamedSection]:
    for one in _item().finditer(row.string, row.start(), row.end()):
        times = int(one["times"] or one["times2"] or 1)
        says = one.span("tail") if one["tail"] else None
        for _ in range(min(times, MOST_COUNTED)):
            yield NamedSection(*_named(one["s"]), _length(one), says)


def _letters(sentence: Sentence, written: list[str]) -> tuple[NamedSection, ...]:
    """Read "AABA", "ABAB", "A B A C" where letters can only be a form."""
    for match in sentence.find(_letter_row(), as_written=True):
        letters = [char for char in match["row"].casefold() if char in _LETTERS]
        bare = not match["word"] and not match["word2"]
        if len(letters) < _LEAST_ROW or (bare and not _BARE_ROW.fullmatch(match["row"])):
            continue
        if len(set(letters)) > 1:
            written.append(sentence.take(match))
            return tuple(NamedSection(*_LETTERS[letter]) for letter in letters)
    return ()


@cache
def _any_section() -> re.Pattern[str]:
    return re.compile(timeline_words().section)


def _named(word: str) -> tuple[str, str]:
    found = timeline_words().section_of(word)
    return found.kind, found.title


def _length(match: re.Match[str]) -> Length | None:
    groups = match.groupdict()
    for number, unit in (("n", "u"), ("n2", "u2")):
        if groups.get(number):
            return length_of(match[number], match[unit])
    return None


def _count(match: re.Match[str]) -> int | None:
    value = timeline_words().number_of(match["n"])
    if value == 1.0 and not re.match(timeline_words()["alone"], match[0]):
        return None  # "one drop" is a rhythm
    return int(value) if value.is_integer() and 1 <= value <= MOST_COUNTED else None


@cache
def _lone_section() -> re.Pattern[str]:
    w = timeline_words()
    length = rf"(?P<n>{w.number})[\s-]*(?P<u>{w.unit})"
    return re.compile(
        rf"\s*(?:{w['article']}\s+)?{length}[\s-]+(?:[^\W\d]+[\s-]+){{0,4}}?(?P<s>{w.section})[\s.!]*"
    )


@cache
def _heading() -> re.Pattern[str]:
    w = timeline_words()
    length = rf"(?:[\s,:-]*(?P<n>{w.number})[\s-]*(?P<u>{w.unit}))?"
    return re.compile(rf"\[\s*(?P<s>{w.section})(?:\s*\d{{1,2}}(?!\d|\s*{w.unit}))?{length}\s*\]:?")


@cache
def _colon_heading() -> re.Pattern[str]:
    """Match "verse:" where a clause begins, with its length before the colon."""
    w = timeline_words()
    length = rf"(?:[\s,(-]*(?P<n>{w.number})[\s-]*(?P<u>{w.unit})\)?)?"
    return re.compile(
        rf"(?:(?<=[.,;\n\x00])|(?<=^))\s*(?P<s>{w.section})(?:\s*\d{{1,2}}(?!\d))?{length}\s*:"
    )


@cache
def _item() -> re.Pattern[str]:
    """Match one section of a row, with its length before or behind it and "x2"."""
    w = timeline_words()
    front = rf"(?:(?P<n>{w.number})[\s-]*(?P<u>{w.unit})[\s-]+)?"
    behind = rf"(?:[\s:]*\(?\s*(?P<n2>{w.number})[\s-]*(?P<u2>{w.unit})\s*\)?)?"
    times = r"(?:\s*\(?(?:x\s*(?P<times>\d)|(?P<times2>\d)\s*x)\)?)?"
    number = rf"(?:\s+\d(?![\d\w]|\s*{w.unit}))?"
    says = w.any_of("with", "no", "only")
    tail = rf"(?:\s+(?P<tail>{says}\s[^,;>→\n\[]+))?"
    return re.compile(rf"{front}(?P<s>{w.section}){number}{times}{behind}{tail}")


@cache
def _rows() -> re.Pattern[str]:
    w = timeline_words()
    item = re.sub(r"\?P<\w+>", "?:", _item().pattern)
    between = rf"(?:\s*(?:[,/>+|–—-]|->|→|=>|{w['then']}|{w['and']}))*\s*"
    lead = rf"(?:(?:{w['form']}|{w['article']})\s*:?\s*)*"
    return re.compile(rf"{lead}{item}(?:{between}{item}){{{_LEAST_ROW - 1},}}")


@cache
def _inside() -> re.Pattern[str]:
    """Match what makes a row of sections a place, or a refusal: "no drums in the intro, break"."""
    w = timeline_words()
    ahead = w.any_of("during", "at", "no", "until", "before", "after")
    return re.compile(rf"{ahead}\s*(?:{w['article']}\s+)?$")


@cache
def _letter_row() -> re.Pattern[str]:
    w = timeline_words()
    return re.compile(
        rf"(?P<word>{w['form']}\s*:?\s*)?(?<![\w#])(?P<row>[A-D](?:[\s-]?[A-D]){{2,15}})(?![\w#])"
        rf"(?P<word2>\s*-?\s*{w['form']})?",
        re.IGNORECASE,
    )


@cache
def _counted() -> re.Pattern[str]:
    w = timeline_words()
    between = rf"(?:\s+{w['several']})?"
    return re.compile(
        rf"(?:{w['alone']}\s+)?(?P<n>(?:(?<![\w.,:/-])\d|{w.number}))(?![\w.,]){between}\s+(?P<s>{w.section})"
    )


@cache
def _double() -> re.Pattern[str]:
    """Match "a double chorus", and "ends with a double chorus"."""
    w = timeline_words()
    end = rf"(?P<end>{w.any_of('ends with', 'at the end', 'last')}\s+(?:{w['article']}\s+)?)?"
    double = r"(?:double|doppelte[nmrs]?|двойно[йго]\w*)[\s-]+|doppel"
    return re.compile(rf"{end}(?<!\w)(?:{double})(?P<s>{_bare_section()})")


def _bare_section() -> str:
    """Make a pattern of every section's name, also as the second half of a word."""
    return timeline_words().section.replace(r"(?<![^\W\d_])", "")


@cache
def _straight() -> re.Pattern[str]:
    w = timeline_words()
    starts = rf"(?:{w['starts']}|{w['straight into']})"
    into = rf"(?:{w['article']}\s+)?"
    return re.compile(
        rf"(?:(?:{w['starts']}\s+)?{w['straight into']}\s+{into}|{starts}\s+(?:the|dem|der|den)\s+)"
        rf"(?P<s>{w.section})"
    )

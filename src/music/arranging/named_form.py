"""A form that the prompt names, made of the genre's own sections."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from src.music.genre.checking import SECTION_KINDS
from src.music.genre.genres import MAIN_KINDS, Form, FormSection, GenreGrammar, genre_grammar
from src.music.model.accounts import ReportedWords, UnderstoodWords
from src.music.model.plan import SectionPlan
from src.music.prompt.length import Length
from src.music.prompt.timing.form_words import FormRequest, NamedSection
from src.words.spelling import fold
from src.words.timeline_words import timeline_words


@dataclass(frozen=True)
class SectionStore:
    """The sections of a genre, from which a form of another kind is built.

    forms: of the genre, the one to be used first
    """

    grammar: GenreGrammar
    forms: Sequence[Form]

    def section(self, kind: str, number: int = 0) -> FormSection:
        """Find the section of a kind that comes number times after another, from 0.

        Of fewer the last. Where no form of the genre has any, one of the default's with the
        roles that the genre knows, else the genre's liveliest section in its place.
        """
        for form in (*self.forms, *genre_grammar("default").forms):
            same = [section for section in form.sections if section.kind == kind]
            if same:
                found = same[min(number, len(same) - 1)]
                roles = tuple(role for role in found.roles if role in self.grammar.roles)
                maybe = tuple(role for role in found.maybe if role in self.grammar.roles)
                return replace(found, roles=roles, maybe=maybe)
        liveliest = max(self.forms[0].sections, key=lambda section: section.energy)
        return replace(liveliest, section=kind.title(), kind=kind)

    def has(self, kind: str) -> bool:
        """Tell whether a form of the genre has a section of a kind."""
        return any(section.kind == kind for form in self.forms for section in form.sections)


def section_store(genre: str, style: str = "") -> SectionStore:
    """Return the sections of a genre, its weightiest form first."""
    grammar = genre_grammar(genre, style)
    return SectionStore(grammar, sorted(grammar.forms, key=lambda form: -form.weight))


def bars_of(length: Length, bar_s: float) -> int:
    """Count a length in whole bars, at least one. bar_s: length of a bar in seconds"""
    bars = (length.seconds or 0.0) / bar_s if length.bars is None else length.bars
    return max(1, round(bars))


def named_form(store: SectionStore, request: FormRequest, *, bar_s: float) -> Form:
    """Build the form that is asked for out of the genre's forms, of which the first is usual.

    bar_s: length of a bar in seconds

    A section takes roles and energy from the genre's section of its kind, the second from the
    second.
    """
    usual = store.forms[0]
    sections = list(usual.sections)
    if request.sections:
        sections = _row(store, request.sections, bar_s)
    for kind, count in request.counts:
        sections = _counted(store, sections, kind, count)
    for kind in request.doubled:
        sections = _doubled(store, sections, kind)
    if request.straight_into:
        sections = _from(store, sections, request.straight_into)
    return replace(usual, sections=tuple(sections))


def with_spoken_of(
    store: SectionStore, form: Form, understood: Sequence[UnderstoodWords], *, adds: bool = True
) -> Form:
    """Let a form have the sections that a prompt speaks of, by the names that it gives them.

    adds: whether sections may be added

    "Male rap in the verses, a prechorus" needs verses and a prechorus. A section of a kind that
    the form lacks is put where it belongs; one that has another name takes the one said.
    """
    sections = list(form.sections)
    for kind, title, needed in _spoken_of(understood):
        same = [section for section in sections if section.kind == kind]
        if not same and adds and needed:
            at = slot_of(sections, kind)
            sections.insert(at, replace(store.section(kind), section=title))
        elif all(title.casefold() != section.section.casefold() for section in same):
            sections = [
                replace(section, section=title) if section in same else section
                for section in sections
            ]
    return replace(form, sections=tuple(sections))


def _spoken_of(understood: Sequence[UnderstoodWords]) -> Iterator[tuple[str, str, bool]]:
    """List kind and title of the sections that words speak of, and whether there must be one.

    Words that count sections or say when something happens ("two drops", "until the drop") only
    say how plans call them.
    """
    words = timeline_words()
    for said in understood:
        if said.field != "structure":
            continue
        written = fold(said.words)
        if said.value in SECTION_KINDS and re.fullmatch(words.section, written):
            found = words.section_of(written)
            if found.kind == said.value:
                yield found.kind, found.title, True
        elif said.value in ("form", "time"):
            for match in re.finditer(words.section, written):
                found = words.section_of(match[0])
                yield found.kind, found.title, False


def reports_of_row(
    request: FormRequest, structure: Sequence[SectionPlan], *, bar_s: float
) -> list[ReportedWords]:
    """Report the sections of a row that did not get the length that was named with them."""
    reports: list[ReportedWords] = []
    if len(request.sections) != len(structure):
        return reports
    for named, section in zip(request.sections, structure, strict=True):
        asked = None if named.length is None else bars_of(named.length, bar_s)
        if asked is not None and asked != section.bars:
            values = {"section": section.section, "got": str(section.bars), "asked": str(asked)}
            reports.append(ReportedWords("other_bars", "", values))
    return reports


def slot_of(sections: Sequence[FormSection], kind: str) -> int:
    """Find where a section of a kind belongs that the form does not have."""
    if kind == "intro":
        return 0
    if kind in ("build", "break"):
        mains = [n for n, section in enumerate(sections) if section.kind in MAIN_KINDS]
        return mains[-1] if mains else len(sections)
    ends = bool(sections) and sections[-1].kind == "outro"
    return len(sections) - 1 if ends and kind != "outro" else len(sections)


def _row(store: SectionStore, named: Sequence[NamedSection], bar_s: float) -> list[FormSection]:
    """Make the sections that are named one by one."""
    seen: dict[str, int] = {}
    sections: list[FormSection] = []
    for one in named:
        number = seen.get(one.kind, 0)
        seen[one.kind] = number + (len(one.title) > 1)  # a letter repeats itself
        section = replace(store.section(one.kind, number), section=one.title)
        if one.length is not None:
            section = replace(section, bars=bars_of(one.length, bar_s), exact=True)
        sections.append(section)
    return sections


def _counted(
    store: SectionStore, sections: list[FormSection], kind: str, count: int
) -> list[FormSection]:
    """Leave so many sections of a kind: repeat what leads to the last, or leave the last out."""
    numbers = [number for number, section in enumerate(sections) if section.kind == kind]
    if not numbers:
        at = slot_of(sections, kind)
        sections = [*sections[:at], store.section(kind), *sections[at:]]
        numbers = [at]
    while len(numbers) < count:
        last = numbers[-1]
        between = _leading(store, sections, kind, last)
        sections = [*sections[: last + 1], *between, sections[last], *sections[last + 1 :]]
        numbers.append(last + len(between) + 1)
    while len(numbers) > count:
        last = numbers.pop()
        builds = kind == "drop" and last > 0 and sections[last - 1].kind == "build"
        sections = [*sections[: last - builds], *sections[last + 1 :]]
    return sections


def _doubled(store: SectionStore, sections: list[FormSection], kind: str) -> list[FormSection]:
    """Play the last section of a kind twice in a row."""
    last = max((n for n, section in enumerate(sections) if section.kind == kind), default=None)
    if last is None:
        return _counted(store, sections, kind, 2)
    return [*sections[: last + 1], *sections[last:]]


def _leading(
    store: SectionStore, sections: Sequence[FormSection], kind: str, last: int
) -> list[FormSection]:
    """List what stands between one section of a kind and the next that is added."""
    before = [n for n in range(last) if sections[n].kind == kind]
    if before and last - before[-1] > 1:
        return list(sections[before[-1] + 1 : last])
    kinds = {"drop": ("break", "build"), "break": ("drop",)}.get(kind, ())
    own = [store.section(one) for one in kinds if store.has(one)]
    return own or ([store.section("groove")] if kinds else [])


def _from(store: SectionStore, sections: Sequence[FormSection], kind: str) -> list[FormSection]:
    """Begin with the first section of a kind."""
    first = next((n for n, section in enumerate(sections) if section.kind == kind), None)
    if first is None:
        return [store.section(kind), *(s for s in sections if s.kind != "intro")]
    return list(sections[first:])

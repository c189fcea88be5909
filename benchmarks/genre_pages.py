"""Write the pages of the documentation that list the genres and draw their patterns.

    python -m benchmarks.genre_pages [--check]

docs/genres/list.md and a picture for each family are made from the grammars and the vocabulary.
--check writes nothing, lists what differs from the committed pages, and then exits with 1.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.svg import BLUE, FAINT, GRID, ORANGE, Picture
from src.music.genre.genres import FormSection, GenreGrammar, genre_grammar
from src.music.genre.grammar_files import GENRES
from src.music.genre.patterns import Pattern, pattern_for
from src.music.genre.steps import swung
from src.music.model.plan import SECTION_END, SECTION_START
from src.music.theory.library import DRUM_CATEGORIES
from src.words.entries import LANGUAGES, WordEntry
from src.words.vocabulary import vocabulary

FOLDER = Path(__file__).parent.parent / "docs" / "genres"
FAMILIES: Mapping[str, str] = {
    "": "Without a genre",
    "band": "Bands",
    "soul": "Soul, funk and disco",
    "jazz": "Jazz",
    "island": "Reggae and its kin",
    "latin": "Latin America",
    "africa": "Africa",
    "club": "Clubs",
    "breaks": "Broken beats",
    "synth": "Machines",
    "calm": "Calm",
    "concert": "Concert hall and film",
    "tradition": "Dances, seasons and traditions",
}
"""Folder of a family -> its heading, in the order of the page."""

_OPENING = (
    "{count} genres have a grammar, in twelve families. This page and its pictures are made by",
    "`python -m benchmarks.genre_pages`; [genres.md](../genres.md) tells how to write a grammar.",
    "A tempo counts the beats of the metre: quarters, or dotted quarters in 6/8 and 12/8. The",
    "pictures show two bars of the fullest section: a stroke for each hit, as high as it is loud.",
)
_WIDTH, _LANE, _NAMES, _BARS = 900.0, 13.0, 110.0, 2
_HEAD, _FOOT, _HIT = 34.0, 12.0, 3.0
_MOST_WORDS = 4
_PLACES = (SECTION_START, SECTION_END)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    pages = dict(made_pages())
    if options.check:
        other = different(pages)
        print("\n".join(other) or f"{len(pages)} pages are as committed")
        sys.exit(1 if other else 0)
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{len(pages)} pages written to {FOLDER}")


def different(pages: Mapping[str, str]) -> list[str]:
    """List the pages that are committed otherwise, or not at all, or that nothing makes."""
    there = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.iterdir()}
    return sorted(name for name in {*pages, *there} if pages.get(name) != there.get(name))


def made_pages() -> Iterator[tuple[str, str]]:
    """Make every page: its name and its text."""
    families = {family: _genres_of(family) for family in FAMILIES}
    for family, grammars in families.items():
        yield f"{family or 'default'}.svg", _picture(FAMILIES[family], grammars)
    yield "list.md", "\n".join(_list(families)) + "\n"


def _genres_of(family: str) -> list[GenreGrammar]:
    grammars = (genre_grammar(genre) for genre in GENRES)
    return sorted(
        (one for one in grammars if one.family == family), key=lambda one: one.title.casefold()
    )


def _list(families: Mapping[str, Sequence[GenreGrammar]]) -> Iterator[str]:
    words = _words()
    count = sum(len(grammars) for grammars in families.values()) - 1
    yield from ("# The genres", "")
    yield from (line.format(count=count) for line in _OPENING)
    for family, grammars in families.items():
        yield from ("", f"## {FAMILIES[family]}", "")
        yield f"![Patterns: {FAMILIES[family]}]({family or 'default'}.svg)"
        yield ""
        yield "| Genre | Metre | BPM | Swing | Takes after | Styles | Said as |"
        yield "|---|---|---|---|---|---|---|"
        yield from (_row(grammar, words) for grammar in grammars)
    yield from ("", "## Played as the nearest", "")
    yield "A prompt that names one of these is told what plays instead."
    yield from ("", "| Said as | Plays |", "|---|---|")
    for entry in vocabulary().entries:
        if entry.kind == "foreign_genre":
            yield f"| {_said([entry])} | {' '.join(reversed(entry.value.split('/')))} |"
    yield from ("", "## Literature", "")
    for grammar in (one for grammars in families.values() for one in grammars if one.sources):
        yield f"- {grammar.title}: {'; '.join(grammar.sources)}"


def _row(grammar: GenreGrammar, words: Mapping[str, list[WordEntry]]) -> str:
    swing = f"{grammar.swing:g} of {_NOTES[grammar.swing_note]}" if grammar.swing else "straight"
    cells = (
        f"{grammar.title} (`{grammar.name}`)",
        grammar.time_signature,
        f"{grammar.tempo_low:g} to {grammar.tempo_high:g}, {grammar.usual_bpm:g}",
        swing,
        grammar.parent,
        ", ".join(style.name for style in grammar.styles),
        _said(words.get(grammar.name, [])),
    )
    return f"| {' | '.join(cells)} |"


_NOTES = {8: "eighths", 16: "sixteenths"}


def _words() -> dict[str, list[WordEntry]]:
    """Entries of the vocabulary by the genre that they mean."""
    found: dict[str, list[WordEntry]] = {}
    for entry in vocabulary().entries:
        if entry.kind == "genre":
            found.setdefault(entry.value, []).append(entry)
    return found


def _said(entries: Sequence[WordEntry]) -> str:
    """The first words of each language."""
    texts: list[str] = []
    for language in LANGUAGES:
        words = [word.replace("*", "") for one in entries for word in one.words.get(language, ())]
        texts += words[:_MOST_WORDS]
    return ", ".join(dict.fromkeys(texts)).replace("|", "/")


def _picture(title: str, grammars: Sequence[GenreGrammar]) -> str:
    heights = [_height(grammar) for grammar in grammars]
    picture = Picture(_WIDTH, sum(heights), f"Step patterns: {title}")
    top = 0.0
    for grammar, height in zip(grammars, heights, strict=True):
        _draw(picture, grammar, top)
        top += height
    return picture.text()


def _height(grammar: GenreGrammar) -> float:
    return _HEAD + _LANE * len(_lanes(grammar)) + _FOOT


def _draw(picture: Picture, grammar: GenreGrammar, top: float) -> None:
    """Draw a genre: its name, a grid of beats, a lane for each part of its rhythm."""
    heading = f"{grammar.title}, {grammar.time_signature}, {grammar.usual_bpm:g} BPM"
    picture.words((8.0, top + 18.0), heading, size=13.0)
    lanes = _lanes(grammar)
    bar_width = (_WIDTH - _NAMES - 16.0) / _BARS
    first, last = top + _HEAD - 6.0, top + _HEAD + _LANE * len(lanes)
    for bar in range(_BARS):
        for beat in grammar.metre.pulses:
            x = _NAMES + bar_width * (bar + beat / grammar.metre.beats_per_bar)
            width = 1.5 if beat == 0.0 else 0.7
            picture.line((x, first), (x, last), color=FAINT if beat == 0.0 else GRID, width=width)
    for number, (name, category, pattern) in enumerate(lanes):
        base = top + _HEAD + _LANE * (number + 1) - 3.0
        picture.words((_NAMES - 8.0, base), name, size=10.0, anchor="end")
        color = BLUE if category in DRUM_CATEGORIES else ORANGE
        strokes = _strokes(grammar, pattern, bar_width)
        path = "".join(f"M{x:.1f} {base:.0f}v{-height:.1f}" for x, height in strokes)
        picture.parts.append(f'<path d="{path}" stroke="{color}" stroke-width="{_HIT:g}"/>')


def _strokes(
    grammar: GenreGrammar, pattern: Pattern, bar_width: float
) -> Iterator[tuple[float, float]]:
    """Where each hit of the first bars stands, and how high it is."""
    length = grammar.metre.beats_per_bar
    for number in range(-(-_BARS // pattern.bars)):
        for step in pattern.steps:
            beat = swung(step.beat, grammar.swing, note=grammar.swing_note)
            at = number * pattern.bars + beat / length
            if at < _BARS:
                yield _NAMES + at * bar_width + _HIT / 2, step.velocity * (_LANE - 3.0)


def _lanes(grammar: GenreGrammar) -> list[tuple[str, str, Pattern]]:
    """Names, categories and patterns of the drums and the bass in the fullest section."""
    peak = _peak(grammar)
    found = []
    for name in (*peak.roles, *peak.maybe):
        role = grammar.roles[name]
        if role.category in (*DRUM_CATEGORIES, "bass") and role.pattern not in _PLACES:
            pattern = pattern_for(
                grammar.name, role.category, peak.energy, name=role.pattern,
                metre=grammar.time_signature,
            )  # fmt: skip
            found.append((name, role.category, pattern))
    return found or [
        (name, grammar.roles[name].category,
         pattern_for(grammar.name, grammar.roles[name].category, peak.energy))
        for name in peak.roles
        if grammar.roles[name].pattern not in _PLACES
    ]  # fmt: skip


def _peak(grammar: GenreGrammar) -> FormSection:
    sections = (section for form in grammar.forms[:1] for section in form.sections)
    return max(sections, key=lambda section: section.energy)


if __name__ == "__main__":
    main()

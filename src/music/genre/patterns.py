"""Which step pattern a genre plays on a category at an energy."""

from functools import cache

from src.core.errors import InvalidInputError
from src.music.genre.genres import GenreGrammar, genre_grammar, read_patterns
from src.music.genre.grammar_files import metre_data
from src.music.genre.steps import Pattern, Step, swung
from src.music.theory.metre import read_metre

__all__ = [
    "Pattern",
    "Step",
    "fill_for",
    "fills_for",
    "pattern_for",
    "pattern_names",
    "patterns_for",
    "swung",
]


def pattern_for(
    genre: str, category: str, energy: float, *, name: str | None = None, metre: str = ""
) -> Pattern:
    """Choose the pattern of a category: the named one, else the busiest that the energy allows.

    genre: a genre, or a style such as "industrial techno"
    energy: 0..1, of the section
    metre: a time signature other than the genre's own; "" keeps that

    Positions are straight; ``swung`` moves them. Raises InvalidInputError for an unknown
    genre, category or name.
    """
    if name is None:
        return patterns_for(genre, category, energy, metre=metre)[0]
    known = _all_patterns(genre, category, metre)
    for pattern in known:
        if pattern.name == name:
            return pattern
    raise InvalidInputError(
        f"patterns of {category} in {genre} are {', '.join(p.name for p in known)}, got {name!r}"
    )


def pattern_names(genre: str, category: str, *, metre: str = "") -> tuple[str, ...]:
    """List all patterns of a category that a plan can name."""
    return tuple(pattern.name for pattern in _all_patterns(genre, category, metre))


def patterns_for(
    genre: str, category: str, energy: float, *, metre: str = ""
) -> tuple[Pattern, ...]:
    """List the fitting pattern first, then the others that the energy allows, busiest first.

    The further ones serve for variation. Below the lowest threshold the calmest is given.
    """
    usual = _usual_patterns(genre, category, metre)
    allowed = [pattern for pattern in usual if pattern.energy <= energy]
    return tuple(sorted(allowed, key=lambda pattern: -pattern.energy)) or usual[:1]


def fills_for(genre: str, category: str, *, metre: str = "") -> tuple[Pattern, ...]:
    """One-bar fills of a category; empty where the category goes on as before."""
    grammar = genre_grammar(genre)
    if _is_foreign(grammar, metre):
        usual, named = _of_metre(metre, "fills").get(category, ((), ()))
        return usual + named
    return grammar.fills.get(category, ())


def fill_for(genre: str, category: str, *, variant: int = 0, metre: str = "") -> Pattern | None:
    """Choose one of the fills, ``variant`` counting round; None where the category goes on."""
    fills = fills_for(genre, category, metre=metre)
    return fills[variant % len(fills)] if fills else None


def _is_foreign(grammar: GenreGrammar, metre: str) -> bool:
    """Tell whether a track is in another metre than its genre."""
    return bool(metre) and metre != grammar.time_signature


def _usual_patterns(genre: str, category: str, metre: str) -> tuple[Pattern, ...]:
    grammar = genre_grammar(genre)
    usual = grammar.patterns.get(category)
    if _is_foreign(grammar, metre):
        usual = _of_metre(metre, "patterns").get(category, (usual, ()))[0]
    if not usual:
        raise InvalidInputError(f"{genre} has no patterns for the category {category!r}")
    return usual


def _all_patterns(genre: str, category: str, metre: str) -> tuple[Pattern, ...]:
    """By name: the genre's own, those of its styles, then those of the metre."""
    grammar = genre_grammar(genre)
    metre = metre or grammar.time_signature
    found = list(_usual_patterns(genre, category, metre))
    for one in (grammar, *(genre_grammar(grammar.name, style.name) for style in grammar.styles)):
        if one.time_signature == metre:
            found += one.patterns.get(category, ()) + one.named_patterns.get(category, ())
    usual, named = _of_metre(metre, "patterns").get(category, ((), ()))
    found += usual + named
    return tuple({pattern.name: pattern for pattern in reversed(found)}.values())


@cache
def _of_metre(metre: str, table: str) -> dict[str, tuple[tuple[Pattern, ...], tuple[Pattern, ...]]]:
    """Patterns, or fills, that any genre may use in a metre; of 4/4 the ground's."""
    return read_patterns(metre_data(metre)[table], read_metre(metre))
